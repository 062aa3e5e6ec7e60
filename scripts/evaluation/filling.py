"""Journeys for whatever catalogue there is: what they leave open is filled with its own words.

`{kind}` is a category (or, where there are none, what many products are called), `{kind:typo}` the same
misspelt, `{price}` a round price with some of the kind below it; `{product}` and `{other}` go by their
names, `{product.amount}` is what the first costs and `{product.below}` a minor unit less; `{sized}` comes in
`{sized.size}`; `{color}` and `{color.kind}` go together. A journey names under `needs` what a shop may lack.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.money import format_money, minor_digits
from models.product import Product
from scripts.evaluation.facts import has_color, is_kind, singular, words_of
from scripts.evaluation.journeys import Journey, parsed, read_templates
from scripts.evaluation.shops import Shop

# Fewer are no kind a customer would ask for.
_FEWEST = 3
_PLAIN_COLORS = (
    "black",
    "white",
    "blue",
    "red",
    "green",
    "pink",
    "yellow",
    "grey",
    "brown",
    "gold",
    "silver",
)
_LONGEST_NAME = 5  # words a customer would type


def filled(folder: Path, shop: Shop, rounds: int, seed: int) -> Iterator[Journey]:
    """Every template of the folder `rounds` times, with other words each time."""
    words = _Words(shop)
    for path in sorted(folder.glob("*.yaml")):
        for number, written in enumerate(read_templates(path)):
            for time in range(rounds):
                # The same words for the same journey, whatever else is played.
                own = words.drawn(random.Random(f"{seed} {path.stem} {number} {time}"))  # noqa: S311 - no secret
                needs = written.get("needs", [])
                if all(one in own for one in needs):
                    kept = {name: value for name, value in written.items() if name != "needs"}
                    yield parsed(_put({**kept, "name": f"{kept['name']} ({time + 1})"}, own), path)


def _put(value: Any, own: dict[str, str | int]) -> Any:  # noqa: ANN401 - whatever YAML holds
    if isinstance(value, dict):
        return {name: _put(one, own) for name, one in value.items()}
    if isinstance(value, list):
        return [_put(one, own) for one in value]
    if not isinstance(value, str):
        return value
    if (whole := re.fullmatch(r"\{([\w.:]+)\}", value)) and whole[1] in own:
        return own[whole[1]]
    return re.sub(r"\{([\w.:]+)\}", lambda match: str(own.get(match[1], match[0])), value)


class _Words:
    def __init__(self, shop: Shop) -> None:
        self._currency = shop.merchant.currency
        self._products = [one for one in shop.products if one.is_active and one.sellable]
        self._kinds = _kinds(self._products)
        self._members = {kind: [one for one in self._products if is_kind(one, kind)] for kind in self._kinds}
        self._pairs = [
            (color, kind)
            for kind, members in self._members.items()
            for color in _PLAIN_COLORS
            if any(_comes_in(one, color) for one in members)
        ]
        names = Counter(one.name.casefold() for one in shop.products)
        self._sayable = [
            one for one in self._products if names[one.name.casefold()] == 1 and _is_sayable(one.name)
        ]

    def drawn(self, draw: random.Random) -> dict[str, str | int]:
        product, other = draw.sample(self._sayable, 2)
        kind = draw.choice(self._kinds)
        return {
            **self._kind_words(kind, draw),
            **self._product_words(product),
            "other": other.name,
            "other.id": other.id,
            **self._sized_words(draw),
            **self._color_words(draw),
        }

    def _kind_words(self, kind: str, draw: random.Random) -> dict[str, str | int]:
        prices = sorted(map(_lowest, self._members[kind]))
        unit = 10 ** minor_digits(self._currency)
        # Rounded up to one digit of each price's size: 48 is 50, 530 is 600.
        middle = prices[len(prices) // 2]
        step = 10 ** (len(str(middle // unit)) - 1) * unit
        limit = -(-middle // step) * step
        at = draw.randrange(1, len(kind) - 2)
        return {
            "kind": kind.casefold(),
            "kind.fact": kind,
            "kind:typo": (kind[:at] + kind[at + 1] + kind[at] + kind[at + 2 :]).casefold(),
            "price": limit // unit,
            "price.minor": limit,
        }

    def _product_words(self, product: Product) -> dict[str, str | int]:
        price = _lowest(product)
        amount = re.search(r"\d[\d.,]*\d|\d", format_money(price, self._currency))
        return {
            "product": product.name,
            "product.id": product.id,
            "product.amount": amount[0] if amount else "",
            "product.below": max(one.price_minor for one in product.variants) - 1,
        }

    def _sized_words(self, draw: random.Random) -> dict[str, str | int]:
        sized = [(one, v) for one in self._sayable for v in one.variants if v.size and v.sellable]
        sized = [(one, v) for one, v in sized if len({v.size for v in one.variants}) > 1]
        if not sized:
            return {}
        product, variant = draw.choice(sized)
        return {"sized": product.name, "sized.id": product.id, "sized.size": variant.size or ""}

    def _color_words(self, draw: random.Random) -> dict[str, str | int]:
        if not self._pairs:
            return {}
        color, kind = draw.choice(self._pairs)
        return {"color": color, "color.kind": kind.casefold(), "color.kind.fact": kind}


def _kinds(products: Sequence[Product]) -> list[str]:
    """The narrowest categories; in a catalogue without them, the last words of names."""
    categories = Counter(one.category[-1] for one in products if one.category)
    kinds = sorted(kind for kind, count in categories.items() if count >= _FEWEST)
    if len(kinds) > 1:
        return kinds
    last = Counter(word for one in products if (word := _last_word(one.name)))
    return sorted(kind for kind, count in last.items() if count >= _FEWEST)


def _last_word(name: str) -> str:
    """What the product is called, before marks that begin an addition."""
    words = words_of(re.split(r"[|(,–-]| of | with ", name)[0])
    word = singular(words[-1]) if words else ""
    return word if len(word) > _FEWEST and word.isalpha() and word not in _PLAIN_COLORS else ""


def _is_sayable(name: str) -> bool:
    return 1 < len(name.split()) <= _LONGEST_NAME and not re.search(r"[|/()\d]", name)


def _comes_in(product: Product, color: str) -> bool:
    return any(has_color(product, one, color) for one in product.variants if one.sellable)


def _lowest(product: Product) -> int:
    """What the cheapest of it costs that can be bought."""
    return min(variant.price_minor for variant in product.variants if variant.sellable)
