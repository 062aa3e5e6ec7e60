"""The catalogue over HTTP."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Body, Header, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from actors.merging import Put
from models.codec import to_jsonable
from models.errors import Invalid
from models.merchant import Merchant
from models.product import Product
from sources.drafts import ProductDraft
from store import product_listing, products
from store.database import autocommit
from store.product_listing import Sort
from web.deps import Here, TheMerchant
from web.numbers import whole_number
from web.paging import Limit, place_cursor, place_from
from web.product_filters import ProductFilters

router = APIRouter(prefix="/merchants/{m}/products")

Json = Annotated[Any, Body()]
IfMatch = Annotated[str | None, Header()]


class ListingQuery(ProductFilters):
    sort: Sort = Sort.ID
    cursor: str | None = None
    limit: Limit = 50


@router.get("")
async def listing(
    merchant: TheMerchant, here: Here, query: Annotated[ListingQuery, Query()]
) -> dict[str, Any]:
    at = place_from(query.cursor)
    async with autocommit(here.engine) as connection:
        page = await product_listing.page(
            connection, merchant.id, query.wanted(), sort=query.sort, limit=query.limit, at=at
        )
    return {
        "items": [as_json(product) for product in page.products],
        "next_cursor": place_cursor(page.after),
    }


@router.post("", status_code=201)
async def create(merchant: TheMerchant, body: Json, here: Here) -> dict[str, Any]:
    draft = read_draft(body, merchant)
    put = Put(id=draft.id or uuid4().hex, draft=draft, must_be_new=draft.id is not None)
    (product,) = await here.gateway.put(merchant, [put])
    return as_json(product)


@router.get("/{product_id}")
async def get(merchant: TheMerchant, product_id: str, here: Here, response: Response) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        product = await products.get(connection, merchant.id, product_id)
    response.headers["ETag"] = f'"{product.version}"'
    return as_json(product)


@router.put("/{product_id}")
async def change(
    merchant: TheMerchant, product_id: str, body: Json, here: Here, if_match: IfMatch = None
) -> dict[str, Any]:
    """The product as a whole; 404 when there is none, so that a mistyped id makes no second product."""
    draft = read_draft(body, merchant)
    if draft.id not in (None, product_id):
        raise Invalid("differs from the id in the address", field="id")
    async with autocommit(here.engine) as connection:
        await products.get(connection, merchant.id, product_id)
    put = Put(id=product_id, draft=draft, expected_version=version_of(if_match))
    (product,) = await here.gateway.put(merchant, [put])
    return as_json(product)


@router.delete("/{product_id}", status_code=204)
async def delete(merchant: TheMerchant, product_id: str, here: Here, if_match: IfMatch = None) -> Response:
    await here.gateway.delete(merchant.id, product_id, version_of(if_match))
    return Response(status_code=204)


@router.post("/{product_id}/restore")
async def restore(
    merchant: TheMerchant, product_id: str, here: Here, if_match: IfMatch = None
) -> dict[str, Any]:
    """What was deleted, as it was then."""
    return as_json(await here.gateway.restore(merchant.id, product_id, version_of(if_match)))


def read_draft(body: object, merchant: Merchant) -> ProductDraft:
    """422 with every field that is wrong."""
    try:
        return ProductDraft.model_validate(body, context=merchant.currency)
    except ValidationError as error:
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        ) from error


def version_of(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    version = whole_number(if_match.strip().removeprefix("W/").strip('"'))
    if version is None:
        raise Invalid('the version of the product, such as "3"', field="If-Match")
    return version


def as_json(product: Product) -> dict[str, Any]:
    """The product of the contract: what we hold, and its price range."""
    body: dict[str, Any] = to_jsonable(product)
    return body | {"price_range": to_jsonable(product.price_range)}
