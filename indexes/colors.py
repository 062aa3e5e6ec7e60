"""When a colour a merchant wrote is one a customer asked for."""

import tomllib
from pathlib import Path

from indexes.words import words

_table = tomllib.loads(Path(__file__).with_name("colors.toml").read_text(encoding="utf-8"))
_FAMILIES: dict[str, frozenset[str]] = {
    name: frozenset(members) for name, members in _table["families"].items()
}
_SPELLINGS: dict[str, str] = _table["spellings"]
_JOINING = frozenset({"and", "und", "et", "y", "e", "with"})


def _color_words(text: str) -> list[str]:
    """Two words may be one colour: "dark blue" is navy."""
    left, found = [word for word in words(text) if word not in _JOINING], []
    while left:
        pair = " ".join(left[:2])
        taken = 2 if pair in _SPELLINGS else 1
        found.append(_SPELLINGS.get(pair, _SPELLINGS.get(left[0], left[0])))
        left = left[taken:]
    return found


def color_meets(wanted: str, written: str) -> bool:
    """Every word wanted, or one of its family, is written: "Navy / White" is blue, "Blue" is not navy."""
    asked = _color_words(wanted)
    have = frozenset(_color_words(written))
    # "Navy blue" says navy twice: the family adds nothing beside its member.
    narrow = [word for word in asked if _members(word).isdisjoint(asked)]
    return bool(narrow) and all(word in have or not _members(word).isdisjoint(have) for word in narrow)


def _members(word: str) -> frozenset[str]:
    return _FAMILIES.get(word, frozenset())
