"""Which products are in a post, so that "how much is this?" under it has an answer."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.codec import to_jsonable
from models.errors import Invalid
from store import posts, products
from store.database import autocommit
from store.posts import Post
from web.deps import Here, TheMerchant
from web.paging import Limit, from_cursor, to_cursor
from web.storable import Storable

router = APIRouter(prefix="/merchants/{m}/posts")

MediaId = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_.:-]+$", max_length=256)]


class PostBody(BaseModel):
    """As many products as a carousel takes, the most important one first."""

    model_config = ConfigDict(extra="forbid")

    product_ids: Annotated[list[Storable], Field(min_length=1, max_length=10)]


@router.get("")
async def listing(
    merchant: TheMerchant, here: Here, cursor: str | None = None, limit: Limit = 50
) -> dict[str, Any]:
    after = from_cursor(cursor)
    async with autocommit(here.engine) as connection:
        page = await posts.listing(connection, merchant.id, limit=limit + 1, after=after)
    more = len(page) > limit
    page = page[:limit]
    return {
        "items": [to_jsonable(post) for post in page],
        "next_cursor": to_cursor(page[-1].media_id) if more else None,
    }


@router.get("/{media_id}")
async def get(merchant: TheMerchant, media_id: MediaId, here: Here) -> Post:
    async with autocommit(here.engine) as connection:
        return await posts.get(connection, merchant.id, media_id)


@router.put("/{media_id}")
async def put(merchant: TheMerchant, media_id: MediaId, body: PostBody, here: Here) -> Post:
    ids = tuple(dict.fromkeys(body.product_ids))
    async with here.engine.begin() as connection:
        rows = await products.get_many(connection, merchant.id, ids)
        unknown = [one for one in ids if one not in rows or rows[one].deleted]
        if unknown:
            raise Invalid(f"no such product: {', '.join(unknown)}", field="product_ids")
        post = Post(media_id=media_id, product_ids=ids)
        await posts.put(connection, merchant.id, post)
    return post


@router.delete("/{media_id}", status_code=204)
async def delete(merchant: TheMerchant, media_id: MediaId, here: Here) -> Response:
    async with autocommit(here.engine) as connection:
        await posts.delete(connection, merchant.id, media_id)
    return Response(status_code=204)
