"""What kind of file somebody chose, by how it begins."""

from pydantic_core import from_json

from models.errors import Invalid
from sources.tables import columns

_HANDLES = frozenset(("handle", "url handle"))
_SHOPIFY = frozenset(
    ("option1 name", "option1 value", "variant price", "body (html)", "variant sku", "vendor")
)


def guess_format(start: str) -> str:
    """One of reading.FORMATS; a table that is none of them is a csv, with a mapping or without."""
    text = start.lstrip()
    if text.startswith("["):
        return "shopify_json"
    if text.startswith("{"):
        return "jsonl" if _is_line(text) else "shopify_json"
    try:
        titles = {column.title.lower() for column in columns(start)}
    except Invalid:
        return "csv"
    return "shopify_csv" if titles & _HANDLES and "title" in titles and titles & _SHOPIFY else "csv"


def _is_line(text: str) -> bool:
    """A JSON object on one line, and no list of products around others."""
    try:
        first = from_json(text.partition("\n")[0])
    except ValueError:
        return False
    return isinstance(first, dict) and not {"products", "product"} & first.keys()
