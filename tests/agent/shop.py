"""A small shop in memory: the catalogue the agent's tests speak to, in its real index."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.colors import color_meets
from indexes.embedders import LocalEmbedder
from indexes.sizes import size_meets
from indexes.vectors import Vector
from models.merchant import Contact, FaqEntry, Merchant
from models.product import Product, Variant, searchable_text
from models.search import NO_WEIGHTS, Facets, Filters, Order, QueryRule, SearchResult, Weights
from models.shape import Shape

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

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


_embedder = LocalEmbedder()
_embedded: dict[str, Vector] = {}


async def embedded(text: str) -> Vector:
    """Every test asks for the same few texts."""
    if text not in _embedded:
        _embedded[text] = (await _embedder.embed([text]))[0]
    return _embedded[text]


class MemoryCatalogue:
    """The merchant's real index, without an actor around it."""

    def __init__(self, products: Sequence[Product] = PRODUCTS) -> None:
        self._products = products
        self._index = CatalogueIndex(_embedder.name, _embedder.dimension)
        self.searches: list[tuple[str, Filters]] = []

    def curate(self, *rules: QueryRule) -> None:
        self._index.set_rules(rules)

    async def _filled(self) -> CatalogueIndex:
        if not len(self._index):
            vectors = [await embedded(searchable_text(one)) for one in self._products]
            pairs = zip(self._products, vectors, strict=True)
            self._index.apply([IndexedProduct(product=one, vector=vector) for one, vector in pairs])
        return self._index

    async def search(
        self,
        query: str,
        filters: Filters,
        limit: int,
        *,
        order: Order = Order.RELEVANCE,
        relax: bool = False,
        weights: Mapping[str, Weights] = NO_WEIGHTS,
    ) -> SearchResult:
        self.searches.append((query, filters))
        index, vector = await self._filled(), await embedded(query) if query else None
        return index.search(
            query,
            vector,
            filters,
            limit,
            order=order,
            relax=relax,
            weights=weights.get(_embedder.name),
            now=NOW,
        )

    async def products(self, ids: Sequence[str]) -> tuple[Product, ...]:
        index = await self._filled()
        return tuple(one for one in map(index.product, ids) if one)

    async def facets(self) -> Facets:
        return (await self._filled()).facets()

    async def shape(self, filters: Filters) -> Shape:
        return (await self._filled()).shape(filters)

    async def similar(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return (await self._filled()).similar(product_id, filters, limit)

    async def cheaper(self, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return (await self._filled()).cheaper(product_id, filters, limit)


def meets(variant: Variant, filters: Filters) -> bool:
    return (
        (variant.sellable or filters.in_stock is False)
        and (filters.price_min is None or variant.price_minor >= filters.price_min)
        and (filters.price_max is None or variant.price_minor <= filters.price_max)
        and (not filters.colors or any(color_meets(one, variant.color or "") for one in filters.colors))
        and (not filters.sizes or any(size_meets(one, variant.size or "") for one in filters.sizes))
    )
