"""A search and what it found."""

from collections.abc import Collection, Mapping
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


NO_WEIGHTS: Mapping[str, Weights] = {}


@record
class QueryRule:
    """For those who ask just this: ids of products that come first, in this order, and that come last."""

    query: str
    pinned: tuple[str, ...] = ()
    buried: tuple[str, ...] = ()


@record
class SearchSettings:
    """A merchant's own. `weights` by embedder: those for one say nothing of another's scores.

    The words or phrases of a group of `synonyms` find each other. `rules` are one for each query at most.
    """

    weights: dict[str, Weights] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()
    rules: tuple[QueryRule, ...] = ()


class Curated(StrEnum):
    """Where a merchant's rule has put a product, whatever its score."""

    PINNED = "pinned"
    BURIED = "buried"


@record
class Hit:
    """`variant` met the filters: the cheapest sellable that does, or the dearest where that is asked."""

    product: Product
    variant: Variant
    score: float
    scores: Scores
    curated: Curated | None = None


@record
class SearchResult:
    """`relaxed`: what was given up to find something: parts of the filters, and "query".

    `remembered`: it had been asked before, and nothing that could be in the answer has changed since.
    """

    hits: tuple[Hit, ...]
    took_ms: float
    relaxed: tuple[str, ...] = ()
    remembered: bool = False


@record
class Trial:
    """Settings to search with this once. What is None is as the merchant has it."""

    weights: Weights | None = None
    synonyms: tuple[tuple[str, ...], ...] | None = None
    rules: tuple[QueryRule, ...] | None = None


AS_SAVED = Trial()


@record
class UnderstoodWord:
    """`typed` as it was, `word` spelt right; `instead`: what is found in its place, too."""

    typed: str
    word: str
    instead: tuple[str, ...] = ()


@record
class CandidateCounts:
    """Products that meet the filters; of these, those with a word of the query, and those near in meaning."""

    passing: int
    by_words: int
    by_meaning: int
    both: int


@record
class Explanation:
    """A search, and how its answer came about. `rule`: the merchant's for this query."""

    result: SearchResult
    embedder: str
    weights: Weights
    words: tuple[UnderstoodWord, ...]
    candidates: CandidateCounts
    rule: QueryRule | None


@record
class Facets:
    """The merchant's own words over active products: what the filters can be asked for."""

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
