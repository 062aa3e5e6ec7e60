"""What the catalogue holds, counted for the whole of it and for every level of its categories."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexes.columns import Places, Vocabulary
from indexes.search import Parts, check_prices
from indexes.shelf import Shelf
from models.product import PriceRange
from models.search import Filters
from models.shape import Counted, Section, Shape

Numbers = NDArray[np.int64]
# A price, or one below 0 where the dearest is looked for, and the id of the product that has it.
Extreme = tuple[int, str] | None
# Up to so many possible values, counting in a table is faster than sorting.
_TABLE = 1 << 22
_NONE = np.iinfo(np.int64).max


def shape(parts: Parts, filters: Filters) -> Shape:
    """Products count by variants that meet the filters; with `in_stock` None those sold out count, too."""
    check_prices(filters)
    shelf, variants = parts.shelf, parts.variants
    slots = shelf.meeting(filters.categories, filters.brands)
    sellable = variants.passing(replace(filters, in_stock=True), slots)
    every = sellable if filters.in_stock else variants.passing(replace(filters, in_stock=False), slots)
    rows = variants.meeting(every if filters.in_stock is False else sellable, filters)
    owners = variants.slot[rows].astype(np.intp)
    # A product's rows stand side by side.
    first = np.flatnonzero(np.diff(owners, prepend=-1))
    offered, prices = owners[first], variants.price[rows]
    levels = _Levels(shelf)
    columns = zip(
        levels.paths,
        levels.sizes(every),
        levels.sizes(sellable),
        levels.counted(owners, variants.color[rows], variants.colors),
        levels.counted(owners, variants.size[rows], variants.sizes),
        levels.counted(offered, shelf.brand[offered], shelf.brands),
        levels.least(offered, _lowest(prices, first)),
        levels.least(offered, _lowest(-prices, first)),
        strict=True,
    )
    whole, *categories = (_section(*column) for column in columns)
    categories.sort(key=lambda one: (-one.products, len(one.path), one.path))
    return Shape(whole=whole, categories=tuple(one for one in categories if one.products))


def _section(  # noqa: PLR0917 - the columns above, of one level
    path: tuple[str, ...],
    products: int,
    in_stock: int,
    colors: tuple[Counted, ...],
    sizes: tuple[Counted, ...],
    brands: tuple[Counted, ...],
    low: Extreme,
    high: Extreme,
) -> Section:
    return Section(
        path=path,
        products=products,
        in_stock=in_stock,
        prices=PriceRange(min_minor=low[0], max_minor=-high[0]) if low and high else None,
        colors=colors,
        sizes=sizes,
        brands=brands,
        cheapest=low[1] if low else None,
        dearest=high[1] if high else None,
    )


def _lowest(prices: Numbers, first: Places) -> Numbers:
    """Of each product whose rows begin at `first`."""
    return np.minimum.reduceat(prices, first) if len(first) else prices


class _Levels:
    """The levels of all categories, numbered; 0 is the whole shop. Answers are lists by these numbers."""

    def __init__(self, shelf: Shelf) -> None:
        numbers: dict[tuple[str, ...], int] = {(): 0}
        paths = [shelf.categories.value(code) or () for code in range(len(shelf.categories))]
        rows = [
            [numbers.setdefault(path[:depth], len(numbers)) for depth in range(len(path) + 1)]
            for path in paths
        ]
        deepest = max(map(len, rows))
        self.paths = list(numbers)
        self._shelf = shelf
        # Per category code its levels, -1 where it does not reach so deep.
        self._of_code = np.array([row + [-1] * (deepest - len(row)) for row in rows], np.int64)

    def sizes(self, slots: Places) -> list[int]:
        counts: list[int] = np.bincount(self._of(slots)[0], minlength=len(self.paths)).tolist()
        return counts

    def counted(
        self, slots: Places, codes: NDArray[np.integer], values: Vocabulary[str]
    ) -> list[tuple[Counted, ...]]:
        """How many products have each value, the commonest first. A product may stand there often."""
        size = len(values)
        pairs, _ = _tally(slots * size + codes, self._shelf.size * size)
        levels, which = self._of(pairs // size)
        found, counts = _tally(levels * size + (pairs % size)[which], len(self.paths) * size)
        listed: list[list[Counted]] = [[] for _ in self.paths]
        for level, code, count in zip(
            (found // size).tolist(), (found % size).tolist(), counts.tolist(), strict=True
        ):
            if value := values.value(code):
                listed[level].append(Counted(value=value, count=count))
        return [tuple(sorted(one, key=lambda counted: (-counted.count, counted.value))) for one in listed]

    def least(self, slots: Places, keys: Numbers) -> list[Extreme]:
        """The product with the least key, of equal ones the first by id."""
        levels, which = self._of(slots)
        least = np.full(len(self.paths), _NONE)
        np.minimum.at(least, levels, keys[which])
        ends: list[Extreme] = [None] * len(self.paths)
        tied = np.flatnonzero(keys[which] == least[levels])
        for level, place in zip(levels[tied].tolist(), which[tied].tolist(), strict=True):
            end = (int(keys[place]), self._shelf.id(int(slots[place])))
            ends[level] = min(ends[level] or end, end)
        return ends

    def _of(self, slots: Places) -> tuple[Numbers, Places]:
        """Every level of every product, and where in the slots the product stands."""
        levels = self._of_code[self._shelf.category[slots]]
        which, depth = np.nonzero(levels >= 0)
        return levels[which, depth], which


def _tally(keys: Numbers, bound: int) -> tuple[Numbers, Numbers]:
    """The distinct keys, all below the bound, and how often each is there."""
    if bound > _TABLE:
        return np.unique(keys, return_counts=True)
    counts = np.bincount(keys)
    found = np.flatnonzero(counts)
    return found, counts[found]
