"""Collections as pages: their list, one with what is in it and in which order."""

from collections.abc import Sequence
from functools import partial
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData

from models.errors import Conflict
from models.product import Product
from store import collections, products
from store.database import autocommit
from store.listed import pieces
from store.product_listing import LOW_STOCK
from web.collections import CollectionPatch
from web.console.desk import Desk, TheDesk
from web.console.faults import Faults
from web.console.flash import Undo
from web.console.products import product_url
from web.numbers import whole_number
from web.storable import without_unstorable

router = APIRouter(prefix="/{m}/collections")

# Of one collection, on its page; the list of products shows them all.
SHOWN = 200


@router.get("")
async def listing(desk: TheDesk) -> HTMLResponse:
    return await _list(desk, {}, Faults())


async def _list(desk: Desk, typed: dict[str, str], faults: Faults, status: int = 200) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        found = await collections.listing(connection, desk.shop.id)
    return desk.page("collections/list.html", status=status, found=found, typed=typed, faults=faults)


@router.post("")
async def create(desk: TheDesk) -> Response:
    typed = _typed(await desk.request.form())
    collection_id = uuid4().hex
    try:
        said = _said(typed)
        async with desk.here.engine.begin() as connection:
            await collections.create(
                connection, desk.shop.id, collection_id, said.name or "", said.tags or []
            )
    except ValidationError as error:
        return await _list(desk, typed, _faults(error), 422)
    except Conflict as conflict:
        return await _list(desk, typed, Faults(name=conflict.detail), 409)
    return desk.moved(
        desk.url(f"collections/{collection_id}"), said="collections.created", name=typed["name"]
    )


@router.get("/{collection_id}")
async def show(desk: TheDesk, collection_id: str) -> HTMLResponse:
    return await _one(desk, collection_id)


async def _one(
    desk: Desk,
    collection_id: str,
    typed: dict[str, str] | None = None,
    faults: Faults | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        found = await collections.get(connection, desk.shop.id, collection_id)
        members = await _members(connection, desk.shop.id, collection_id)
    return desk.page(
        "collections/one.html",
        status=status,
        found=found,
        members=members,
        typed=typed or {"name": found.name, "tags": ", ".join(found.tags)},
        faults=faults or Faults(),
        pieces=pieces,
        low=LOW_STOCK,
        product_url=partial(product_url, desk),
    )


async def _members(connection: AsyncConnection, merchant_id: str, collection_id: str) -> Sequence[Product]:
    ids = (await collections.product_ids(connection, merchant_id, collection_id))[:SHOWN]
    rows = await products.get_many(connection, merchant_id, ids)
    return [rows[product_id].product for product_id in ids]


@router.post("/{collection_id}")
async def change(desk: TheDesk, collection_id: str) -> Response:
    """Its name and tags; the order of its products by their numbers, without those that are ticked."""
    form = await desk.request.form()
    typed = _typed(form)
    try:
        said = _said(typed)
        async with desk.here.engine.begin() as connection:
            await collections.rename(
                connection, desk.shop.id, collection_id, said.name or "", said.tags or []
            )
            now = await collections.product_ids(connection, desk.shop.id, collection_id)
            await collections.fill(connection, desk.shop.id, collection_id, _ordered(form, now))
    except ValidationError as error:
        return await _one(desk, collection_id, typed, _faults(error), 422)
    except Conflict as conflict:
        return await _one(desk, collection_id, typed, Faults(name=conflict.detail), 409)
    return desk.moved(desk.url(f"collections/{collection_id}"), said="collections.saved", name=typed["name"])


def _ordered(form: FormData, now: Sequence[str]) -> list[str]:
    """What the page did not show stays where it is, behind what it showed."""
    places: dict[str, float] = {}
    for place, product_id in enumerate(_texts(form, "product"), 1):
        number = whole_number(str(form.get(f"position.{product_id}", "")).strip())
        places[product_id] = place if number is None else number
    removed = set(_texts(form, "remove"))
    kept = [product_id for product_id in now if product_id not in removed]
    return sorted(kept, key=lambda product_id: places.get(product_id, float("inf")))


@router.post("/{collection_id}/delete")
async def delete(desk: TheDesk, collection_id: str) -> Response:
    async with desk.here.engine.begin() as connection:
        found = await collections.get(connection, desk.shop.id, collection_id)
        await collections.delete(connection, desk.shop.id, collection_id)
    undo = Undo(desk.url(f"collections/{collection_id}/restore"))
    return desk.moved(desk.url("collections"), said="collections.deleted", undo=undo, name=found.name)


@router.post("/{collection_id}/restore")
async def restore(desk: TheDesk, collection_id: str) -> Response:
    async with desk.here.engine.begin() as connection:
        await collections.restore(connection, desk.shop.id, collection_id)
        found = await collections.get(connection, desk.shop.id, collection_id)
    return desk.moved(desk.url(f"collections/{collection_id}"), said="collections.restored", name=found.name)


def _typed(form: FormData) -> dict[str, str]:
    return {name: next(iter(_texts(form, name)), "").strip() for name in ("name", "tags")}


def _said(typed: dict[str, str]) -> CollectionPatch:
    """As the API takes it. ValidationError."""
    tags = [tag.strip() for tag in typed["tags"].split(",")]
    return CollectionPatch.model_validate({"name": typed["name"], "tags": tags})


def _faults(error: ValidationError) -> Faults:
    return Faults({str(fault["loc"][0]): fault["msg"] for fault in error.errors()})


def _texts(form: FormData, name: str) -> list[str]:
    return [without_unstorable(value) for value in form.getlist(name) if isinstance(value, str)]
