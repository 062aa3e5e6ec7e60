"""Groups of products over HTTP."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Invalid
from sources.fields import Word, Words
from store import collections
from store.collections import Collection
from store.database import autocommit
from web.deps import Here, TheMerchant
from web.paging import Limit, from_cursor, to_cursor
from web.storable import Storable

router = APIRouter(prefix="/merchants/{m}/collections")

MOST_PRODUCTS = 10_000
MOST_COLLECTIONS = 1000
Name = Annotated[Word, Field(min_length=1)]
Ids = Annotated[list[Annotated[Storable, Field(max_length=256)]], Field(max_length=MOST_PRODUCTS)]


class NewCollection(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    tags: Words = []
    product_ids: Ids = []


class CollectionPatch(BaseModel):
    """What is left out stays; `product_ids` take the place of all that were in it."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    tags: Words | None = None
    product_ids: Ids | None = None


class Members(BaseModel):
    model_config = ConfigDict(extra="forbid")

    add: Ids = []
    remove: Ids = []


@router.get("")
async def listing(
    merchant: TheMerchant, here: Here, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        page = await collections.listing(connection, merchant.id, limit=limit + 1, after=from_cursor(cursor))
    more, page = len(page) > limit, page[:limit]
    return {
        "items": [asdict(one) for one in page],
        "next_cursor": to_cursor(page[-1].id) if more else None,
    }


@router.post("", status_code=201)
async def create(merchant: TheMerchant, body: NewCollection, here: Here) -> dict[str, Any]:
    collection_id = uuid4().hex
    async with here.engine.begin() as connection:
        if await collections.count(connection, merchant.id) >= MOST_COLLECTIONS:
            raise Invalid(f"a shop has at most {MOST_COLLECTIONS} collections", field="name")
        await collections.create(connection, merchant.id, collection_id, body.name, body.tags)
        await collections.fill(connection, merchant.id, collection_id, body.product_ids)
        return await _whole(connection, merchant.id, collection_id)


@router.get("/{collection_id}")
async def get(merchant: TheMerchant, collection_id: str, here: Here) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        return await _whole(connection, merchant.id, collection_id)


@router.patch("/{collection_id}")
async def change(
    merchant: TheMerchant, collection_id: str, body: CollectionPatch, here: Here
) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        now = await collections.get(connection, merchant.id, collection_id)
        name = now.name if body.name is None else body.name
        tags = now.tags if body.tags is None else body.tags
        await collections.rename(connection, merchant.id, collection_id, name, tags)
        if body.product_ids is not None:
            await collections.fill(connection, merchant.id, collection_id, body.product_ids)
        return await _whole(connection, merchant.id, collection_id)


@router.post("/{collection_id}/products")
async def members(merchant: TheMerchant, collection_id: str, body: Members, here: Here) -> dict[str, Any]:
    """Products come in at its end, and go out of it; the others stay where they are."""
    async with here.engine.begin() as connection:
        await collections.get(connection, merchant.id, collection_id)
        await collections.add(connection, merchant.id, collection_id, body.add)
        await collections.remove(connection, merchant.id, collection_id, body.remove)
        return await _whole(connection, merchant.id, collection_id)


@router.delete("/{collection_id}", status_code=204)
async def delete(merchant: TheMerchant, collection_id: str, here: Here) -> Response:
    async with here.engine.begin() as connection:
        await collections.delete(connection, merchant.id, collection_id)
    return Response(status_code=204)


@router.post("/{collection_id}/restore")
async def restore(merchant: TheMerchant, collection_id: str, here: Here) -> dict[str, Any]:
    async with here.engine.begin() as connection:
        await collections.restore(connection, merchant.id, collection_id)
        return await _whole(connection, merchant.id, collection_id)


async def _whole(connection: AsyncConnection, merchant_id: str, collection_id: str) -> dict[str, Any]:
    found: Collection = await collections.get(connection, merchant_id, collection_id)
    ids = await collections.product_ids(connection, merchant_id, collection_id)
    return asdict(found) | {"product_ids": ids}
