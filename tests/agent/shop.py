"""A small shop in memory: the catalogue the agent's tests speak to, searched by plain words."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from agent.words import tokens_of
from models.errors import Invalid
from models.merchant import Contact, FaqEntry, Merchant
from models.product import Product, Variant, searchable_text
from models.search import Facets, Filters, Hit, Order, Scores, SearchResult

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_NOTHING = Scores(semantic=0, keyword=0, popularity=0, availability=0, price_match=0, recency=0)

MERCHANT = Merchant(
    id="m1",
    name="Linden & Lark",
    currency="USD",
    faq=(
        FaqEntry(question="Do you ship internationally?", answer="Yes, we ship to 40 countries."),
        FaqEntry(question="Do you offer gift wrapping?", answer="Yes, gift wrapping costs $4."),
    ),
    policies={
        "returns": "You can return everything within 30 days.",
        "shipping": "Shipping is free above $60.",
    },
    contact=Contact(email="hello@lindenlark.example"),
)


def product(  # noqa: PLR0917 - a row of the table below
    id: str,  # noqa: A002 - the model's own word
    name: str,
    category: str,
    price: int,
    colors: str,
    sizes: str,
    *,
    material: str = "cotton",
    tags: str = "",
    before: int | None = None,
    sold_out: str = "",
    brand: str = "Lark",
) -> Product:
    """`sold_out` lists "color/size" of what is gone."""
    gone = set(sold_out.split())
    variants = tuple(
        Variant(
            id=f"{id}-{color}-{size}",
            name=f"{color} / {size}",
            color=color,
            size=size,
            material=material,
            price_minor=price,
            compare_at_price_minor=before,
            stock=0 if f"{color}/{size}" in gone else 5,
        )
        for color, size in itertools.product(colors.split(), sizes.split())
    )
    return Product(
        id=id,
        name=name,
        category=tuple(category.split(" > ")),
        tags=tuple(tags.split()),
        brand=brand,
        currency="USD",
        variants=variants,
        product_url=f"https://lindenlark.example/p/{id}",
        main_image=f"https://lindenlark.example/i/{id}.png",
        created_at=NOW,
    )


PRODUCTS = (
    product(
        "d1",
        "Marina Summer Dress",
        "Clothing > Women > Dresses",
        6500,
        "Blue White",
        "S M L",
        tags="summer casual",
        sold_out="Blue/L",
    ),
    product(
        "d2",
        "Harbour Midi Dress",
        "Clothing > Women > Dresses",
        7900,
        "Blue Black",
        "S M",
        material="linen",
        tags="party",
    ),
    product(
        "d3",
        "Orchid Evening Gown",
        "Clothing > Women > Dresses",
        14900,
        "Blue Red",
        "S M L",
        material="silk",
        tags="evening elegant party",
    ),
    product(
        "d4",
        "Meadow Day Dress",
        "Clothing > Women > Dresses",
        4500,
        "Green Red",
        "S M L",
        tags="casual",
        before=6000,
    ),
    product("d5", "Pebble Shirt Dress", "Clothing > Women > Dresses", 3900, "Black", "M L", tags="casual"),
    product("d6", "Saffron Wrap Dress", "Clothing > Women > Dresses", 5900, "Yellow", "S M"),
    product(
        "s1",
        "Cobble Sneaker",
        "Shoes > Sneakers",
        8900,
        "White Black",
        "7 8 9",
        material="leather",
        tags="casual",
        brand="Fern",
    ),
    product(
        "s2",
        "Drift Loafer",
        "Shoes > Flats",
        4900,
        "Black Brown",
        "7 8",
        material="leather",
        tags="elegant",
        brand="Fern",
    ),
    product("s3", "Summit Boot", "Shoes > Boots", 12900, "Brown", "8 9", material="leather", brand="Fern"),
    product(
        "s4", "Breeze Sandal", "Shoes > Sandals", 3500, "Tan Black", "7 8", tags="summer casual", brand="Fern"
    ),
    product("t1", "Anchor T-Shirt", "Clothing > Men > T-Shirts", 2500, "Navy White", "M L XL", tags="men"),
    product(
        "t2",
        "Quarry Shirt",
        "Clothing > Men > Shirts",
        5500,
        "White Blue",
        "M L",
        material="linen",
        tags="men",
    ),
    product(
        "b1", "Willow Tote Bag", "Bags", 7200, "Tan Black", "One_Size", material="leather", tags="leather"
    ),
    product(
        "j1",
        "Dewdrop Necklace",
        "Jewellery > Necklaces",
        3200,
        "Gold Silver",
        "One_Size",
        material="silver",
        tags="gift",
    ),
)


class MemoryCatalogue:
    def __init__(self, products: Sequence[Product] = PRODUCTS) -> None:
        self._products = {one.id: one for one in products}
        self.searches: list[tuple[str, Filters]] = []

    async def search(
        self, query: str, filters: Filters, limit: int, *, order: Order = Order.RELEVANCE
    ) -> SearchResult:
        self.searches.append((query, filters))
        if filters.price_max is not None and (filters.price_min or 0) > filters.price_max:
            raise Invalid("the lowest price is above the highest", field="filters.price_min")
        wanted = [_stem(token) for token in tokens_of(query)]
        scored = [(self._score(one, wanted), one) for one in self._products.values()]
        ranked = [one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score or not wanted]
        if order is not Order.RELEVANCE:
            ranked.sort(key=lambda one: one.price_range.min_minor, reverse=order is Order.DEAREST)
        return self._result(ranked, filters, limit)

    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        return tuple(self._products[one] for one in ids if one in self._products)

    async def facets(self) -> Facets:
        variants = [variant for one in self._products.values() for variant in one.variants]
        return Facets(
            categories=_distinct(level for one in self._products.values() for level in one.category),
            brands=_distinct(one.brand for one in self._products.values()),
            colors=_distinct(one.color for one in variants),
            sizes=_distinct(one.size for one in variants),
            materials=_distinct(one.material for one in variants),
        )

    async def similar(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        own = self._products[product_id]
        others = [one for one in self._products.values() if one.id != product_id]
        near = sorted(others, key=lambda one: (one.category != own.category, one.id))
        return self._result([one for one in near if one.category[0] == own.category[0]], filters, limit)

    async def cheaper(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        own = self._products[product_id]
        kind = [one for one in self._products.values() if one.category == own.category]
        less = [one for one in kind if one.price_range.min_minor < own.price_range.min_minor]
        less.sort(key=lambda one: one.price_range.min_minor)
        return self._result(less, filters, limit)

    @staticmethod
    def _score(one: Product, wanted: list[str]) -> int:
        own = [_stem(token) for token in tokens_of(searchable_text(one))]
        return sum(word in own for word in wanted)

    @staticmethod
    def _result(products: Sequence[Product], filters: Filters, limit: int) -> SearchResult:
        met = ((one, _met(one, filters)) for one in products)
        hits = tuple(
            Hit(product=one, variant=variant, score=1.0, scores=_NOTHING) for one, variant in met if variant
        )
        return SearchResult(hits=hits[:limit], took_ms=0.1)


def _met(one: Product, filters: Filters) -> Variant | None:
    if filters.categories and not {c.casefold() for c in filters.categories} & {
        c.casefold() for c in one.category
    }:
        return None
    if filters.brands and one.brand not in filters.brands:
        return None
    return next((variant for variant in one.variants if meets(variant, filters)), None)


def meets(variant: Variant, filters: Filters) -> bool:
    return (
        (variant.sellable or filters.in_stock is False)
        and (filters.price_min is None or variant.price_minor >= filters.price_min)
        and (filters.price_max is None or variant.price_minor <= filters.price_max)
        and (not filters.colors or any(_is_color(variant.color, color) for color in filters.colors))
        and (not filters.sizes or any(_is_size(variant.size, size) for size in filters.sizes))
    )


_FAMILIES = {
    "blue": {"navy", "cobalt", "indigo", "denim"},
    "red": {"burgundy", "cherry"},
    "brown": {"tan", "cognac", "chocolate"},
    "green": {"sage", "olive", "emerald", "mint"},
    "white": {"ivory", "cream", "ecru"},
}


def _is_color(has: str | None, wanted: str) -> bool:
    words = set((has or "").casefold().split())
    return wanted in words or bool(words & _FAMILIES.get(wanted, set())) or wanted == (has or "").casefold()


def _is_size(has: str | None, wanted: str) -> bool:
    return wanted == has or (wanted.isdigit() and wanted in (has or "").split())


def _stem(token: str) -> str:
    if token.endswith("ss"):
        return token
    return token.removesuffix("es") if token.endswith("sses") else token.removesuffix("s")


def _distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
