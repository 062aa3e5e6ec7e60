"""Shops so large that a graph answers: the same hits as from scoring every product."""

import numpy as np
import pytest

from indexes.catalogue import CatalogueIndex, IndexedProduct
from indexes.vectors import Vector
from models.search import NO_FILTERS, Filters
from tests.indexes.shop import NOW, product, variant

COUNT, DIMENSION, KINDS = 1_500, 1_536, 30
NAMES = ["lamp", "chair", "table", "shelf", "sofa", "rug"]
COLORS = ["Red", "Navy", "Olive"]


def near_kind(kind: int, seed: int) -> Vector:
    centre = np.random.default_rng(kind).standard_normal(DIMENSION, np.float32)
    vector: Vector = centre + 0.6 * np.random.default_rng(1000 + seed).standard_normal(DIMENSION, np.float32)
    return vector


def made(number: int) -> IndexedProduct:
    colored = variant(price=number, color=COLORS[number % 3])
    item = product(str(number), f"{NAMES[number % 6]} {number % 97}", colored)
    return IndexedProduct(product=item, vector=near_kind(number % KINDS, number))


def answers(index: CatalogueIndex, filters: Filters) -> list[list[str]]:
    asked = [(f"{NAMES[kind % 6]} {kind}", near_kind(kind, 10_000 + kind)) for kind in range(10)]
    results = [index.search(query, vector, filters, 10, now=NOW) for query, vector in asked]
    return [[hit.product.id for hit in result.hits] for result in results]


@pytest.mark.parametrize("filters", [NO_FILTERS, Filters(price_min=20), Filters(colors=("blue",))])
def test_a_graph_finds_what_a_scan_finds_also_after_changes(filters: Filters) -> None:
    index, fresh = (CatalogueIndex("large", DIMENSION) for _ in range(2))
    every = [made(number) for number in range(COUNT)]
    index.apply(every)
    scanned = answers(index, filters)

    index.settle()
    assert answers(index, filters) == scanned

    changed = [made(number) for number in range(COUNT, COUNT + 40)]
    index.apply(changed, [str(number) for number in range(40)])
    fresh.apply([*every[40:], *changed])
    assert answers(index, filters) == answers(fresh, filters)
