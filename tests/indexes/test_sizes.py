import pytest

from indexes.sizes import size_meets


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("medium", "M"),
        ("M", "Medium"),
        ("size M", "m"),
        ("extra large", "XL"),
        ("x-large", "Extra-Large"),
        ("2XL", "XXL"),
        ("xx-large", "2 XL"),
        ("M", "S/M"),
        ("M", "S-L"),
        ("M", "M / 38"),
        ("38", "M (38)"),
        ("37", "36-38"),
        ("37", "36 – 38"),
        ("38", "EU 38"),
        ("EU 38", "38"),
        ("8.5", "US 8½"),
        ("8,5", "8.5"),
        ("41", "US 8 / EU 41"),
        ("32/34", "32/34"),
        ("one size", "OS"),
        ("one size", "One Size Fits All"),
        ("30 x 40", "30 x 40"),
        ("Queen", "queen"),
        ("4 months", "3-6 months"),
        ("3-6 months", "3-6M"),
        ("6 Monate", "6 mo"),
        ("W32 L34", "32/34"),
        ("32/34", "W32/L34"),
        ("32", "W32 L34"),
        ("Größe M", "M"),
    ],
)
def test_a_size_is_met_however_it_is_written(wanted: str, written: str) -> None:
    assert size_meets(wanted, written)


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("M", "L"),
        ("M", "XL"),
        ("L", "XL"),
        ("XL", "XXL"),
        ("M", "S / L"),
        ("39", "36-38"),
        ("42", "42.5"),
        ("UK 38", "EU 38"),
        ("M", "18M"),
        ("9 months", "3-6M"),
        ("30/34", "W32 L34"),
        ("M", "0"),
        ("0", "M"),
        ("32/34", "32/32"),
        ("M", "One Size"),
        ("Queen", "King"),
        ("", "M"),
        ("M", ""),
        ("👗", "M"),
        ("9" * 400, "M"),
    ],
)
def test_a_size_is_not_met_by_another(wanted: str, written: str) -> None:
    assert not size_meets(wanted, written)
