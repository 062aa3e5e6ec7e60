"""Where a merchant's catalogue is, and whether it has an actor of its own."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StrictBool

from models.merchant import Merchant
from store import placement, products
from store.database import autocommit
from web.deps import Here, Shopkeep, TheMerchant
from web.principal import Who

router = APIRouter(prefix="/merchants/{m}")


class PlacementBody(BaseModel):
    """null: its size decides."""

    model_config = ConfigDict(extra="forbid")

    dedicated: StrictBool | None


@router.get("/placement")
async def get(merchant: TheMerchant, here: Here) -> dict[str, Any]:
    return await _placement(merchant, here)


@router.put("/placement", status_code=202)
async def put(merchant: TheMerchant, body: PlacementBody, here: Here, who: Who) -> dict[str, Any]:
    """The catalogue is moved in the background; `actor` says when it has been.

    Actors are the installation's, so an operator decides.
    """
    who.require_operator()
    async with here.engine.begin() as connection:
        await placement.mark(connection, merchant.id, dedicated=body.dedicated)
    here.gateway.placing_changed()
    return await _placement(merchant, here)


async def _placement(merchant: Merchant, here: Shopkeep) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        placed = await placement.of(connection, merchant.id)
        size = await products.count(connection, merchant.id)
    return {
        "actor": placed.actor,
        "dedicated": placed.dedicated,
        "products": size,
        "loaded": await here.gateway.loaded(merchant.id),
    }
