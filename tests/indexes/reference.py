"""What filters mean, read slowly and obviously: random small shops, and who would be shown which variant."""

from collections.abc import Callable, Iterable

from hypothesis import strategies as st

from models.product import Product, Variant
from models.search import Filters
from tests.indexes.shop import product, variant

# What is written, and the wishes it meets.
COLORS = {
    "Blue": {"blue"},
    "Navy / White": {"blue", "navy", "white"},
    "Burgundy": {"red", "burgundy"},
    "Red": {"red"},
}
SIZES = {
    "S": {"s", "small"},
    "Medium": {"m", "medium"},
    "M/L": {"m", "l", "medium"},
    "36-38": {"36", "37", "38"},
}
PATHS = [(), ("Clothing",), ("Clothing", "Dresses"), ("Clothing", "Shoes"), ("Accessories", "Shoes")]
BRANDS = [None, "Levi's", "Équipe"]

variants = st.builds(
    variant,
    st.sampled_from(["a", "b", "c"]),
    st.integers(0, 5) | st.just(10**12),
    color=st.sampled_from([None, *COLORS]),
    size=st.sampled_from([None, *SIZES]),
    stock=st.sampled_from([None, 0, 1, 9]),
    available=st.booleans(),
    oversell=st.booleans(),
)


@st.composite
def catalogues(draw: st.DrawFn) -> list[Product]:
    count = draw(st.integers(1, 6))
    return [
        product(
            str(number),
            "Thing",
            *draw(st.lists(variants, min_size=1, max_size=4, unique_by=lambda made: made.id)),
            category=draw(st.sampled_from(PATHS)),
            brand=draw(st.sampled_from(BRANDS)),
            is_active=draw(st.sampled_from([True, True, True, False])),
        )
        for number in range(count)
    ]


def some(values: Iterable[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=2).map(tuple)


filters_of_all_kinds = st.builds(
    Filters,
    price_min=st.none() | st.integers(0, 3),
    price_max=st.none() | st.integers(3, 10**13),
    colors=some(["blue", "navy", "white", "red", "burgundy", "mauve"]),
    sizes=some(["s", "small", "m", "medium", "l", "36", "37", "xl"]),
    categories=some(["clothing", "DRESS", "shoe", "Clothing > Shoes", "accessory", "hats"]),
    brands=some(["levis", "EQUIPE", "nobody"]),
    in_stock=st.sampled_from([None, True, False]),
)

CATEGORY_WORDS: dict[str, Callable[[tuple[str, ...]], bool]] = {
    "clothing": lambda path: "Clothing" in path,
    "DRESS": lambda path: "Dresses" in path,
    "shoe": lambda path: "Shoes" in path,
    "Clothing > Shoes": lambda path: path == ("Clothing", "Shoes"),
    "accessory": lambda path: "Accessories" in path,
    "hats": lambda _: False,
}
BRAND_WORDS = {"levis": "Levi's", "EQUIPE": "Équipe", "nobody": "nobody"}


def offered(item: Product, filters: Filters) -> list[Variant]:
    """The variants a customer with these wishes may be shown, decided without any index."""
    if not item.is_active:
        return []
    if filters.categories and not any(CATEGORY_WORDS[wish](item.category) for wish in filters.categories):
        return []
    if filters.brands and item.brand not in [BRAND_WORDS[wish] for wish in filters.brands]:
        return []
    return [one for one in item.variants if meets(one, filters)]


def bought(item: Product, filters: Filters) -> Variant | None:
    """The one of them that is shown."""
    met = offered(item, filters)
    return min(met, key=lambda one: (not one.sellable, one.price_minor), default=None)


def meets(one: Variant, filters: Filters) -> bool:
    return (
        (filters.in_stock is False or one.sellable)
        and (filters.price_min is None or one.price_minor >= filters.price_min)
        and (filters.price_max is None or one.price_minor <= filters.price_max)
        and (not filters.colors or bool(COLORS.get(one.color or "", set()) & set(filters.colors)))
        and (not filters.sizes or bool(SIZES.get(one.size or "", set()) & set(filters.sizes)))
    )
