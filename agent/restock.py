"""What a customer can wait for: products and variants that are sold out."""

from collections.abc import Collection

from agent.words import tokens_of
from models.product import Product
from models.turn import RestockWish


def wish_for(
    product: Product, colors: Collection[str] = (), sizes: Collection[str] = ()
) -> RestockWish | None:
    """For the variants in one of the colours and sizes; None when there are none or some can be bought."""
    fitting = [one for one in product.variants if like_any(one.color, colors) and like_any(one.size, sizes)]
    if not fitting or any(one.sellable for one in fitting):
        return None
    named = tuple(one.id for one in fitting) if colors or sizes else ()
    return RestockWish(product_id=product.id, variant_ids=named)


def like_any(value: str | None, wanted: Collection[str]) -> bool:
    """As "navy" for "navy blue", but not "L" for "XL"; nothing wanted takes all."""
    return not wanted or any(set(tokens_of(one)) <= set(tokens_of(value or "")) for one in wanted)
