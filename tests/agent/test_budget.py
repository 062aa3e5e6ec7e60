import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language import language
from agent.rules.budget import take_budget
from agent.words import Words


def budget(text: str, currency: str = "USD", code: str = "en") -> tuple[int | None, int | None] | None:
    found = take_budget(Words(text), language(code), currency)
    return (found.low, found.high) if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("under $50", (None, 5000)),
        ("below 80", (None, 8000)),
        ("max 60", (None, 6000)),
        ("60 max", (None, 6000)),
        ("60 or less", (None, 6000)),
        ("up to 59.90 €", (None, 5990)),
        ("no more than 1,200 dollars", (None, 120000)),
        ("I can't spend more than 120", (None, 12000)),
        ("my budget is 75", (None, 7500)),
        ("for 50 euros", (None, 5000)),
        ("$50", (None, 5000)),
        ("50eur", (None, 5000)),
        ("between 30 and 80", (3000, 8000)),
        ("between $80 and $30", (3000, 8000)),
        ("from 30 to 80 dollars", (3000, 8000)),
        ("$30-$80", (3000, 8000)),
        ("30 – 80€", (3000, 8000)),
        ("around 100", (8000, 12000)),
        ("over 30 under 80", (3000, 8000)),
        ("over 80 under 30", (3000, 8000)),
        ("at least 40", (4000, None)),
        ("100 or more", (10000, None)),
        ("size 8", None),
        ("iphone 15 case", None),
        ("5 candles", None),
        ("no money", None),
        ("under 0", None),
        ("under 99999999999999999999", None),
    ],
)
def test_a_budget_is_read(text: str, expected: tuple[int | None, int | None] | None) -> None:
    assert budget(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("unter 80 €", "de", (None, 8000)),
        ("zwischen 30 und 80 Euro", "de", (3000, 8000)),
        ("bis zu 1.200,50 €", "de", (None, 120050)),
        ("höchstens 45", "de", (None, 4500)),
        ("moins de 80 €", "fr", (None, 8000)),
        ("entre 30 et 80 euros", "fr", (3000, 8000)),
        ("pas plus de 60", "fr", (None, 6000)),
        ("menos de 80", "es", (None, 8000)),
        ("entre 30 y 80 euros", "es", (3000, 8000)),
        ("sotto i 50 euro", "it", (None, 5000)),
        ("tra 30 e 80 euro", "it", (3000, 8000)),
        ("até 80 reais", "pt", (None, 8000)),
        ("entre 30 e 80 euros", "pt", (3000, 8000)),
    ],
)
def test_a_budget_is_read_in_every_language(text: str, code: str, expected: tuple[int, int]) -> None:
    assert budget(text, "EUR", code) == expected


def test_minor_units_follow_the_currency() -> None:
    assert budget("under 5000", "JPY") == (None, 5000)
    assert budget("under 5", "KWD") == (None, 5000)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = budget(text)
    if found and found[0] is not None and found[1] is not None:
        assert found[0] <= found[1]


@given(st.integers(min_value=1, max_value=999_999))
def test_a_price_reads_the_same_with_groups_and_cents(amount: int) -> None:
    assert budget(f"under ${amount}") == (None, amount * 100)
    assert budget(f"under ${amount:,}.00") == (None, amount * 100)
