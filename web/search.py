"""The search tester."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from models.codec import to_jsonable
from models.money import MAX_MINOR
from models.search import Filters, Order
from web.deps import Here, TheMerchant
from web.products import as_json

router = APIRouter(prefix="/merchants/{m}/search")

Price = Annotated[int, Field(ge=0, le=MAX_MINOR)]
Choices = Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=100)]


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
    limit: Annotated[int, Field(ge=1, le=200)] = 5
    order: Order = Order.RELEVANCE


@router.post("")
async def search(merchant: TheMerchant, body: SearchBody, here: Here) -> dict[str, Any]:
    found = await here.gateway.search(
        merchant.id, body.query, body.filters.filters(), body.limit, order=body.order
    )
    hits = [to_jsonable(hit) | {"product": as_json(hit.product)} for hit in found.hits]
    return {"hits": hits, "took_ms": round(found.took_ms, 3)}
