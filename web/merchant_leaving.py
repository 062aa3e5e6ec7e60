"""A merchant leaves: all that is held is handed out, and then erased. An operator's business."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from models.merchant import Merchant
from store import erasures
from web import instagram_accounts, shopify
from web.auditing import changed
from web.deletion_page import page_of
from web.deps import Here, Shopkeep, TheMerchant
from web.merchant_archive import archive
from web.principal import Who

router = APIRouter(prefix="/merchants/{m}")


@router.get("/data", responses={200: {"content": {"application/zip": {}}}})
async def data(merchant: TheMerchant, here: Here, who: Who) -> StreamingResponse:
    """All of it as one archive: a file of JSON lines for each table, and every picture and file."""
    who.require_operator()
    headers = {"Content-Disposition": f'attachment; filename="{_file(merchant)}.zip"'}
    return StreamingResponse(
        archive(here.engine, here.files, merchant.id), media_type="application/zip", headers=headers
    )


@router.delete("", status_code=202)
async def erase(merchant: TheMerchant, here: Here, who: Who, request: Request) -> dict[str, Any]:
    """For good. From the answer on it is gone for everybody; its rows and files go within minutes."""
    who.require_operator()
    code = await erase_merchant(here, merchant.id)
    changed(request, target=code)
    return {"code": code, "url": page_of(here, code)}


async def erase_merchant(here: Shopkeep, merchant_id: str) -> str:
    """The code of the deletion. Instagram and Shopify are told first, if they listen."""
    await instagram_accounts.unsubscribe(here, merchant_id)
    await shopify.unsubscribe(here, merchant_id)
    async with here.engine.begin() as connection:
        code = await erasures.erase_merchant(connection, merchant_id)
    here.gateway.job_started()
    return code


def _file(merchant: Merchant) -> str:
    """A name that stands in a header as it is."""
    return "".join(letter for letter in merchant.id if letter.isascii() and letter.isalnum()) or "shop"
