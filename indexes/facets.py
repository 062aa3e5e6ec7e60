"""What the filters can be asked for, in the merchant's own words."""

from collections import Counter
from collections.abc import Iterable

from indexes.shelf import Shelf
from indexes.variants import Variants
from models.search import Facets


def facets(shelf: Shelf, variants: Variants) -> Facets:
    """Each list starts with what most products or variants have."""
    live = variants.live[: variants.rows]
    levels: Counter[str] = Counter()
    for path, count in shelf.categories.counted(shelf.category[: shelf.size]):
        levels.update(dict.fromkeys(path, count))
    return Facets(
        categories=_commonest_first(levels.items()),
        brands=_commonest_first(shelf.brands.counted(shelf.brand[: shelf.size])),
        colors=_commonest_first(variants.colors.counted(variants.color[: variants.rows][live])),
        sizes=_commonest_first(variants.sizes.counted(variants.size[: variants.rows][live])),
        materials=_commonest_first(variants.materials.counted(variants.material[: variants.rows][live])),
    )


def _commonest_first(counted: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(value for value, _ in sorted(counted, key=lambda pair: (-pair[1], pair[0])))
