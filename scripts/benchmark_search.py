"""How fast a filtered search is, ranking included, and how many of the exact answers it finds.

    python -m scripts.benchmark_search [--products 20000] [--dimension 384] [--queries 500]

Vectors lie in 200 clusters with noise 0.6: unstructured random vectors say nothing about products. Words are
drawn by Zipf's law, a title's from its cluster. A search asks for words of one product, near its vector, in
its category, around its price, in stock.
"""

import argparse
import resource
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.columns import Places
from indexes.vectors import Vector, Vectors
from models.product import Product, Variant
from models.search import NO_FILTERS, Filters

_SEED, _CLUSTERS, _NOISE = 20261122, 200, 0.6
_WORDS, _TITLE, _TEXT = 30_000, 6, 40
_CATEGORIES, _COLORS, _SIZES = 20, ("Black", "White", "Navy", "Red"), ("S", "M", "L")
_PRICES = 100_000
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_SHARES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    products: list[Product]
    vectors: Vector
    near: Vector  # one query vector per product, of the same cluster


def make_shop(count: int, dimension: int) -> Shop:
    chance = np.random.default_rng(_SEED)
    centres = chance.standard_normal((_CLUSTERS, dimension))
    cluster = chance.integers(0, _CLUSTERS, count)
    around = [_unit(centres[cluster] + _NOISE * chance.standard_normal((count, dimension))) for _ in range(2)]
    products = [_product(number, int(cluster[number]), chance) for number in range(count)]
    return Shop(products=products, vectors=around[0], near=around[1])


def _unit(vectors: NDArray[np.float64]) -> Vector:
    rows: Vector = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return rows


def _product(number: int, cluster: int, chance: np.random.Generator) -> Product:
    title = [f"c{cluster}w{word}" for word in chance.zipf(1.5, _TITLE // 2) % 50]
    title += [f"w{word}" for word in chance.zipf(1.2, _TITLE // 2) % _WORDS]
    text = [f"w{word}" for word in chance.zipf(1.2, _TEXT) % _WORDS]
    price = int(chance.integers(1, _PRICES))
    variants = tuple(
        Variant(
            id=f"{color}-{size}",
            name=f"{color} / {size}",
            color=color,
            size=size,
            price_minor=price,
            stock=stock,
        )
        for (color, size), stock in zip(
            ((color, size) for color in _COLORS for size in _SIZES),
            chance.integers(0, 4, 12).tolist(),
            strict=True,
        )
    )
    return Product(
        id=str(number),
        name=" ".join(title),
        description=" ".join(text),
        category=("Everything", f"Category {cluster % _CATEGORIES}"),
        currency="EUR",
        variants=variants,
        created_at=_NOW - timedelta(days=int(chance.integers(0, 900))),
    )


def filters_around(product: Product) -> Filters:
    """Its category, a price within a factor of two, in stock: some 2 % of the shop."""
    price = product.price_range.min_minor
    return Filters(categories=(product.category[1],), price_min=price // 2, price_max=2 * price)


def milliseconds(calls: Sequence[Callable[[], object]]) -> str:
    for call in calls[:50]:
        call()
    took = []
    for call in calls:
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return f"p50 {np.percentile(took, 50):7.3f} ms   p95 {np.percentile(took, 95):7.3f} ms"


def searches(shop: Shop, index: CatalogueIndex, queries: int) -> Iterator[str]:
    asked = [
        shop.products[place] for place in np.random.default_rng(1).integers(0, len(shop.products), queries)
    ]

    def search(product: Product, filters: Filters) -> Callable[[], object]:
        words = " ".join(product.name.split()[::2])
        return lambda: index.search(words, shop.near[int(product.id)], filters, 10, now=_NOW)

    wide = Filters(price_max=_PRICES // 2)
    yield f"category, price, stock  {milliseconds([search(one, filters_around(one)) for one in asked])}"
    blue = Filters(colors=("blue",), sizes=("medium",))
    narrow = [replace(filters_around(one), colors=blue.colors, sizes=blue.sizes) for one in asked]
    yield f"and colour and size     {milliseconds(list(map(search, asked, narrow)))}"
    yield f"colour and size alone   {milliseconds([search(one, blue) for one in asked])}"
    yield f"half the shop           {milliseconds([search(one, wide) for one in asked])}"
    yield f"stock only              {milliseconds([search(one, NO_FILTERS) for one in asked])}"


def recalls(shop: Shop, queries: int) -> Iterator[str]:
    vectors = Vectors(shop.vectors.shape[1])
    for slot, vector in enumerate(shop.vectors):
        vectors.put(slot, vector)
    vectors.refresh(threading.RLock())
    vectors.settle()
    chance = np.random.default_rng(2)
    for share in _SHARES:
        asked = shop.near[chance.integers(0, len(shop.near), queries)]
        allowed = np.flatnonzero(chance.random(len(shop.vectors)) < share)
        speed = milliseconds([partial(vectors.nearest, query, allowed, 50) for query in asked])
        right = np.mean([_right(shop.vectors, vectors, query, allowed) for query in asked])
        yield f"{share:6.1%} pass: recall@10 {right:.4f}  {speed}"


def _right(every: Vector, vectors: Vectors, query: Vector, allowed: Places) -> float:
    exact = allowed[np.argsort(-(every[allowed] @ query))[:10]]
    near = vectors.nearest(query, allowed, 50)
    found = near.slots[np.argsort(-near.cosines)[:10]]
    return float(np.isin(exact, found).mean())


def changes(shop: Shop, index: CatalogueIndex) -> Iterator[str]:
    """One product a call, as stock events and a merchant's edits come."""

    def put(product: Product) -> Callable[[], None]:
        return partial(index.apply, [IndexedProduct(product=product, vector=shop.vectors[int(product.id)])])

    some = shop.products[:300]
    sold = [replace(one, variants=tuple(replace(each, stock=1) for each in one.variants)) for one in some]
    yield f"stock of one product    {milliseconds([put(product) for product in sold])}"
    named = [replace(one, name=f"new {one.name}") for one in some]
    yield f"name of one product     {milliseconds([put(product) for product in named])}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=384)
    parser.add_argument("--queries", type=int, default=500)
    given = parser.parse_args()
    shop = make_shop(given.products, given.dimension)
    before, began = _resident(), time.perf_counter()
    index = CatalogueIndex("benchmark", given.dimension)
    entries = zip(shop.products, shop.vectors, strict=True)
    index.apply([IndexedProduct(product=product, vector=vector) for product, vector in entries])
    print(f"{given.products} products of {given.dimension} dimensions")
    print(f"indexed in {time.perf_counter() - began:.1f} s, graph in {_settled(index):.1f} s more,")
    print(
        f"{(_resident() - before) / given.products:.1f} MB per 1,000 products beside the products themselves"
    )
    for line in (*searches(shop, index, given.queries), *changes(shop, index), *recalls(shop, given.queries)):
        print(line)


def _settled(index: CatalogueIndex) -> float:
    began = time.perf_counter()
    index.settle()
    return time.perf_counter() - began


def _resident() -> float:
    """Kilobytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024


if __name__ == "__main__":
    main()
