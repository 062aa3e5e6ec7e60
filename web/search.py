"""The search tester, what is found from one product, and what there is at all."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from models.codec import to_jsonable
from models.money import MAX_MINOR
from models.search import Filters, Order, SearchResult
from models.shape import Shape
from web.auditing import changes_nothing
from web.deps import Here, TheMerchant
from web.products import as_json
from web.search_settings import TrialBody

router = APIRouter(prefix="/merchants/{m}")

Price = Annotated[int, Field(ge=0, le=MAX_MINOR)]
Choices = Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=100)]
Limit = Annotated[int, Field(ge=1, le=200)]


class FiltersBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    price_min: Price | None = None
    price_max: Price | None = None
    colors: Choices = []
    sizes: Choices = []
    categories: Choices = []
    brands: Choices = []
    in_stock: bool | None = None

    def filters(self) -> Filters:
        return Filters(
            price_min=self.price_min,
            price_max=self.price_max,
            colors=tuple(self.colors),
            sizes=tuple(self.sizes),
            categories=tuple(self.categories),
            brands=tuple(self.brands),
            in_stock=self.in_stock,
        )


class SearchBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    query: Annotated[str, Field(max_length=100_000)] = ""
    filters: FiltersBody = FiltersBody()
    limit: Limit = 5
    order: Order = Order.RELEVANCE
    relax: bool = False


class FromProductBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    filters: FiltersBody = FiltersBody()
    limit: Limit = 5


EVERYTHING = FromProductBody()


@router.post("/search")
@changes_nothing
async def search(merchant: TheMerchant, body: SearchBody, here: Here) -> dict[str, Any]:
    found = await here.gateway.search(
        merchant.id, body.query, body.filters.filters(), body.limit, order=body.order, relax=body.relax
    )
    return {**_answer(found), "relaxed": found.relaxed}


class ExplainBody(SearchBody):
    trial: TrialBody = TrialBody()


@router.post("/search/explain")
@changes_nothing
async def explain(merchant: TheMerchant, body: ExplainBody, here: Here) -> dict[str, Any]:
    """As the search, with settings that are only tried, and how the answer came about."""
    found = await here.gateway.explain(
        merchant.id,
        body.query,
        body.filters.filters(),
        body.limit,
        order=body.order,
        relax=body.relax,
        trial=body.trial.trial(),
    )
    why = to_jsonable(found)
    del why["result"]
    return {**_answer(found.result), "relaxed": found.result.relaxed, **why}


@router.get("/shape")
async def shape(merchant: TheMerchant, here: Here, filters: Annotated[FiltersBody, Query()]) -> Shape:
    """What there is: counts, prices, colours, sizes and brands, of the whole shop and of each category."""
    return await here.gateway.shape(merchant.id, filters.filters())


@router.post("/products/{product_id}/similar")
@changes_nothing
async def similar(
    merchant: TheMerchant, product_id: str, here: Here, body: FromProductBody = EVERYTHING
) -> dict[str, Any]:
    """Others like it, nearest first."""
    return _answer(await here.gateway.similar(merchant.id, product_id, body.filters.filters(), body.limit))


@router.post("/products/{product_id}/cheaper")
@changes_nothing
async def cheaper(
    merchant: TheMerchant, product_id: str, here: Here, body: FromProductBody = EVERYTHING
) -> dict[str, Any]:
    """Others of its category for less, the lowest price first."""
    return _answer(await here.gateway.cheaper(merchant.id, product_id, body.filters.filters(), body.limit))


def _answer(found: SearchResult) -> dict[str, Any]:
    hits = [to_jsonable(hit) | {"product": as_json(hit.product)} for hit in found.hits]
    return {"hits": hits, "took_ms": round(found.took_ms, 3)}
