import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.text import clean, one_line, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Soft.</p><p>Warm.</p>", "Soft.\nWarm."),
        ("before<br>after<br/>end", "before\nafter\nend"),
        ("<ul><li>one</li><li>two</li></ul>three", "one\ntwo\nthree"),
        ("100 % <b>wool</b>, <i>washable</i>", "100 % wool, washable"),
        ("<table><tr><td>M</td><td>38</td></tr><tr><td>L</td><td>40</td></tr></table>", "M 38\nL 40"),
        ("a<script>alert('x')</script><style>p {}</style>b", "ab"),
        ("<!-- hidden -->shown", "shown"),
        ("Tom &amp; Jerry &lt;3", "Tom & Jerry <3"),
        ("<p>caf&eacute;\n   au\n lait</p>", "café au lait"),
        ("<p>never <b>closed", "never closed"),
        ("<p>shown</p> and &amp; after", "shown\nand & after"),
        ("<?xml version='1.0'?><p>x</p>", "x"),
        ("https://shop.example/picture.jpg", "https://shop.example/picture.jpg"),
    ],
)
def test_html_becomes_lines_of_text(markup: str, text: str) -> None:
    assert plain(markup) == text


def test_text_without_tags_keeps_its_lines() -> None:
    assert plain("Soft.\r\n\r\n  Warm,  5 > 3") == "Soft.\nWarm, 5 > 3"


def test_a_comparison_is_not_taken_for_a_tag() -> None:
    assert plain("width < 5 cm and > 3 cm") == "width < 5 cm and > 3 cm"


@pytest.mark.parametrize("piece", ["<div>", "<a ", "<br>", "<!--", "<a b='", "&"])
def test_broken_html_takes_no_quadratic_time(piece: str) -> None:
    started = time.process_time()
    plain(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 5


@given(st.text())
def test_nothing_that_comes_out_has_control_characters(text: str) -> None:
    for result in (one_line(text), clean(text), plain(text)):
        assert not set(result) & ({*map(chr, range(32)), "\x7f"} - {"\n", "\t"})


@given(st.text(alphabet="ab <>&\n\t"))
def test_one_line_is_one_line_and_stays_the_same(text: str) -> None:
    assert "\n" not in one_line(text)
    assert one_line(one_line(text)) == one_line(text)
