import re

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.cutting import shorten, split, utf8_bytes, utf16_units
from channels.graphemes import graphemes

LINK = "https://shop.example/products/a-rather-long-name?variant=1"


def test_a_text_that_fits_is_left_alone() -> None:
    assert split("Hello,\nhow are you?", 1000) == ("Hello,\nhow are you?",)


def test_nothing_makes_no_piece() -> None:
    assert split("", 10) == split(" \n ", 1) == ()


def test_a_limit_counts_bytes_not_characters() -> None:
    assert split("ü" * 600, 1000) == ("ü" * 500, "ü" * 100)
    assert split("ü" * 600, 300, len) == ("ü" * 300, "ü" * 300)


def test_a_line_is_a_better_place_to_cut_than_a_word() -> None:
    assert split("one two\nthree four five", 15) == ("one two", "three four five")


def test_a_line_that_ends_too_early_is_not() -> None:
    assert split("a\nbb cc dd ee ff", 10) == ("a\nbb cc dd", "ee ff")


def test_a_word_is_cut_only_when_it_fits_nowhere() -> None:
    assert split("aaa bbbbbbbbbb cc", 6) == ("aaa", "bbbbbb", "bbbb", "cc")


def test_a_word_may_end_exactly_at_the_limit() -> None:
    assert split("aaaa bbbb", 4) == ("aaaa", "bbbb")


def test_an_emoji_of_many_code_points_is_never_cut() -> None:
    family = "👩‍👩‍👧"
    assert split(family * 3, 40) == (family * 2, family)


def test_a_link_is_never_cut() -> None:
    assert split(f"Look at this: {LINK} it is new", 60) == ("Look at this:", LINK, "it is new")
    assert split(f"見て{LINK}", 60) == ("見て", LINK)


def test_a_link_longer_than_a_message_is_left_out() -> None:
    assert split(f"before {LINK} after", 20) == ("before  after",)


def test_a_shortened_text_says_so_and_fits() -> None:
    assert shorten("A dress in red and blue", 15, utf16_units) == "A dress in red…"
    assert shorten("A dress", 15, utf16_units) == "A dress"
    assert shorten("👗" * 50, 80, utf16_units) == "👗" * 39 + "…"
    assert shorten("😀", 1, utf16_units) == ""


words = st.text(alphabet="ab \n\u0301é日😀👍🏽\u200d👧🇩🇪", max_size=80)
texts = st.lists(words | st.sampled_from([" " + LINK[:24], " https://x.y/z "]), max_size=5).map("".join)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(texts, st.integers(min_value=40, max_value=70))
def test_pieces_fit_and_together_say_the_same(text: str, limit: int) -> None:
    atoms = {atom for part in re.split(r"https?://\S+", text) for atom in graphemes(part)}
    if any(utf8_bytes(atom) > limit for atom in atoms) or any(
        utf8_bytes(link) > limit for link in re.findall(r"https?://\S+", text)
    ):
        return
    pieces = split(text, limit)
    assert all(0 < utf8_bytes(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    for link in re.findall(r"https?://\S+", text):
        assert any(link in piece for piece in pieces)
