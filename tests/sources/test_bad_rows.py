"""What was not taken comes back as a file to mend."""

import csv
import io
import json

from sources.bad_rows import bad_rows
from sources.column_mapping import guess_mapping
from sources.reading import read
from sources.rows import ProductRow, RowError
from sources.tables import columns

CSV = """\
product_id;name;price;note
p1;Dress;1,00;=HYPERLINK("x")
p2;Shirt;free;a
p2;;2,00;b
p3;Hat;3,00;c
"""


def _errors(kind: str, text: str) -> list[RowError]:
    return [item for item in read(kind, text.encode(), "EUR") if isinstance(item, RowError)]


def _mended(kind: str, text: str) -> list[ProductRow | RowError]:
    return list(read(kind, text.encode(), "EUR"))


def test_a_table_comes_back_with_all_rows_of_its_bad_products_and_what_is_wrong() -> None:
    bad = bad_rows("csv", CSV.encode(), _errors("csv", CSV))["csv"]
    rows = list(csv.reader(io.StringIO(bad.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert rows[0] == ["product_id", "name", "price", "note", "row", "field", "detail"]
    assert [row[:6] for row in rows[1:]] == [
        ["p2", "Shirt", "free", "a", "3", "price"],
        ["p2", "", "2,00", "b", "4", ""],
    ]
    assert "'free' is not a positive decimal number" in rows[1][6]


def test_mended_it_is_imported_without_what_we_added() -> None:
    bad = bad_rows("csv", CSV.encode(), _errors("csv", CSV))["csv"].replace("free", "4,00")
    (row,) = _mended("csv", bad)
    assert isinstance(row, ProductRow)
    assert row.draft.metadata == {"note": "a"}
    assert [variant.price_minor for variant in row.draft.variants] == [400, 200]


def test_mended_only_in_part_it_comes_back_with_one_list_of_faults() -> None:
    bad = bad_rows("csv", CSV.encode(), _errors("csv", CSV))["csv"]
    again = bad_rows("csv", bad.encode(), _errors("csv", bad))["csv"]
    assert again.splitlines()[0].count("detail") == 1


def test_by_a_mapping_the_rows_of_its_products_are_found_and_what_we_added_is_ignored() -> None:
    text = "Artikelnummer,Bezeichnung,Preis\na,Kleid,1.00\nb,Hemd,gratis\n"
    mapping = guess_mapping(columns(text))
    errors = [i for i in read("csv", text.encode(), "EUR", mapping=mapping) if isinstance(i, RowError)]
    bad = bad_rows("csv", text.encode(), errors, key=mapping.key)["csv"].replace("gratis", "2.00", 1)
    again = guess_mapping(columns(bad.removeprefix("\ufeff")))
    (row,) = read("csv", bad.encode(), "EUR", mapping=again)
    assert isinstance(row, ProductRow)
    assert (row.draft.id, row.draft.metadata) == ("b", {})


def test_no_cell_of_the_list_is_computed() -> None:
    bad = bad_rows("csv", CSV.encode(), [RowError(row=2, field="price", detail="=cmd|' /C calc'!A0")])["csv"]
    assert "'=HYPERLINK" in bad
    assert "'=cmd" in bad


def test_bad_lines_of_json_come_back_as_they_were_with_a_table_of_what_is_wrong() -> None:
    text = '{"name": "A", "variants": [{"price_minor": 1}]}\n{"name": "B"\n{"name": "C", "variants": []}\n'
    bad = bad_rows("jsonl", text.encode(), _errors("jsonl", text))
    assert bad["jsonl"].splitlines() == text.splitlines()[1:]
    assert [line.split(",")[0] for line in bad["csv"].splitlines()[1:]] == ["2", "3"]


def test_bad_products_of_shopify_come_back_as_a_file_of_shopify() -> None:
    text = json.dumps(
        {"products": [{"id": 1, "title": "A", "variants": [{"id": 2, "price": "x"}]}, {"id": 3}]}
    )
    errors = _errors("shopify_json", text)
    assert {error.product_id for error in errors} == {"shopify-1", "shopify-3"}
    assert json.loads(bad_rows("shopify_json", text.encode(), errors)["json"]) == json.loads(text)
