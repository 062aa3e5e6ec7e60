"""Products by the names people give them."""

from collections.abc import Iterable

from agent.words import tokens_of
from models.product import Product

# "the linen dress" for "Linen Midi Dress": most of the name's words will do.
_ENOUGH = 0.6


def named_like(name: str, products: Iterable[Product]) -> Product | None:
    """The product whose name has most words in common with what was said, if they are most of its name."""
    said = set(tokens_of(name))
    scored = [(_overlap(said, product), -at, product) for at, product in enumerate(products)]
    best = max(scored, key=lambda one: one[:2], default=None)
    return best[2] if best and best[0] >= _ENOUGH else None


def only_named_like(text: str, products: Iterable[Product]) -> Product | None:
    """The one product with most words of its name in the text, where no other comes as near."""
    said = set(tokens_of(text))
    scored = sorted(((_overlap(said, one), at, one) for at, one in enumerate(products)), reverse=True)
    near = [one for one in scored if one[0] == scored[0][0] >= _ENOUGH]
    return near[0][2] if len(near) == 1 else None


def is_called(text: str, product: Product) -> bool:
    """Whether the product's whole name stands in the text."""
    return f" {' '.join(tokens_of(product.name))} " in f" {' '.join(tokens_of(text))} "


def _overlap(said: set[str], product: Product) -> float:
    own = set(tokens_of(product.name))
    return len(own & said) / len(own) if own else 0.0
