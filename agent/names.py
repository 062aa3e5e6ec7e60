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


def is_called(text: str, product: Product) -> bool:
    """Whether the product's whole name stands in the text."""
    return f" {' '.join(tokens_of(product.name))} " in f" {' '.join(tokens_of(text))} "


def _overlap(said: set[str], product: Product) -> float:
    own = set(tokens_of(product.name))
    return len(own & said) / len(own) if own else 0.0
