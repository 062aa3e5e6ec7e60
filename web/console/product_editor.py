"""One product: made, changed, copied. Two people who change it at once see each other's version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from actors.merging import Put
from agent.cards import card
from agent.language import language
from models.errors import Conflict, Invalid, NotFound, Stale
from models.product import Product, Source
from sources.drafts import ProductDraft, draft_of, to_product
from sources.fields import MAX_ID_BYTES
from store import collections, product_listing, products
from store.database import autocommit
from store.listed import LEVEL
from web.auditing import unchanged
from web.console.desk import Desk, TheDesk
from web.console.faults import Faults
from web.console.picture_field import Chosen, chosen_pictures
from web.console.product_differences import Difference, differences
from web.console.product_draft import Refused, draft_from
from web.console.product_form import TypedProduct, read, shown
from web.console.products import product_url
from web.console.variant_rows import acted

router = APIRouter(prefix="/{m}/products")


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """`product` is what is there now, None of a new one. A store's own can be changed in few things only."""

    id: str
    product: Product | None = None

    @property
    def synced(self) -> bool:
        return self.product is not None and self.product.source is Source.SHOPIFY


@router.get("/new")
async def new(desk: TheDesk) -> HTMLResponse:
    typed = TypedProduct()
    if copied := desk.request.query_params.get("copy"):
        async with autocommit(desk.here.engine) as connection:
            product = await products.get(connection, desk.shop.id, copied)
        typed = shown(product)
        variants = tuple(replace(one, id="", sku="") for one in typed.variants)
        typed = replace(typed, version=0, variants=variants, is_featured=False)
    return await _page(desk, Editing(id=uuid4().hex), typed)


@router.post("/new")
async def create(desk: TheDesk) -> Response:
    form = await desk.request.form()
    given = form.get("id")
    # Made with the page: sent twice, it makes one product.
    product_id = given if isinstance(given, str) and 0 < len(given.encode()) <= MAX_ID_BYTES else uuid4().hex
    editing = Editing(id=product_id)
    chosen = await chosen_pictures(form, desk)
    typed = read(form, chosen)
    if (do := _button(form)) is not None:
        unchanged(desk.request)
        return await _page(desk, editing, acted(typed, do), chosen=chosen)
    try:
        draft = _checked(typed, editing, chosen, desk.shop.currency)
        put = Put(id=product_id, draft=draft, must_be_new=True)
        (product,) = await desk.here.gateway.put(desk.shop, [put])
    except Refused as refused:
        return await _page(desk, editing, typed, refused.faults, chosen=chosen, status=422)
    except Conflict:
        return desk.moved(product_url(desk, product_id))
    await _collect(desk, product_id, typed)
    said = "products.created" if product.is_active else "products.created_archived"
    return desk.moved(product_url(desk, product_id), said=said, name=product.name)


@router.get("/{product_id:path}")
async def edit(desk: TheDesk, product_id: str) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        row = (await products.get_many(connection, desk.shop.id, [product_id])).get(product_id)
        into = await collections.of_products(connection, desk.shop.id, [product_id])
    if row is None:
        raise NotFound("no such product")
    if row.deleted:
        return desk.page("products/deleted.html", product=row.product, product_url=partial(product_url, desk))
    typed = shown(row.product, into.get(product_id, frozenset()))
    return await _page(desk, Editing(id=product_id, product=row.product), typed)


@router.post("/{product_id:path}")
async def change(desk: TheDesk, product_id: str) -> Response:
    form = await desk.request.form()
    async with autocommit(desk.here.engine) as connection:
        product = await products.get(connection, desk.shop.id, product_id)
    editing = Editing(id=product_id, product=product)
    chosen = await chosen_pictures(form, desk)
    typed = read(form, chosen)
    if editing.synced:
        typed = _with_theirs(typed, product)
    if (do := _button(form)) is not None:
        unchanged(desk.request)
        rows = typed if editing.synced else acted(typed, do)
        return await _page(desk, editing, rows, chosen=chosen)
    try:
        draft = _checked(typed, editing, chosen, desk.shop.currency)
        put = Put(id=product_id, draft=draft, source=product.source, expected_version=typed.version)
        await desk.here.gateway.put(desk.shop, [put])
    except Refused as refused:
        return await _page(desk, editing, typed, refused.faults, chosen=chosen, status=422)
    except Invalid as invalid:
        faults = {invalid.field or "name": invalid.detail}
        return await _page(desk, editing, typed, faults, chosen=chosen, status=422)
    except Stale:
        return await _conflict(desk, editing, typed, draft)
    await _collect(desk, product_id, typed)
    return desk.moved(product_url(desk, product_id), said="products.saved", name=draft.name)


def _button(form: FormData) -> str | None:
    """Which one sent the form; None for the one that saves."""
    do = form.get("do")
    return do if isinstance(do, str) and do else None


def _checked(typed: TypedProduct, editing: Editing, chosen: Chosen, currency: str) -> ProductDraft:
    """Refused."""
    if editing.synced and editing.product is not None:
        ours = {"is_featured": typed.is_featured, "short_description": typed.short_description}
        return draft_of(editing.product).model_copy(update=ours)
    try:
        draft = draft_from(typed, editing.id, currency)
    except Refused as refused:
        raise Refused({**refused.faults, **_picture_faults(chosen)}) from None
    if chosen.faults:
        raise Refused(_picture_faults(chosen))
    known = editing.product.shopify_product_id if editing.product else None
    return draft.model_copy(update={"shopify_product_id": known})


def _picture_faults(chosen: Chosen) -> Mapping[str, str]:
    return {"pictures": " ".join(chosen.faults)} if chosen.faults else {}


def _with_theirs(typed: TypedProduct, product: Product) -> TypedProduct:
    """What a store has is not sent by its form, and shown as it is."""
    return replace(
        shown(product, typed.collections),
        version=typed.version,
        is_featured=typed.is_featured,
        short_description=typed.short_description,
    )


async def _collect(desk: Desk, product_id: str, typed: TypedProduct) -> None:
    async with desk.here.engine.begin() as connection:
        await collections.set_of_product(connection, desk.shop.id, product_id, sorted(typed.collections))


async def _conflict(desk: Desk, editing: Editing, typed: TypedProduct, draft: ProductDraft) -> HTMLResponse:
    """Somebody was faster: both versions are shown, and what was typed stays in the form."""
    async with autocommit(desk.here.engine) as connection:
        now = await products.get(connection, desk.shop.id, editing.id)
    found = differences(draft, now)
    # Sent once more, it goes over the version that was shown beside it.
    typed = replace(typed, version=now.version)
    return await _page(desk, replace(editing, product=now), typed, conflict=found, status=412)


async def _page(
    desk: Desk,
    editing: Editing,
    typed: TypedProduct,
    faults: Mapping[str, str] | None = None,
    *,
    chosen: Chosen | None = None,
    status: int = 200,
    conflict: Sequence[Difference] | None = None,
) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        categories, brands = await product_listing.choices(connection, desk.shop.id)
        groups = await collections.names(connection, desk.shop.id)
    return desk.page(
        "products/form.html",
        status=status,
        editing=editing,
        typed=typed,
        faults=Faults(faults or {}),
        picture_faults=chosen.faults if chosen else (),
        conflict=conflict,
        shopify_url=_at_shopify(editing.product),
        categories=[one.split(LEVEL) for one in categories],
        brands=brands,
        groups=groups,
        card=_card(typed, desk),
        product_url=partial(product_url, desk),
    )


def _at_shopify(product: Product | None) -> str | None:
    """Where a person changes it."""
    if product is None or product.source is not Source.SHOPIFY:
        return None
    shop, number = product.metadata.get("shopify_shop"), product.shopify_product_id
    return f"https://{shop}/admin/products/{number}" if shop and number else None


def _card(typed: TypedProduct, desk: Desk) -> object:
    """As a customer would see it now; None as long as the form makes no product."""
    try:
        draft = draft_from(typed, "preview", desk.shop.currency)
    except Refused:
        return None
    product = to_product(
        draft, desk.shop.currency, id="preview", now=datetime.now(UTC), new_id=lambda: uuid4().hex
    )
    variant = next((one for one in product.variants if one.sellable), product.variants[0])
    return card(product, variant, language(desk.shop.languages[0] if desk.shop.languages else "en"))
