"""The list of products, and what is done to one of them from it."""

from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from models.product import Source
from store import collections, product_listing, products
from store.database import autocommit
from store.listed import pieces
from store.product_listing import LOW_STOCK
from web.console.desk import Desk, TheDesk
from web.console.flash import Undo
from web.console.product_edits import GROUPS
from web.console.product_list import PAGE_SIZE, TABS, ListQuery

router = APIRouter(prefix="/{m}/products")


async def _query(desk: TheDesk) -> ListQuery:
    return ListQuery.read(dict(desk.request.query_params), desk.shop.currency)


@router.get("")
async def listing(desk: TheDesk, query: Annotated[ListQuery, Depends(_query)]) -> HTMLResponse:
    shop = desk.shop
    async with autocommit(desk.here.engine) as connection:
        page = await product_listing.page(
            connection, shop.id, query.wanted, sort=query.sort, limit=PAGE_SIZE, at=query.at
        )
        counts = await product_listing.counts(connection, shop.id)
        narrowed = query.filtered or not query.tab
        total = (
            await product_listing.count(connection, shop.id, query.wanted)
            if narrowed
            else getattr(counts, query.tab)
        )
        categories, brands = await product_listing.choices(connection, shop.id)
        groups = await collections.names(connection, shop.id)
    return desk.page(
        "products/list.html",
        query=query,
        page=page,
        total=total,
        counts=counts,
        tabs=TABS,
        categories=categories,
        brands=brands,
        groups=groups,
        sources=Source,
        low=LOW_STOCK,
        bulk_groups=GROUPS,
        pieces=pieces,
        product_url=partial(product_url, desk),
    )


def product_url(desk: Desk, product_id: str, below: str = "") -> str:
    path = f"products/{quote(product_id, safe='')}"
    return desk.url(f"{path}/{below}" if below else path)


@router.post("/{product_id:path}/delete")
async def delete(desk: TheDesk, product_id: str) -> Response:
    async with autocommit(desk.here.engine) as connection:
        product = await products.get(connection, desk.shop.id, product_id)
    await desk.here.gateway.delete(desk.shop.id, product_id, None)
    undo = Undo(product_url(desk, product_id, "restore"))
    return desk.moved(desk.url("products"), said="products.deleted", undo=undo, name=product.name)


@router.post("/{product_id:path}/restore")
async def restore(desk: TheDesk, product_id: str) -> Response:
    product = await desk.here.gateway.restore(desk.shop.id, product_id, None)
    return desk.moved(product_url(desk, product_id), said="products.restored", name=product.name)
