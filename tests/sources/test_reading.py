import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Invalid
from sources.reading import FORMATS, read
from sources.rows import ProductRow, RowError

# What every format is made of, so that random files come near to being right.
PIECES = [
    "product_id,name,price",
    "Handle,Title,Variant Price,Option1 Name,Option1 Value",
    '{"products": [',
    '{"id": "p1", "name": "Shirt", "variants": [{"price_minor": 1}]}',
    '{"id": 1, "title": "Shirt", "variants": [{"id": 2, "price": "1"}]}',
    "p1,Shirt,19.90",
    "]}",
    *',;\t\n\r"|>\x00\ufeff<&',
]


def outcome(format_name: str, data: bytes) -> str:
    try:
        items = list(read(format_name, data, "EUR"))
    except Invalid as error:
        return error.detail
    assert items
    assert all(isinstance(item, ProductRow | RowError) and item.row >= 1 for item in items)
    return ""


@pytest.mark.parametrize("format_name", FORMATS)
@given(
    data=st.binary()
    | st.lists(st.sampled_from(PIECES) | st.text()).map(lambda parts: "".join(parts).encode())
)
def test_any_file_ends_in_products_errors_or_one_clear_refusal(format_name: str, data: bytes) -> None:
    outcome(format_name, data)


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("data", [b"", "name".encode("utf-16"), b"product_id\n\xff"])
def test_what_is_not_utf8_or_empty_is_refused_in_every_format(format_name: str, data: bytes) -> None:
    assert outcome(format_name, data)
