"""The channel behind the chat page and the chat call: the answer to the call is the delivery."""

from collections.abc import Sequence

from models.turn import Part

NAME = "simulator"


def account_of(merchant_id: str) -> str:
    """Every shop has an account here, from its beginning."""
    return merchant_id


def fit(parts: Sequence[Part], *, comment: bool) -> tuple[Part, ...]:  # noqa: ARG001 - every channel's shape
    """A page takes bubbles of any size."""
    return tuple(parts)
