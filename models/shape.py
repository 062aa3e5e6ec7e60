"""What a merchant sells, seen from above."""

from models.product import PriceRange
from models.record import record


@record
class Counted:
    """A word of the merchant's own, and how many products have it."""

    value: str
    count: int


@record
class Section:
    """The products of one category and those below it; of all where `path` is empty.

    `products` also counts what is sold out, `in_stock` does not. All else speaks of variants that meet the
    filters: `prices` None and lists empty where there is none. `cheapest` and `dearest` are product ids.
    """

    path: tuple[str, ...]
    products: int
    in_stock: int
    prices: PriceRange | None
    colors: tuple[Counted, ...]
    sizes: tuple[Counted, ...]
    brands: tuple[Counted, ...]
    cheapest: str | None
    dearest: str | None


@record
class Shape:
    """`categories`: every level that has a product, those with most products first, wider before narrower."""

    whole: Section
    categories: tuple[Section, ...]
