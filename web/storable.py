"""Text from outside, as PostgreSQL can hold it."""

from typing import Annotated

from pydantic import AfterValidator


def without_unstorable(text: str) -> str:
    """It takes neither NUL nor half a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


Storable = Annotated[str, AfterValidator(without_unstorable)]
