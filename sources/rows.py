"""What reading a file gives, product by product: a draft, or every reason why there is none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sources.drafts import ProductDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """`row` is where the product begins, counted as in RowError."""

    row: int
    draft: ProductDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """`row` counts from 1 as a person sees it: a spreadsheet's rows, its header included; the lines of
    JSONL; the products of a JSON list. `field` is the word the file itself uses, "row" for a row as a whole.
    `product_id`: which product the row is about, where it says so.
    """

    row: int
    field: str
    detail: str
    product_id: str | None = dataclass_field(default=None, compare=False)


# Where pydantic speaks to programmers.
_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not a field of ours",
    "model_type": "should be an object",
    "model_attributes_type": "should be an object",
}

Place = tuple[int, str]  # row and field
Location = tuple[int | str, ...]  # pydantic's path into a draft


def row_errors(error: ValidationError, place: Callable[[Location], Place]) -> Iterator[RowError]:
    for problem in error.errors(include_url=False, include_input=False):
        row, field = place(problem["loc"])
        yield RowError(row=row, field=field, detail=_sentence(problem))


def dotted(location: Location) -> str:
    """variants.0.price_minor: a field of a JSON document, counted from 0 as in JSON."""
    return ".".join(str(step) for step in location) or "row"


def _sentence(problem: ErrorDetails) -> str:
    """The field is named beside the sentence; "Input" is pydantic's word for it."""
    if problem["type"] == "json_invalid":
        return problem["msg"].replace("line 1 column", "character")  # the line is the row
    return _SENTENCES.get(problem["type"], problem["msg"].removeprefix("Input "))
