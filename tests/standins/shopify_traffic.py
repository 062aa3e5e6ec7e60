"""What happens in a store over a time, and its webhooks: some get lost, come twice, come late."""

import heapq
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from tests.standins.shopify_store import Json, Store

STATUSES = ("ACTIVE", "ACTIVE", "ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED")
COLORS = ("Black", "White", "Navy", "Olive")
CREATED = 0.1
SIZES = ("S", "M", "L", "XL")


@dataclass(slots=True, kw_only=True)
class Traffic:
    """Creates, updates, deletes, moves of stock, as `draw` has it. `pace`: the mean from one to the next."""

    store: Store
    draw: random.Random
    pace: timedelta = timedelta(seconds=6)
    _names: Iterator[int] = field(default_factory=itertools.count)

    def step(self) -> None:
        """One change. Some happen within one second, which is as precise as Shopify's times are."""
        seconds = self.draw.choice((0, 1, 2)) * self.pace.total_seconds()
        self.store.now += timedelta(seconds=seconds - 1 if self.draw.random() < 0.2 else seconds)
        if len(self.store.products) < 2 or self.draw.random() < CREATED:
            self.create()
            return
        changes = (self._delete, self._edit, self._reprice, self._restock, self._refit)
        (change,) = self.draw.choices(changes, weights=(1, 3, 4, 6, 2))
        change(self.draw.choice(list(self.store.products)))

    def create(self) -> None:
        status = self.draw.choice(STATUSES)
        self.store.put_product(
            f"Ware {next(self._names)}",
            status=status,
            options=[{"name": "Color"}, {"name": "Size"}],
            variants=[self._variant() for _ in range(self.draw.randint(1, 12))],
        )

    def _delete(self, number: int) -> None:
        self.store.delete_product(number)

    def _edit(self, number: int) -> None:
        shown = f"https://demo.example/products/{number}"
        changes: list[Json] = [
            {"title": f"Ware {next(self._names)}"},
            {"status": self.draw.choice(STATUSES)},
            {"onlineStoreUrl": self.draw.choice((None, shown))},
            {"tags": self.draw.sample(COLORS, 2)},
        ]
        self.store.change_product(number, **self.draw.choice(changes))

    def _reprice(self, number: int) -> None:
        price = self._price()
        before = self.draw.choice((None, f"{float(price) + 10:.2f}"))
        self.store.change_variant(number, self._index(number), price=price, compareAtPrice=before)

    def _restock(self, number: int) -> None:
        """Below zero too: sold beyond what there was."""
        available, location = self.draw.randint(-2, 9), self.draw.choice((1, 1, 2))
        self.store.set_stock(number, self._index(number), available, location=location)

    def _refit(self, number: int) -> None:
        if len(self.store.products[number]["variants"]) > 1 and self.draw.random() < 0.5:
            self.store.remove_variant(number, self._index(number))
        else:
            self.store.add_variant(number, **self._variant())

    def _index(self, number: int) -> int:
        return self.draw.randrange(len(self.store.products[number]["variants"]))

    def _variant(self) -> Json:
        color, size, left = self.draw.choice(COLORS), self.draw.choice(SIZES), self.draw.randint(0, 9)
        return {
            "title": f"{color} / {size}",
            "selectedOptions": [{"name": "Color", "value": color}, {"name": "Size", "value": size}],
            "price": self._price(),
            "inventoryQuantity": left,
            "availableForSale": left > 0,
        }

    def _price(self) -> str:
        return f"{self.draw.randint(100, 20_000) / 100:.2f}"


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """`id` is the same when it comes again."""

    due: float
    number: int
    id: str = field(compare=False)
    topic: str = field(compare=False)
    body: Json = field(compare=False)


@dataclass(slots=True, kw_only=True)
class Post:
    """Shopify's webhooks on their way, each with a delay of up to `delay` changes: they overtake each other.

    A store tells them to `tell`. `lost` and `doubled`: how many so far.
    """

    draw: random.Random
    lost_share: float = 0.1
    doubled_share: float = 0.05
    delay: float = 20.0
    lost: int = 0
    doubled: int = 0
    _now: int = 0
    _on_the_way: list[Delivery] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def tell(self, topic: str, body: Json) -> None:
        delivery = f"webhook-{next(self._numbers)}"
        if self.draw.random() < self.lost_share:
            self.lost += 1
            return
        times = 2 if self.draw.random() < self.doubled_share else 1
        self.doubled += times - 1
        for _ in range(times):
            due = self._now + self.draw.uniform(0, self.delay)
            heapq.heappush(self._on_the_way, Delivery(due, next(self._numbers), delivery, topic, body))

    def arrived(self) -> Iterator[Delivery]:
        """Those that come before the next change."""
        self._now += 1
        while self._on_the_way and self._on_the_way[0].due <= self._now:
            yield heapq.heappop(self._on_the_way)

    def rest(self) -> Iterator[Delivery]:
        """All that are still on the way."""
        while self._on_the_way:
            yield heapq.heappop(self._on_the_way)
