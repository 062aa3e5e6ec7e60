"""Lists come in pages: `{items, next_cursor}` for `?cursor&limit`."""

import base64
import binascii
from typing import Annotated

from fastapi import Query

from models.errors import Invalid

Limit = Annotated[int, Query(ge=1, le=200)]


def to_cursor(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def from_cursor(cursor: str | None) -> str | None:
    """Where the last page ended. Invalid when it is no cursor of ours."""
    if cursor is None:
        return None
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode()
    except (binascii.Error, ValueError) as error:
        raise Invalid("not a cursor of ours; pass next_cursor as it was given", field="cursor") from error
