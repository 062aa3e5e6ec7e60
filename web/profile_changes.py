"""Profiles made and changed: by the API and by the console, in the same way."""

import hashlib
from collections.abc import Collection
from dataclasses import fields, replace
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import to_json
from models.errors import Conflict, Stale
from models.merchant import Merchant
from models.search import SearchSettings
from store import merchants, products
from web.deps import Shopkeep
from web.profile import MerchantBody, ProfileBody

ALL = frozenset(one.name for one in fields(Merchant))


async def create_merchant(here: Shopkeep, body: MerchantBody) -> Merchant:
    merchant = Merchant(id=uuid4().hex, **body.profile(SearchSettings()))
    async with here.engine.begin() as connection:
        await merchants.create(connection, merchant, here.gateway.place_for(merchant.id))
    return merchant


async def change_profile(
    here: Shopkeep,
    merchant_id: str,
    body: ProfileBody,
    *,
    expected: str | None = None,
    of: Collection[str] = ALL,
) -> Merchant:
    """Stale when the fields `of` are not those any more that `expected` is the version of."""
    async with here.engine.begin() as connection:
        current = await merchants.get(connection, merchant_id, lock=True)
        if expected is not None and expected != version_of(current, of):
            raise Stale("somebody else has changed this meanwhile: read it again")
        changed = replace(current, **body.profile(current.search))
        await _require_free_currency(connection, current, changed)
        await merchants.save(connection, changed)
    if body.search is not None:
        await here.gateway.refresh_settings(merchant_id)
    return changed


async def _require_free_currency(connection: AsyncConnection, current: Merchant, changed: Merchant) -> None:
    if changed.currency != current.currency and await products.were_any(connection, current.id):
        raise Conflict("the currency is fixed once there are products", field="currency")


def version_of(merchant: Merchant, of: Collection[str] = ALL) -> str:
    """Of these fields of the profile: two who change different parts do not get in each other's way."""
    read = (to_json(getattr(merchant, name)) for name in sorted(of))
    return hashlib.sha256("\n".join(read).encode()).hexdigest()[:16]
