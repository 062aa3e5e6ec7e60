import unicodedata

import pytest

from channels.graphemes import graphemes

FAMILY = "👩‍👩‍👧"
SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    "one",
    [
        "a",
        "e\u0301",
        "e\u0301\u0327",
        "ö",
        "\r\n",
        FAMILY,
        "👍🏽",
        "❤️",
        "1️⃣",
        "🇩🇪",
        SCOTLAND,
        "กำ",
        "क्ष",
        "नि",
        unicodedata.normalize("NFD", "한"),
        "ｶﾞ",
    ],
)
def test_what_is_seen_as_one_character_stays_one(one: str) -> None:
    assert list(graphemes(one)) == [one]
    # "Z" belongs to no neighbour.
    assert list(graphemes(f"Z{one}Z")) == ["Z", one, "Z"]


def test_two_flags_are_two_characters() -> None:
    assert list(graphemes("🇩🇪🇫🇷")) == ["🇩🇪", "🇫🇷"]


def test_letters_stand_alone() -> None:
    assert list(graphemes("日本 ok")) == ["日", "本", " ", "o", "k"]
    assert list(graphemes("")) == []
