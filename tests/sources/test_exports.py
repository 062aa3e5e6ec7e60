"""What was given out comes in again unchanged."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.product import Product, Variant
from sources.drafts import to_product
from sources.exports import EXPORTS, HEADERS
from sources.reading import read
from sources.rows import ProductRow
from sources.separated import join, split
from tests.sources.shown_products import NOW, products


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(data=st.data())
def test_an_exported_product_is_imported_as_it_was(kind: str, currency: str, data: st.DataObject) -> None:
    product = data.draw(products(currency))
    assert _again(kind, product) == [product]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "'=1", "\t=1"])
def test_no_cell_is_computed_by_a_spreadsheet(text: str) -> None:
    product = Product(
        id="p",
        name=text,
        currency="EUR",
        variants=(Variant(id="v", name=text, price_minor=1),),
        created_at=NOW,
    )
    rows = list(csv.reader(io.StringIO(EXPORTS["csv"]([product]), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@given(st.lists(st.text(st.sampled_from(list("ab|\\ ")), min_size=1, max_size=6).map(str.strip).filter(bool)))
def test_a_list_in_a_cell_is_the_list_again(values: list[str]) -> None:
    assert split(join(values, "|"), "|") == values


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("a|b", ["a", "b"]),
        (r"a\|b", ["a|b"]),
        (r"C:\x | y\ ", ["C:\\x", "y\\"]),
        (r"a\\|b", ["a\\", "b"]),
        ("|", []),
    ],
)
def test_a_backslash_means_something_before_the_sign_only(cell: str, values: list[str]) -> None:
    assert split(cell, "|") == values


def _again(kind: str, product: Product) -> list[Product]:
    file = HEADERS[kind] + EXPORTS[kind]([product])
    items = list(read(kind, file.encode(), product.currency))
    return [
        to_product(item.draft, product.currency, id=item.draft.id or "", now=NOW, new_id=lambda: "new")
        for item in items
        if isinstance(item, ProductRow)
    ]
