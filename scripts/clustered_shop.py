"""A shop made from a seed, for measuring: products in clusters, as real ones are.

Vectors lie in 200 clusters with noise 0.6: unstructured random vectors say nothing about products. Words are
drawn by Zipf's law, a title's from its cluster.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from indexes.vectors import Vector
from models.product import Product, Variant
from models.search import Filters

_SEED, _CLUSTERS, _NOISE = 20261122, 200, 0.6
_WORDS, _TITLE, _TEXT = 30_000, 6, 40
_CATEGORIES, _COLORS, _SIZES = 20, ("Black", "White", "Navy", "Red"), ("S", "M", "L")
PRICES = 100_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)


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
    price = int(chance.integers(1, PRICES))
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
        created_at=NOW - timedelta(days=int(chance.integers(0, 900))),
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
