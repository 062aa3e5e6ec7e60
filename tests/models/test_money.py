import pytest

from models.money import MAX_MINOR, format_money, parse_amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("19.90", "EUR", 1990),
        ("80", "USD", 8000),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        (" 5 ", "USD", 500),
    ],
)
def test_an_amount_is_read_into_the_minor_units_of_its_currency(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize("text", ["", "-1", "1,50", "abc", "1e3", "1.999", str(MAX_MINOR), "9" * 400])
def test_what_is_no_price_says_why(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_amount(text, "USD")


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (6500, "USD", "en", "$65"),
        (5990, "EUR", "de", "59,90 €"),
        (120000, "JPY", "en", "¥120,000"),
        (1234500, "USD", "en", "$12,345"),
        (100, "USD", "zz", "$1"),
    ],
)
def test_an_amount_is_written_the_customers_way(
    minor: int, currency: str, language: str, written: str
) -> None:
    assert format_money(minor, currency, language) == written
