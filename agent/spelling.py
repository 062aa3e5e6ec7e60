"""Words one slip of the finger away from those we know: "drss", "sneekers", "neclace".

Careful rather than clever: a word of its own must not become another ("came" is no camel), so short words are
left alone, and a changed letter counts only among letters that people confuse.
"""

from collections.abc import Collection, Iterator

_SHORTEST = 5
# Without a vowel it is no word of its own.
_SHORTEST_VOWELLESS = 4
# With a doubled letter written once: "dres".
_SHORTEST_DOUBLED = 4
_VOWELS = frozenset("aeiouy")
# An extra letter that is no doubled one may make another word of a short one.
_SHORTEST_EXTRA = 7
_SHORTEST_CHANGED = 6
# Between others lie words of their own: German kleiner and Kleider, Spanish falta and falda.
_CONFUSED = (_VOWELS, frozenset("cksz"))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def corrected(word: str, known: Collection[str], shortest: int = _SHORTEST) -> str | None:
    """The known word it was meant to be, if it is one slip away; the first letter is always right."""
    if len(word) == _SHORTEST_DOUBLED < shortest and word.isascii() and word.isalpha():
        doubled = (word[:at] + word[at - 1] + word[at:] for at in range(2, len(word) + 1))
        if found := next((one for one in doubled if one in known), None):
            return found
    shortest = shortest if _VOWELS & set(word) else _SHORTEST_VOWELLESS
    if len(word) < shortest or not (word.isascii() and word.isalpha()):
        return None
    near = (word[0] + rest for rest in _slips(word[1:], len(word)))
    return next((one for one in near if one in known), None)


def _slips(text: str, length: int) -> Iterator[str]:
    """The likeliest first: a letter left out, two swapped, one doubled, one mistaken for another."""
    for at in range(len(text) + 1):
        yield from (text[:at] + letter + text[at:] for letter in _LETTERS)
    for at in range(len(text) - 1):
        yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    for at in range(len(text)):
        if length >= _SHORTEST_EXTRA or (at and text[at] == text[at - 1]):
            yield text[:at] + text[at + 1 :]
    if length >= _SHORTEST_CHANGED:
        for at, letter in enumerate(text):
            for group in _CONFUSED:
                if letter in group:
                    yield from (text[:at] + other + text[at + 1 :] for other in sorted(group - {letter}))
