"""What a list of products is asked for: the query of the API, and the choice a bulk change is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.money import MAX_MINOR
from models.product import Source
from store.product_listing import Stock, Wanted
from web.storable import Storable

Word = Annotated[Storable, Field(max_length=2000)]
Price = Annotated[int, Field(ge=0, le=MAX_MINOR)]


class ProductFilters(BaseModel):
    """All of them must be met; what is left out asks for nothing."""

    model_config = ConfigDict(extra="forbid")

    q: Word = ""
    category: Word | None = None
    brand: Word | None = None
    collection: Word | None = None
    active: bool | None = None
    featured: bool | None = None
    stock: Stock | None = None
    source: Source | None = None
    price_min: Price | None = None
    price_max: Price | None = None
    deleted: bool = False

    def wanted(self) -> Wanted:
        return Wanted(
            text=self.q,
            category=self.category,
            brand=self.brand,
            collection=self.collection,
            active=self.active,
            featured=self.featured,
            stock=self.stock,
            source=self.source,
            price_min=self.price_min,
            price_max=self.price_max,
            deleted=self.deleted,
        )
