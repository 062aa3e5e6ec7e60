"""Calls to actors, and what they raise."""

from typing import cast

from ray.exceptions import RayTaskError

from actors.placement import Handle
from models.errors import ShopkeepError


async def call(method: Handle, *arguments: object, **named: object) -> object:
    """What the actor raised for the caller to be told comes back as it was raised."""
    try:
        return cast(object, await method.remote(*arguments, **named))
    except RayTaskError as error:
        if isinstance(error.cause, ShopkeepError):
            raise error.cause from None
        raise
