"""Shop profiles."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from models.merchant import Merchant
from store import merchants
from store.database import autocommit
from web.deps import Here, TheMerchant
from web.principal import Who, limits_itself
from web.profile import MerchantBody, ProfileBody
from web.profile_changes import change_profile, create_merchant, version_of

router = APIRouter(prefix="/merchants")


@router.post("", status_code=201)
async def create(body: MerchantBody, here: Here) -> Merchant:
    return await create_merchant(here, body)


@router.get("")
@limits_itself
async def listing(here: Here, who: Who) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        return {"items": await merchants.listing(connection, who.of_these(None)), "next_cursor": None}


@router.get("/{m}")
async def get(merchant: TheMerchant, response: Response) -> Merchant:
    response.headers["ETag"] = f'"{version_of(merchant)}"'
    return merchant


@router.patch("/{m}")
async def change(
    merchant: TheMerchant,
    body: ProfileBody,
    here: Here,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> Merchant:
    expected = None if if_match is None else if_match.strip().removeprefix("W/").strip('"')
    changed = await change_profile(here, merchant.id, body, expected=None if expected == "*" else expected)
    response.headers["ETag"] = f'"{version_of(changed)}"'
    return changed
