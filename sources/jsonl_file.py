"""JSONL: a product of the API per line. One without an id is a new product each time it is imported."""

from collections.abc import Iterator

from pydantic import ValidationError

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
        yield from row_errors(error, lambda location: (row, dotted(location)))
    else:
        yield ProductRow(row=row, draft=draft)
