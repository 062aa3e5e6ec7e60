"""JSONL: a product of the API per line. One without an id is a new product each time it is imported."""

from collections.abc import Iterator
from dataclasses import replace

from pydantic import ValidationError
from pydantic_core import from_json

from sources.drafts import ProductDraft
from sources.rows import ProductRow, RowError, dotted, row_errors


def read_jsonl(text: str, currency: str) -> Iterator[ProductRow | RowError]:
    # Not splitlines(): JSON strings may contain the other characters that end a line there.
    for row, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield from _product(row, line, currency)


def _product(row: int, line: str, currency: str) -> Iterator[ProductRow | RowError]:
    try:
        draft = ProductDraft.model_validate_json(line, context=currency)
    except ValidationError as error:
        product_id = _id(line)
        for problem in row_errors(error, lambda location: (row, dotted(location))):
            yield replace(problem, product_id=product_id)
    else:
        yield ProductRow(row=row, draft=draft)


def _id(line: str) -> str | None:
    try:
        found = from_json(line)
    except ValueError:
        return None
    product_id = found.get("id") if isinstance(found, dict) else None
    return product_id.strip() if isinstance(product_id, str) else None
