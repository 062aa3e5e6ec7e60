"""How fast a filtered search is, ranking included, and how many of the exact answers it finds.

    python -m scripts.benchmark_search [--products 20000] [--dimension 384] [--queries 500]

The shop is that of scripts/clustered_shop.py. A search asks for words of one product, near its vector, in its
category, around its price, in stock.
"""

import argparse
import resource
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.columns import Places
from indexes.vectors import Vector, Vectors
from models.product import Product
from models.search import NO_FILTERS, Filters
from scripts.clustered_shop import NOW, PRICES, Shop, filters_around, make_shop, milliseconds

_SHARES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0)


def searches(shop: Shop, index: CatalogueIndex, queries: int) -> Iterator[str]:
    asked = [
        shop.products[place] for place in np.random.default_rng(1).integers(0, len(shop.products), queries)
    ]

    def search(product: Product, filters: Filters) -> Callable[[], object]:
        words = " ".join(product.name.split()[::2])
        return lambda: index.search(words, shop.near[int(product.id)], filters, 10, now=NOW)

    wide = Filters(price_max=PRICES // 2)
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
    index = CatalogueIndex("benchmark", given.dimension, remembered=0)
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
