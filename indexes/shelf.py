"""A merchant's products by slot: the small numbers every other part of the index refers to them by."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

import numpy as np

from indexes.columns import Places, Vocabulary, grown
from indexes.ranking import Column, days
from indexes.words import folded, words
from models.product import Product


class Shelf:
    """A freed slot goes to the next new product: columns are as long as the shop was at its largest."""

    def __init__(self) -> None:
        self.categories = Vocabulary[tuple[str, ...]](category_meets)
        self.brands = Vocabulary[str](brand_meets)
        self.size = 0
        self.filled = np.zeros(0, np.bool_)
        self.category = np.zeros(0, np.intp)
        self.brand = np.zeros(0, np.intp)
        self.popularity = np.zeros(0, np.float32)
        self.created = np.zeros(0, np.float32)
        self._slots: dict[str, int] = {}
        self._products: dict[int, Product] = {}
        self._free: list[int] = []
        self._popularity: Mapping[str, float] = {}
        # Folded names and SKUs: a query that equals one means that product. Sets would be large.
        self._exact: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._slots)

    def __iter__(self) -> Iterator[Product]:
        return iter(self._products.values())

    def __getitem__(self, slot: int) -> Product:
        return self._products[slot]

    def slot(self, product_id: str) -> int | None:
        return self._slots.get(product_id)

    def id(self, slot: int) -> str:
        return self._products[slot].id

    def put(self, product: Product) -> int:
        slot = self._slots.get(product.id)
        if slot is None:
            slot = self._slots[product.id] = self._take()
        else:
            self._forget_exact(slot)
        self._products[slot] = product
        self.filled[slot] = True
        self.category[slot] = self.categories.code(product.category)
        self.brand[slot] = self.brands.code(product.brand)
        self.popularity[slot] = self._popularity.get(product.id, 0)
        self.created[slot] = days(product.created_at)
        for name in _exact_names(product):
            self._exact[name] = (*self._exact.get(name, ()), slot)
        return slot

    def drop(self, slot: int) -> None:
        self._forget_exact(slot)
        del self._slots[self._products.pop(slot).id]
        self.filled[slot] = False
        self.category[slot] = self.brand[slot] = 0
        self.popularity[slot] = 0
        self._free.append(slot)

    def set_popularity(self, popularity: Mapping[str, float]) -> None:
        """By product id, 0 for who is not named. It may name products that are still to come."""
        self._popularity = popularity
        self.popularity[:] = 0
        known = [product_id for product_id in popularity if product_id in self._slots]
        slots = [self._slots[product_id] for product_id in known]
        self.popularity[slots] = [popularity[product_id] for product_id in known]

    def named(self, query: str) -> Iterable[int]:
        """Slots whose name or a SKU the query is."""
        return self._exact.get(_exact_name(query), ())

    def meeting(self, categories: tuple[str, ...], brands: tuple[str, ...]) -> Places:
        """The slots whose product meets both; an empty slot meets none."""
        met = self.filled[: self.size]
        if categories:
            met = self.categories.meeting(categories).take(self.category[: self.size])
        if brands:
            met = met & self.brands.meeting(brands).take(self.brand[: self.size])
        return np.flatnonzero(met)

    def kinship(self, slot: int) -> Column:
        """Per category code, how much of the product's category path is shared, from the widest level on."""
        own = self.categories.value(int(self.category[slot])) or ()
        return self.categories.scored(lambda other: _shared(own, other))

    def popular(self, slots: Places) -> Column:
        """The plan's score, 1 for the shop's favourite. The log sees to it that a lead grows slowly."""
        most = self.popularity[: self.size].max(initial=1)
        score: Column = np.log1p(self.popularity[slots]) / np.log1p(most)
        return score

    def _take(self) -> int:
        if self._free:
            return self._free.pop()
        slot, self.size = self.size, self.size + 1
        self.filled = grown(self.filled, self.size)
        self.category, self.brand = grown(self.category, self.size), grown(self.brand, self.size)
        self.popularity, self.created = grown(self.popularity, self.size), grown(self.created, self.size)
        return slot

    def _forget_exact(self, slot: int) -> None:
        for name in _exact_names(self._products[slot]):
            if others := tuple(other for other in self._exact[name] if other != slot):
                self._exact[name] = others
            else:
                del self._exact[name]


def _exact_name(text: str) -> str:
    return " ".join(words(text))


def _exact_names(product: Product) -> set[str]:
    names = [product.name, *(variant.sku for variant in product.variants if variant.sku)]
    return {_exact_name(name) for name in names} - {""}


def category_meets(wanted: str, written: tuple[str, ...]) -> bool:
    """Any level, or several from one down: "Clothing", "Dresses" and "Clothing > Dresses" meet the same."""
    path = [level for level in map(folded, wanted.split(">")) if level]
    levels = [folded(level) for level in written]
    starts = range(len(levels) - len(path) + 1)
    return bool(path) and any(levels[start : start + len(path)] == path for start in starts)


def _shared(own: tuple[str, ...], other: tuple[str, ...]) -> float:
    pairs = zip(map(folded, own), map(folded, other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) / max(len(own), 1)


def brand_meets(wanted: str, written: str) -> bool:
    """Written together or apart: "Levi's" is Levis, "H & M" is HM."""
    return bool(folded(wanted)) and "".join(folded(wanted)) == "".join(folded(written))
