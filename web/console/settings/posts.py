"""Which products are in which post: what "this" means under it."""

from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter, ValidationError

from models.errors import Invalid
from models.product import Product
from models.search import NO_FILTERS, Order
from store import posts, products
from store.database import autocommit
from store.posts import Post
from web.console.desk import Desk, TheDesk
from web.console.settings.parts import settings_page
from web.console.settings.typed import Typed, faults
from web.paging import from_cursor, to_cursor
from web.posts import MediaId, PostBody
from web.posts import delete as delete_post
from web.posts import put as put_post
from web.storable import Storable

router = APIRouter()
HERE = "settings/posts"
_SHOWN, _HITS = 30, 10
_MEDIA = TypeAdapter(dict[str, MediaId])


@router.get("/posts")
async def listing(
    desk: TheDesk, q: str = "", media_id: Storable = "", cursor: str | None = None
) -> HTMLResponse:
    """`q` looks for products to be put into a post, `media_id` is the one that is being changed."""
    typed = Typed({"media_id": media_id, "product_ids": "\n".join(await _products_of(desk, media_id))})
    return await _list(desk, typed, asked=q.strip()[:200], cursor=cursor)


@router.post("/posts")
async def put(desk: TheDesk) -> Response:
    """A post is given its products, for the first time or anew."""
    typed = Typed.of(await desk.request.form())
    media_id = _code_of(typed.get("media_id").strip())
    try:
        _MEDIA.validate_python({"media_id": media_id})
        chosen = dict.fromkeys([*typed.all("chosen"), *typed.lines("product_ids")])
        body = PostBody(product_ids=list(chosen))
        await put_post(desk.shop, media_id, body, desk.here)
    except ValidationError as error:
        return await _list(desk, typed, errors=faults(error, {}), status=422)
    except Invalid as error:
        return await _list(desk, typed, errors={error.field or "": error.detail}, status=422)
    return desk.moved(desk.url(HERE), said="settings_posts.saved")


@router.get("/posts/remove")
async def asks(desk: TheDesk, media_id: str) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        post = await posts.get(connection, desk.shop.id, media_id)
        names = await _names(desk, [post])
    return settings_page(desk, "post_remove", part="posts", post=post, names=names)


@router.post("/posts/remove")
async def removed(desk: TheDesk) -> Response:
    media_id = Typed.of(await desk.request.form()).get("media_id")
    await delete_post(desk.shop, media_id, desk.here)
    return desk.moved(desk.url(HERE), said="settings_posts.removed")


def _code_of(given: str) -> str:
    """A post's link has its code: https://www.instagram.com/p/CODE/ or /reel/CODE/."""
    path = [part for part in urlsplit(given).path.split("/") if part]
    return path[-1] if given.startswith("http") and path else given


async def _products_of(desk: Desk, media_id: str) -> tuple[str, ...]:
    if not media_id:
        return ()
    async with autocommit(desk.here.engine) as connection:
        return await posts.featured(connection, desk.shop.id, media_id)


async def _hits(desk: Desk, asked: str) -> list[Product]:
    if not asked:
        return []
    found = await desk.here.gateway.search(
        desk.shop.id, asked, NO_FILTERS, _HITS, order=Order.RELEVANCE, relax=False
    )
    return [hit.product for hit in found.hits]


async def _list(
    desk: Desk,
    typed: Typed,
    *,
    asked: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
    cursor: str | None = None,
) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        found = await posts.listing(connection, desk.shop.id, limit=_SHOWN + 1, after=from_cursor(cursor))
    page = list(found[:_SHOWN])
    return settings_page(
        desk,
        "posts",
        status=status,
        part="posts",
        posts=page,
        names=await _names(desk, page),
        typed=typed,
        asked=asked,
        hits=await _hits(desk, asked),
        errors=errors or {},
        first=cursor is not None,
        next_cursor=to_cursor(page[-1].media_id) if len(found) > _SHOWN else None,
    )


async def _names(desk: Desk, shown: list[Post]) -> dict[str, Any]:
    """Of the products in them; those that are gone have none."""
    ids = list(dict.fromkeys(one for post in shown for one in post.product_ids))
    if not ids:
        return {}
    async with autocommit(desk.here.engine) as connection:
        rows = await products.get_many(connection, desk.shop.id, ids)
    return {one: row.product.name for one, row in rows.items() if not row.deleted}
