"""Variants as columns: a row each, a product's rows side by side."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from indexes.colors import color_meets
from indexes.columns import Mask, Places, Vocabulary, grown
from indexes.ranking import distance
from indexes.sizes import size_meets
from models.errors import Invalid
from models.money import MAX_MINOR
from models.product import PriceRange, Variant
from models.search import Filters

# Fewer than this left is low stock.
LOW_STOCK: Final = 5

FREE: Final = PriceRange(min_minor=0, max_minor=0)

# One integer orders the variants of a product: cannot be bought, then how far its price lies from the one
# wanted (40 bits), then place (20 bits).
_PLACE_BITS = 20
_MOST_VARIANTS = 1 << _PLACE_BITS
_NOT_SELLABLE = np.int64(1 << 61)
_NOT_MET = np.int64(1 << 62)

_FEW_ROWS = 1024
# Picking a product's rows out costs as much as passing by the rows of so many.
_PICKING_COSTS = 6


def availability(variant: Variant) -> float:
    """The plan's score: plenty 1, low stock 0.5, none 0. Untracked and oversold stock never runs low."""
    if not variant.sellable:
        return 0.0
    plenty = variant.stock is None or variant.oversell or variant.stock >= LOW_STOCK
    return 1.0 if plenty else 0.5


class _Bounds:
    """Per product slot the lowest and the highest price, crossed where there is none."""

    def __init__(self) -> None:
        self.low = np.zeros(0, np.int64)
        self.high = np.zeros(0, np.int64)

    def put(self, slot: int, prices: Sequence[int]) -> None:
        self.low, self.high = grown(self.low, slot + 1), grown(self.high, slot + 1)
        self.low[slot], self.high[slot] = min(prices, default=1), max(prices, default=0)


class Variants:
    """Rows of deleted and moved products stay dead (`live` False) until they are half of all."""

    def __init__(self) -> None:
        self.colors = Vocabulary[str](color_meets)
        self.sizes = Vocabulary[str](size_meets)
        self.materials = Vocabulary[str](_same_text)
        self.rows = 0
        self.slot = np.zeros(0, np.int32)
        self.price = np.zeros(0, np.int64)
        self.availability = np.zeros(0, np.float32)
        self.sellable = np.zeros(0, np.bool_)
        self.live = np.zeros(0, np.bool_)
        self.color = np.zeros(0, np.int32)
        self.size = np.zeros(0, np.int32)
        self.material = np.zeros(0, np.int32)
        # Per product slot: where its rows begin, how many they are, which is bought when nothing is asked.
        self._start = np.zeros(0, np.int64)
        self._count = np.zeros(0, np.int64)
        self._usual = np.zeros(0, np.int64)
        self._sellable, self._all = _Bounds(), _Bounds()
        self._dead = 0

    def put(self, slot: int, variants: Sequence[Variant]) -> None:
        """The product's rows, in place when their number is unchanged."""
        self._start, self._count = grown(self._start, slot + 1), grown(self._count, slot + 1)
        self._usual = grown(self._usual, slot + 1)
        if self._count[slot] != len(variants):
            self.drop(slot)
            self._make_room(self.rows + len(variants))
            self._start[slot], self._count[slot] = self.rows, len(variants)
            self.rows += len(variants)
        self._write(slot, variants)
        ranked = ((not one.sellable, one.price_minor, place) for place, one in enumerate(variants))
        self._usual[slot] = min(ranked, default=(True, 0, 0))[-1]
        self._sellable.put(slot, [variant.price_minor for variant in variants if variant.sellable])
        self._all.put(slot, [variant.price_minor for variant in variants])

    def drop(self, slot: int) -> None:
        own = slice(self._start[slot], self._start[slot] + self._count[slot])
        self.live[own] = self.sellable[own] = False
        self._dead += int(self._count[slot])
        self._count[slot] = 0
        self._sellable.put(slot, [])
        self._all.put(slot, [])
        if self._dead > max(_FEW_ROWS, self.rows // 2):
            self._compact()

    def passing(self, filters: Filters, slots: Places) -> Places:
        """Those of the products (rising) one variant of which meets price, colour, size and stock."""
        bounds = self._all if filters.in_stock is False else self._sellable
        # The first so many slots need not be picked out one by one.
        columns = slice(len(slots)) if len(slots) and slots[-1] < len(slots) else slots
        low, high = bounds.low[columns], bounds.high[columns]
        met = low <= high
        if filters.price_min is not None:
            met &= high >= filters.price_min
        if filters.price_max is not None:
            met &= low <= filters.price_max
        unsure = met
        if not (filters.colors or filters.sizes):
            if filters.price_min is None or filters.price_max is None:
                return slots[met]
            # The cheapest or the dearest lies in the range, or both lie outside and one between may not.
            unsure = met & (low < filters.price_min) & (high > filters.price_max)
        places = np.flatnonzero(unsure)
        if len(places):
            met[places] = self._any_meets(slots[places], filters)
        return slots[met]

    def meeting(self, slots: Places, filters: Filters) -> Places:
        """The rows of these products that meet price, colour, size and stock."""
        rows, _ = self._rows(slots)
        return rows[self._meet(rows, filters)]

    def cheapest(self, slots: Places, filters: Filters) -> Places:
        """Per product the row that is bought: of those met the cheapest sellable, else the cheapest.

        At least one row of every product must meet the filters.
        """
        rows = self._start[slots] + self._usual[slots]
        unmet = np.flatnonzero(~self._meet(rows, filters))
        if len(unmet):
            rows[unmet] = self.nearest(slots[unmet], filters, FREE)
        return rows

    def nearest(self, slots: Places, filters: Filters, wanted: PriceRange) -> Places:
        """Per product the row that is bought when the price is to be near to these, as `cheapest` else."""
        if not len(slots):
            return slots
        rows, first = self._rows(slots)
        place = rows - np.repeat(self._start[slots], self._count[slots])
        order = (distance(self.price[rows], wanted) << _PLACE_BITS) | place
        order |= np.where(self.sellable[rows], 0, _NOT_SELLABLE)
        order |= np.where(self._meet(rows, filters), 0, _NOT_MET)
        best: Places = np.minimum.reduceat(order, first) & (_MOST_VARIANTS - 1)
        return self._start[slots] + best

    def _any_meets(self, slots: Places, filters: Filters) -> Mask:
        """Per product whether a row of it meets the filters."""
        if len(slots) * _PICKING_COSTS > len(self._count):
            every = slice(self.rows)
            products = np.zeros(len(self._count), np.bool_)
            products[self.slot[every][self._meet(every, filters)]] = True
            return products[slots]
        rows, first = self._rows(slots)
        met: Mask = np.logical_or.reduceat(self._meet(rows, filters), first)
        return met

    def _rows(self, slots: Places) -> tuple[Places, Places]:
        """The rows of all these products, and where in them each product's begin."""
        counts = self._count[slots]
        first = np.cumsum(counts) - counts
        rows = np.repeat(self._start[slots] - first, counts)
        rows += np.arange(len(rows))
        return rows, first

    def _meet(self, rows: Places | slice, filters: Filters) -> Mask:
        """Per row, whether it alone meets price, colour, size and stock."""
        met = (self.live if filters.in_stock is False else self.sellable)[rows]
        if filters.price_min is not None:
            met = met & (self.price[rows] >= filters.price_min)
        if filters.price_max is not None:
            met = met & (self.price[rows] <= filters.price_max)
        if filters.colors:
            met = met & self.colors.meeting(filters.colors).take(self.color[rows])
        if filters.sizes:
            met = met & self.sizes.meeting(filters.sizes).take(self.size[rows])
        return met

    def place(self, slot: int, row: int) -> int:
        """Which of the product's variants the row is."""
        return row - int(self._start[slot])

    def _write(self, slot: int, variants: Sequence[Variant]) -> None:
        own = slice(self._start[slot], self._start[slot] + len(variants))
        self.slot[own] = slot
        self.price[own] = [variant.price_minor for variant in variants]
        self.availability[own] = [availability(variant) for variant in variants]
        self.sellable[own] = [variant.sellable for variant in variants]
        self.live[own] = True
        self.color[own] = [self.colors.code(variant.color) for variant in variants]
        self.size[own] = [self.sizes.code(variant.size) for variant in variants]
        self.material[own] = [self.materials.code(variant.material) for variant in variants]

    def _make_room(self, rows: int) -> None:
        self.slot, self.price = grown(self.slot, rows), grown(self.price, rows)
        self.availability = grown(self.availability, rows)
        self.sellable, self.live = grown(self.sellable, rows), grown(self.live, rows)
        self.color, self.size = grown(self.color, rows), grown(self.size, rows)
        self.material = grown(self.material, rows)

    def _compact(self) -> None:
        kept = np.flatnonzero(self.live[: self.rows])
        # A live row moves down by the number of dead rows before it.
        moved = np.cumsum(self.live[: self.rows]) - 1
        owners = np.flatnonzero(self._count)
        self._start[owners] = moved[self._start[owners]]
        self.slot, self.price, self.availability = self.slot[kept], self.price[kept], self.availability[kept]
        self.sellable, self.live = self.sellable[kept], self.live[kept]
        self.color, self.size, self.material = self.color[kept], self.size[kept], self.material[kept]
        self.rows, self._dead = len(kept), 0


def check_variants(variants: Sequence[Variant]) -> None:
    """Invalid where a column could not hold them."""
    if len(variants) >= _MOST_VARIANTS:
        raise Invalid(f"a product has fewer than {_MOST_VARIANTS} variants", field="variants")
    if any(not 0 <= variant.price_minor <= MAX_MINOR for variant in variants):
        raise Invalid(f"a price lies between 0 and {MAX_MINOR}", field="variants.price_minor")


def _same_text(wanted: str, written: str) -> bool:
    return wanted == written
