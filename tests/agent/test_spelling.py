import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language import language, languages
from agent.numerals import Numerals


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("drss", "dress"),
        ("sneekers", "sneakers"),
        ("neclace", "necklace"),
        ("sliver", "silver"),
        ("blak", "black"),
        ("earings", "earrings"),
        ("dres", "dress"),
    ],
)
def test_a_slip_of_the_finger_is_put_right(typed: str, meant: str) -> None:
    assert language("en").corrected(typed) == meant


@pytest.mark.parametrize("word", ["came", "coast", "books", "house", "dress", "zzz", "42"])
def test_a_word_of_its_own_stays(word: str) -> None:
    assert language("en").corrected(word) == word


def test_german_kleiner_is_no_dress() -> None:
    assert language("de").corrected("kleiner") == "kleiner"


@given(st.text(max_size=30), st.sampled_from(sorted(languages())))
def test_any_word_can_be_looked_up(word: str, code: str) -> None:
    assert language(code).corrected(word)[:1] == word[:1]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("under a hundred and thirty dollars", "under 130 dollars"),
        ("seventy five at most", "75 at most"),
        ("two hundred", "200"),
        ("between twenty and forty", "between 20 and 40"),
        ("two hundred and fifty", "250"),
        ("two mugs", "two mugs"),
        ("the second one", "the second one"),
    ],
)
def test_numbers_are_read_in_words(text: str, digits: str) -> None:
    assert language("en").opened(text) == digits


def test_a_word_of_the_shop_is_no_compound() -> None:
    german = language("de")
    assert german.opened("earrings", {"earrings"}) == "earrings"
    assert german.opened("sommerkleid", {"earrings"}) == "sommer kleid"


def test_a_german_five_and_twenty_is_one_number() -> None:
    assert language("de").opened("zwischen fünfundzwanzig und vierzig") == "zwischen 25 und 40"


def test_between_two_numbers_only_the_joint_belongs_to_them() -> None:
    numerals = Numerals({50: ["fifty"], 80: ["eighty"]}, ["and"])
    assert numerals.in_digits("fifty to eighty") == "50 to 80"
