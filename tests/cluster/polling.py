"""Waiting for a condition, never for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")

PAUSE_S = 0.05


async def until(look: Callable[[], Awaitable[Found]], *, what: str, timeout_s: float = 30.0) -> Found:
    """The first truthy thing that `look` finds."""
    deadline = time.monotonic() + timeout_s
    while not (found := await look()):
        assert time.monotonic() < deadline, f"not within {timeout_s:g} s: {what}; last seen: {found!r}"
        await asyncio.sleep(PAUSE_S)
    return found
