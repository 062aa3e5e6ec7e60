"""Calls to actors, and what they raise."""

import asyncio
from contextlib import suppress
from typing import cast

from ray.exceptions import ActorDiedError, RayTaskError

from actors.placement import Handle, Method
from models.errors import ShopkeepError

# Until whoever replaces an actor has started the new one.
REPLACED_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)


async def call(method: Handle, *arguments: object, **named: object) -> object:
    """What the actor raised for the caller to be told comes back as it was raised.

    Where the actor has been replaced, by newer code, the call is made again of the new one: every method may
    be repeated.
    """
    for pause_s in REPLACED_S:
        try:
            return await _call(method, *arguments, **named)
        except ActorDiedError:
            if not isinstance(method, Method):
                raise
        await asyncio.sleep(pause_s)
        with suppress(ValueError):  # not there yet
            method.of.look_up()
    return await _call(method, *arguments, **named)


async def _call(method: Handle, *arguments: object, **named: object) -> object:
    try:
        return cast(object, await method.remote(*arguments, **named))
    except RayTaskError as error:
        if isinstance(error.cause, ShopkeepError):
            raise error.cause from None
        raise
