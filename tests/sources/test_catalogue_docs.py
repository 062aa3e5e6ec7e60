import re
from pathlib import Path

import pytest

from sources.csv_file import KNOWN
from sources.drafts import ProductDraft, VariantDraft
from sources.reading import FORMATS, read
from sources.rows import ProductRow

PAGE = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text("utf-8")
SECTIONS = {part.split("\n", 1)[0]: part for part in PAGE.split("\n## ")[1:]}


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_example_of_each_format_comes_in(format_name: str) -> None:
    example = re.findall(r"```\w+\n(.*?)```", SECTIONS[format_name], re.DOTALL)[0]
    (row,) = read(format_name, example.encode(), "EUR")
    assert isinstance(row, ProductRow)
    assert row.draft.variants[0].size == "S"


def test_every_column_has_its_line() -> None:
    titled = {
        title
        for line in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)
        for title in re.findall(r"`(\w+)`", line)
    }
    assert titled - FORMATS.keys() == set(KNOWN)


def test_every_field_of_a_line_is_named() -> None:
    ignored = {"price_range", "version", "created_at"}
    named = set(re.findall(r"\w+", SECTIONS["jsonl"]))
    assert {*ProductDraft.model_fields, *VariantDraft.model_fields, *ignored} <= named
