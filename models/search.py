"""A search and what it found."""

from collections.abc import Collection
from dataclasses import field, replace
from enum import StrEnum

from models.product import Product, Variant
from models.record import record


@record
class Filters:
    """All of them must be met by ONE variant. Prices in minor units, both ends included.

    Within a list any value will do: colors ("blue", "red") is blue or red.
    `in_stock` None or True asks for sellable variants only; False takes all.
    """

    price_min: int | None = None
    price_max: int | None = None
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    in_stock: bool | None = None

    def without(self, parts: Collection[str]) -> "Filters":
        """`parts` of "price", "color", "size", "brand", "category"."""
        priced = "price" not in parts
        return replace(
            self,
            price_min=self.price_min if priced else None,
            price_max=self.price_max if priced else None,
            colors=() if "color" in parts else self.colors,
            sizes=() if "size" in parts else self.sizes,
            brands=() if "brand" in parts else self.brands,
            categories=() if "category" in parts else self.categories,
        )


NO_FILTERS = Filters()


class Order(StrEnum):
    """By price: of all that fit, not of the most relevant."""

    RELEVANCE = "relevance"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


@record
class Scores:
    """The plan's six parts, each from 0 to 1."""

    semantic: float
    keyword: float
    popularity: float
    availability: float
    price_match: float
    recency: float


@record
class Weights:
    """What each part of a score counts. These are the plan's, for embeddings that understand sentences."""

    semantic: float = 0.40
    keyword: float = 0.20
    popularity: float = 0.15
    availability: float = 0.10
    price_match: float = 0.10
    recency: float = 0.05


@record
class SearchSettings:
    """A merchant's own. `weights` by embedder: those for one say nothing of another's scores.

    The words or phrases of a group of `synonyms` find each other.
    """

    weights: dict[str, Weights] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()


@record
class Hit:
    """`variant` met the filters: the cheapest sellable that does, or the dearest where that is asked."""

    product: Product
    variant: Variant
    score: float
    scores: Scores


@record
class SearchResult:
    """`relaxed`: what was given up to find something: parts of the filters, and "query"."""

    hits: tuple[Hit, ...]
    took_ms: float
    relaxed: tuple[str, ...] = ()


@record
class Facets:
    """The merchant's own words over active products: what the filters can be asked for."""

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
