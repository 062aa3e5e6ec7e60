"""Long text into bubbles: at a line, else at a word, else between characters; never in a link."""

import re
from collections.abc import Callable, Iterator

from channels.graphemes import graphemes

_LINK = re.compile(r"(https?://\S+)", re.IGNORECASE)
ELLIPSIS = "…"

Size = Callable[[str], int]


def utf8_bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


def utf16_units(text: str) -> int:
    """The strictest reading of "characters": an emoji counts two."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def split(text: str, limit: int, size: Size = utf8_bytes) -> tuple[str, ...]:
    """Pieces of at most `limit`, in order, without the white space between them.

    A link that fits in no piece is left out: half a link leads nowhere.
    """
    atoms = [atom for atom in _atoms(text) if size(atom) <= limit]
    pieces: list[str] = []
    start = 0
    while start < len(atoms):
        if atoms[start].isspace():
            start += 1
            continue
        end = _end(atoms, start, limit, size)
        pieces.append("".join(atoms[start:end]).strip())
        start = end
    return tuple(pieces)


def shorten(text: str, limit: int, size: Size = utf8_bytes) -> str:
    """The text, or its beginning with an ellipsis."""
    text = text.strip()
    if size(text) <= limit:
        return text
    pieces = split(text, limit - size(ELLIPSIS), size)
    return pieces[0] + ELLIPSIS if pieces else ""


def _atoms(text: str) -> Iterator[str]:
    """What is never cut: a link, or one visible character."""
    for index, stretch in enumerate(_LINK.split(text)):
        if index % 2:
            yield stretch
        else:
            yield from graphemes(stretch)


def _end(atoms: list[str], start: int, limit: int, size: Size) -> int:
    """Where the piece that begins at `start` ends."""
    total, end = 0, start
    while end < len(atoms) and (total := total + size(atoms[end])) <= limit:
        end += 1
    if end == len(atoms):
        return end
    spaces = [index for index in range(start + 1, end + 1) if atoms[index].isspace()]
    lines = [index for index in spaces if "\n" in atoms[index] and index - start >= (end - start) // 2]
    if lines or spaces:
        return (lines or spaces)[-1]
    links = [index for index in range(start + 1, end + 1) if _LINK.match(atoms[index])]
    return links[-1] if links else end
