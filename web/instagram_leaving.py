"""What Meta posts when an account's owner removes the app, or wants to be forgotten."""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from channels.instagram import signed_request
from channels.instagram.direct import CHANNEL
from models.errors import Invalid
from store import accounts, deletions, erasures
from web.deletion_page import page_of
from web.deps import Here, Shopkeep

router = APIRouter()


@router.post("/instagram/deauthorize")
async def deauthorize(request: Request, here: Here) -> dict[str, int]:
    """The token goes, and with it whatever could be sent."""
    user_id, _ = await _signed(request, here)
    async with here.engine.begin() as connection:
        return {"accounts": await accounts.deauthorize(connection, CHANNEL, user_id)}


@router.post("/instagram/data-deletion")
async def data_deletion(request: Request, here: Here) -> dict[str, str]:
    """Done when it is answered. The same request again gets the same code."""
    user_id, sent = await _signed(request, here)
    code = deletions.code_of(sent)
    async with here.engine.begin() as connection:
        await erasures.erase_account(connection, CHANNEL, user_id, code=code)
    return {"url": page_of(here, code), "confirmation_code": code}


async def _signed(request: Request, here: Shopkeep) -> tuple[str, str]:
    """Whom the request is about, and the request itself. Only Meta, who knows the secret, is believed."""
    form = parse_qs((await request.body()).decode(errors="replace"))
    sent = form.get("signed_request", [""])[0]
    if not sent:
        raise Invalid("the form field that Meta sends is missing", field="signed_request")
    user_id = signed_request.user_id(sent, here.settings.instagram_secrets)
    if user_id is None:
        raise HTTPException(401, "signed_request fits none of INSTAGRAM_APP_SECRET")
    return user_id, sent
