"""A customer's right to see what is held about them, and to have it erased."""

from typing import Any

from fastapi import APIRouter, Response

from store import customers
from web.deps import Here, TheMerchant

router = APIRouter(prefix="/merchants/{m}/customers")


@router.get("/{customer_id}")
async def export(merchant: TheMerchant, customer_id: str, here: Here) -> dict[str, Any]:
    """All of it, from one moment."""
    async with here.engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        conversations = await customers.export(connection, merchant.id, customer_id)
    return {"customer_id": customer_id, "conversations": conversations}


@router.delete("/{customer_id}", status_code=204)
async def erase(merchant: TheMerchant, customer_id: str, here: Here) -> Response:
    async with here.engine.begin() as connection:
        await customers.erase(connection, merchant.id, customer_id)
    return Response(status_code=204)
