"""The desk one turn is worked on: read-only tools that keep what they returned and log what they did."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from agent.catalogue import Catalogue
from agent.language import Language, detect, language
from agent.seen import Seen
from agent.trace import Trace
from models.codec import to_jsonable
from models.product import Product
from models.search import NO_FILTERS, NO_WEIGHTS, Facets, Filters, Hit, Order, SearchResult
from models.shape import Shape
from models.turn import Turn

# Instagram's carousel holds ten cards; a model needs no more to choose from.
MOST = 10
# Letters of a message that are read: it says what it wants by then.
_LONGEST = 10_000

FromProduct = Callable[[str, Filters, int], Awaitable[SearchResult]]


class Desk:
    def __init__(self, turn: Turn, catalogue: Catalogue, trace: Trace) -> None:
        self.turn = replace(turn, text=_beginning(turn.text))
        self.trace = trace
        self.seen = Seen()
        self.language: Language = language(detect(turn.text, turn.memory.language, turn.merchant.languages))
        self.shop_language: Language = language(next(iter(turn.merchant.languages), ""))
        self.cost_microdollars = 0.0
        self._catalogue = catalogue
        self._weights = turn.merchant.search.weights if turn.variant else NO_WEIGHTS

    async def search(self, query: str, filters: Filters, limit: int = MOST) -> tuple[Hit, ...]:
        found = await self._search(query, filters, limit, order=Order.RELEVANCE, relax=False)
        return found.hits

    async def nearest(self, query: str, filters: Filters, *, order: Order = Order.RELEVANCE) -> SearchResult:
        """Never nothing while something comes near: `relaxed` says what was given up for it."""
        return await self._search(query, filters, MOST, order=order, relax=True)

    async def _search(
        self, query: str, filters: Filters, limit: int, *, order: Order, relax: bool
    ) -> SearchResult:
        asked = {"query": query, "filters": to_jsonable(filters), "order": order.value}
        with self.trace.step("search_products", **asked) as data:
            found = await self._catalogue.search(
                query, filters, limit, order=order, relax=relax, weights=self._weights
            )
            data.update(_scored(found.hits), relaxed=found.relaxed)
            data["remembered"] = found.remembered
        self.seen.add_hits(found.hits)
        self.seen.query = query
        if found.hits and "price" not in found.relaxed:
            self.seen.limits |= {
                limit for limit in (filters.price_min, filters.price_max) if limit is not None
            }
        return found

    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        with self.trace.step("products", ids=list(ids)) as data:
            products = await self._catalogue.products(ids)
            data.update(_short(products))
        self.seen.add_products(products)
        return products

    async def similar(self, product_id: str, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        return await self._from_product("similar", self._catalogue.similar, product_id, filters)

    async def cheaper(self, product_id: str, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        return await self._from_product("cheaper", self._catalogue.cheaper, product_id, filters)

    async def _from_product(
        self, name: str, find: FromProduct, product_id: str, filters: Filters
    ) -> tuple[Hit, ...]:
        with self.trace.step(name, product_id=product_id, filters=to_jsonable(filters)) as data:
            found = await find(product_id, filters, MOST)
            data.update(_scored(found.hits))
        self.seen.add_hits(found.hits)
        return found.hits

    async def facets(self) -> Facets:
        with self.trace.step("facets"):
            return await self._catalogue.facets()

    async def shape(self, filters: Filters = NO_FILTERS) -> Shape:
        with self.trace.step("catalogue_shape", filters=to_jsonable(filters)) as data:
            shape = await self._catalogue.shape(filters)
            data.update(products=shape.whole.products, in_stock=shape.whole.in_stock)
        self.seen.sections += (shape.whole, *shape.categories)
        return shape

    def say(self, key: str, **values: object) -> str:
        return self.language.say(key, self.turn.id, **values)


def _short(products: Sequence[Product]) -> dict[str, object]:
    return {"found": len(products), "products": [{"id": one.id, "name": one.name} for one in products[:MOST]]}


def _scored(hits: Sequence[Hit]) -> dict[str, object]:
    """What was found and why in this order."""
    return {"found": len(hits), "products": [_why(hit) for hit in hits[:MOST]]}


def _why(hit: Hit) -> dict[str, object]:
    scores = hit.scores
    return {
        "id": hit.product.id,
        "name": hit.product.name,
        "variant_id": hit.variant.id,
        "score": round(hit.score, 3),
        "scores": {
            "semantic": round(scores.semantic, 3),
            "keyword": round(scores.keyword, 3),
            "popularity": round(scores.popularity, 3),
            "availability": round(scores.availability, 3),
            "price_match": round(scores.price_match, 3),
            "recency": round(scores.recency, 3),
        },
    }


def _beginning(text: str) -> str:
    """Up to the end of a word: half of one may be a size."""
    return text if len(text) <= _LONGEST else "".join(text[:_LONGEST].rsplit(maxsplit=1)[:1])
