"""Lists come in pages: `{items, next_cursor}` for `?cursor&limit`."""

import base64
import json
from typing import Annotated

from fastapi import Query

from models.errors import Invalid
from store.product_listing import Place
from web.numbers import whole_number

Limit = Annotated[int, Query(ge=1, le=200)]


def to_cursor(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def from_cursor(cursor: str | None) -> str | None:
    """Where the last page ended. Invalid when it is no cursor of ours."""
    if cursor is None:
        return None
    try:
        last = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except ValueError:
        last = ""
    if not last or "\0" in last:
        raise strange_cursor()
    return last


def number_from(cursor: str | None) -> int | None:
    """The same of a list in the order of numbers."""
    last = from_cursor(cursor)
    if last is None:
        return None
    number = whole_number(last)
    if number is None:
        raise strange_cursor()
    return number


def strange_cursor() -> Invalid:
    return Invalid("not a cursor of ours; pass next_cursor as it was given", field="cursor")


def place_cursor(place: Place | None) -> str | None:
    """Of a list that is sorted by more than ids."""
    return to_cursor(json.dumps([place.value, place.id, place.back])) if place else None


def place_from(cursor: str | None) -> Place | None:
    last = from_cursor(cursor)
    if last is None:
        return None
    try:
        found = json.loads(last)
    except ValueError:
        raise strange_cursor() from None
    match found:
        case [str(value), str(product_id), bool(back)]:
            return Place(value=value, id=product_id, back=back)
    raise strange_cursor()
