"""What a reader sees as one character, after Unicode's text segmentation (UAX 29).

A short form of the standard, whose tables Python lacks. It serves to cut texts, so it rather keeps
together what could be parted.
"""

import unicodedata
from collections.abc import Iterator

_ZERO_WIDTH_JOINER = "\u200d"
_VIRAMA_CLASS = 9
# Marks that extend the character before them although their category does not say so:
# non-joiner, joiner, Thai and Lao AM, halfwidth voiced marks.
_EXTENDING = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")


def graphemes(text: str) -> Iterator[str]:
    start = 0
    for index in range(1, len(text)):
        if not _joined(text, start, index):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _joined(text: str, start: int, index: int) -> bool:
    """Whether text[index] belongs to the character that begins at `start`."""
    before, after = text[index - 1], text[index]
    if before < "\u0300" and after < "\u0300":  # the common case, fast
        return before == "\r" and after == "\n"
    return (
        _extends(after)
        or before == _ZERO_WIDTH_JOINER
        or unicodedata.combining(before) == _VIRAMA_CLASS
        or (_is_flag_half(after) and index - start == 1 and _is_flag_half(before))
    )


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")
        or char in _EXTENDING
        or "\u1160" <= char <= "\u11ff"  # Hangul vowels and finals written apart
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # tags: the flag of Scotland
    )


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
