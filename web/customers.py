"""A customer's right to see what is held about them, and to have it erased."""

from typing import Any

from fastapi import APIRouter, Request, Response

from store import customers, erasures
from web.auditing import changed
from web.deletion_page import page_of
from web.deps import Here, Shopkeep, TheMerchant

router = APIRouter(prefix="/merchants/{m}/customers")


@router.get("/{customer_id}")
async def export(merchant: TheMerchant, customer_id: str, here: Here) -> dict[str, Any]:
    """All of it, from one moment."""
    async with here.engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        conversations = await customers.export(connection, merchant.id, customer_id)
    return {"customer_id": customer_id, "conversations": conversations}


@router.delete("/{customer_id}", status_code=204)
async def erase(merchant: TheMerchant, customer_id: str, here: Here, request: Request) -> Response:
    """`Link` names the page that says so to whoever asked."""
    code = await erase_customer(here, merchant.id, customer_id)
    changed(request, target=code)
    return Response(status_code=204, headers={"Link": f'<{page_of(here, code)}>; rel="status"'})


async def erase_customer(here: Shopkeep, merchant_id: str, customer_id: str) -> str:
    """The code of the deletion, by which the log of changes names it, too: not by whom it was about."""
    async with here.engine.begin() as connection:
        return await erasures.erase_customer(connection, merchant_id, customer_id)
