"""The channel behind the chat page and the chat call: the answer to the call is the delivery."""

from collections.abc import Sequence

from models.turn import Part

NAME = "simulator"
ACCOUNT = "simulator"


def fit(parts: Sequence[Part], *, comment: bool) -> tuple[Part, ...]:  # noqa: ARG001 - every channel's shape
    """A page takes bubbles of any size."""
    return tuple(parts)
