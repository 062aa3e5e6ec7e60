"""Which variants a change of the catalogue makes buyable again."""

from collections.abc import Mapping, Sequence

from models.turn import RestockWish
from store.products import ProductRow


def back_in_stock(rows: Sequence[ProductRow], known: Mapping[str, ProductRow]) -> list[RestockWish]:
    """By product. A product that is new, or comes back, brings all its variants that can be bought."""
    back = []
    for row in rows:
        before = _buyable(known.get(row.product.id))
        if fresh := tuple(sorted(_buyable(row) - before)):
            back.append(RestockWish(product_id=row.product.id, variant_ids=fresh))
    return back


def _buyable(row: ProductRow | None) -> set[str]:
    if row is None or row.deleted or not row.product.is_active:
        return set()
    return {variant.id for variant in row.product.variants if variant.sellable}
