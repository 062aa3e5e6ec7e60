"""Text as merchants deliver it, made fit to store, to search and to send in a message."""

import html
import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

# All control characters but tab and newline, the byte order mark spreadsheets leave inside cells, halves of
# surrogate pairs. PostgreSQL takes no NUL, UTF-8 no half; the others are invisible and break a search.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_BREAK = "\x00"  # a break we put; `clean` has removed every other

# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table",
    "tbody", "tfoot", "thead", "tr", "ul",
))
# fmt: on
_CELLS = frozenset(("td", "th"))
_HIDDEN = frozenset(("head", "iframe", "noscript", "object", "script", "style", "svg", "template", "title"))


def clean(text: str) -> str:
    """Without control characters; every line ends with a newline character."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def plain(text: str) -> str:
    """Text without HTML: blocks, list items and table rows become lines, entities characters.

    Text without any tag keeps its own lines.
    """
    text = clean(text)
    last = text.rfind(">") + 1
    if "<" not in text[:last]:
        return _lines(html.unescape(text).split("\n"))
    # No tag begins after the last ">", and a parser looking for its end takes quadratic time.
    markup, opening, rest = text[last:].partition("<")
    soup = BeautifulSoup(_without_declaration(text[:last] + markup), "html.parser")
    return _lines((_visible(soup) + opening + html.unescape(rest)).split(_BREAK))


def _without_declaration(markup: str) -> str:
    # Beautiful Soup warns about XML, which "<?xml" at the start of an HTML fragment is not.
    return re.sub(r"^\s*<\?xml[^>]*>", "", markup)


def _visible(soup: BeautifulSoup) -> str:
    pieces: list[str] = []
    waiting: list[object] = [soup]  # no recursion: real descriptions nest deeper than the stack allows
    while waiting:
        node = waiting.pop()
        if isinstance(node, Tag):
            if node.name not in _HIDDEN:
                edge = _edge(node.name)
                waiting += [edge, *reversed(node.contents), edge]
        elif type(node) in {str, NavigableString}:  # its subclasses are comments, doctypes, scripts
            pieces.append(str(node))
    return "".join(pieces)


def _edge(name: str) -> str:
    if name in _BLOCKS:
        return _BREAK
    return " " if name in _CELLS else ""


def _lines(lines: list[str]) -> str:
    words = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in words if line)
