import json
from typing import Any

import pytest

from models.errors import Invalid
from sources.reading import read
from sources.rows import ProductRow, RowError

SHIRT = {"id": "p1", "name": "Shirt", "variants": [{"price_minor": 1990}]}


def lines(*products: object) -> str:
    return "\n".join(item if isinstance(item, str) else json.dumps(item) for item in products)


def ids(text: str) -> list[str | None]:
    return [item.draft.id for item in read("jsonl", text.encode(), "EUR") if isinstance(item, ProductRow)]


def errors(text: str) -> list[RowError]:
    return [item for item in read("jsonl", text.encode(), "EUR") if isinstance(item, RowError)]


def test_each_line_is_a_product_and_blank_lines_are_none() -> None:
    assert ids(lines(SHIRT, "", SHIRT | {"id": "p2"}, "")) == ["p1", "p2"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"currency": "USD"}, "currency"),
        ({"variants": []}, "variants"),
        ({"variants": [{"price_minor": 19.9}]}, "variants.0.price_minor"),
        ({"variants": [{"price_minor": 1}, {"price_minor": True}]}, "variants.1.price_minor"),
        ({"colour": "blue"}, "colour"),
        ({"id": 5}, "id"),
    ],
)
def test_an_error_names_the_line_and_the_path(change: dict[str, Any], field: str) -> None:
    text = lines(SHIRT, "", SHIRT | {"id": "p2"} | change)
    assert [(error.row, error.field) for error in errors(text)] == [(3, field)]
    assert ids(text) == ["p1"]


def test_all_problems_of_a_line_are_reported_at_once() -> None:
    text = lines({"name": "", "currency": "XXY", "variants": [{"price_minor": -1}, {}]})
    assert [error.field for error in errors(text)] == [
        "name",
        "currency",
        "variants.0.price_minor",
        "variants.1.price_minor",
    ]


@pytest.mark.parametrize(
    "broken", ['{"name": "Shirt"', "[]", "null", '{"a": \x01}', '"\\ud800"', "[" * 100_000]
)
def test_a_line_that_is_no_json_object_is_an_error_of_its_row(broken: str) -> None:
    assert [(error.row, error.field) for error in errors(lines(SHIRT, broken))] == [(2, "row")]


def test_what_is_wrong_is_said_in_words() -> None:
    text = lines({"colour": "blue", "name": 5, "variants": [{}]}, '{"name": }', "[]")
    assert [error.detail for error in errors(text)] == [
        "should be a valid string",
        "is required",
        "is not a field of ours",
        "Invalid JSON: expected value at character 10",
        "should be an object",
    ]


def test_an_id_is_good_once() -> None:
    text = lines(SHIRT, SHIRT | {"id": "p2"}, SHIRT)
    assert ids(text) == ["p1", "p2"]
    assert errors(text) == [RowError(row=3, field="id", detail="'p1' is already the id of row 1")]


def test_products_without_ids_are_not_the_same_product() -> None:
    nameless = {"name": "Shirt", "variants": [{"price_minor": 1}]}
    assert ids(lines(nameless, nameless)) == [None, None]


def test_a_line_separator_inside_a_string_ends_no_line() -> None:
    assert ids(lines(json.dumps(SHIRT | {"brand": "a\u2028b"}, ensure_ascii=False))) == ["p1"]


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(Invalid, match="'xml' is none of csv, jsonl") as caught:
        list(read("xml", b"<a/>", "EUR"))
    assert caught.value.field == "format"
