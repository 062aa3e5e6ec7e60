"""What a text claims: its sentences, and the numbers, percentages and addresses in them."""

import re
from dataclasses import dataclass
from functools import lru_cache

from models.money import CURRENCIES

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_LINK = re.compile(
    r"https?://[^\s<>()\"]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:[\w-]+\.)+[a-z]{2,}\b(?:/\S*)?", re.IGNORECASE
)
_HANDLE = re.compile(r"(?<![\w.])@[\w.]+")
_NUMBER = re.compile(r"\d+(?:[.,'\u00a0\u202f ]\d{3})*(?:[.,]\d+)?(?!\d)")
_SIGN = "[$€£¥₹]"
_WORDS = "dollars?|bucks?|euros?|pounds?|quid|cents?|dolares|libras"
_BEFORE = re.compile(rf"(?:{_SIGN}|\b[A-Z]{{2}}{_SIGN}|\b(?P<code>[A-Z]{{3}}))\s?$")
_AFTER = re.compile(rf"^\s?(?:(?:[A-Z]{{2}})?{_SIGN}|(?P<code>[A-Z]{{3}})\b|(?:{_WORDS})\b)", re.IGNORECASE)
_PERCENT = re.compile(
    r"^\s?(?:%|percent\b|per cent\b|prozent\b|pour cent\b|por ciento\b|per cento\b|por cento\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """`values`: every amount the digits can mean; "1,200" is 1200, and 1.2 to a German."""

    text: str
    start: int
    values: frozenset[float]
    is_money: bool
    is_percent: bool


def sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]


def links(text: str) -> list[str]:
    found = [match.group().rstrip(".,;:!?)") for match in _LINK.finditer(text)]
    return found + [match.group().rstrip(".") for match in _HANDLE.finditer(_LINK.sub(" ", text))]


def without_links(text: str) -> str:
    return _HANDLE.sub(" ", _LINK.sub(" ", text))


def numbers(text: str) -> list[Number]:
    return [_number(text, match) for match in _NUMBER.finditer(text)]


def _number(text: str, match: re.Match[str]) -> Number:
    before, after = text[: match.start()], text[match.end() :]
    return Number(
        text=match.group(),
        start=match.start(),
        values=readings(match.group()),
        is_money=_is_currency(_BEFORE.search(before)) or _is_currency(_AFTER.search(after)),
        is_percent=_PERCENT.search(after) is not None,
    )


def _is_currency(match: re.Match[str] | None) -> bool:
    return match is not None and (not match["code"] or match["code"].upper() in CURRENCIES)


@lru_cache(maxsize=4096)
def readings(digits: str) -> frozenset[float]:
    """Both "1,200.50" and "1.200,50" are 1200.5; "1.200" may be either."""
    digits = re.sub(r"['\s\u00a0\u202f]", "", digits)
    found = set()
    for group, point in ((",", "."), (".", ",")):
        plain = digits.replace(group, "").replace(point, ".")
        grouped = group not in digits or re.fullmatch(
            rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", digits
        )
        if grouped and plain.count(".") <= 1:
            found.add(float(plain))
    return frozenset(found)
