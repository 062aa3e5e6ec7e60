"""Shops made from a seed: some three variants and forty words a product, words drawn as they are in texts.

Names and categories are of a kind of thing and what it is made of, so that a question for one finds many of
its kind and one of it exactly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

_KINDS = {
    "Clothing": ("dress", "shirt", "blouse", "skirt", "coat", "jacket", "jumper", "trousers", "scarf", "hat"),
    "Shoes": ("sneaker", "boot", "sandal", "loafer", "slipper"),
    "Bags": ("tote", "backpack", "clutch", "satchel", "wallet"),
    "Home": ("lamp", "vase", "candle", "cushion", "blanket", "mug", "bowl", "basket", "mirror", "clock"),
    "Jewellery": ("necklace", "ring", "bracelet", "earring", "brooch"),
}
_MATERIALS = ("linen", "cotton", "wool", "silk", "leather", "suede", "denim", "oak", "brass", "ceramic")
_COLORS = ("Black", "White", "Navy", "Red", "Olive", "Sand", "Rose", "Grey")
_SIZES = ("XS", "S", "M", "L", "XL")
_SYLLABLES = ("ka", "ro", "mi", "len", "tor", "va", "sil", "du", "pe", "nor", "fa", "bri", "go", "shu", "wen")
_WORDS = tuple(a + b + c for a in _SYLLABLES for b in _SYLLABLES for c in ("", "n", "ra", "s"))
# Zipf's law: the second word half as often as the first, the third a third as often.
_WEIGHTS = tuple(accumulate(1 / rank for rank in range(1, len(_WORDS) + 1)))
_DESCRIPTION = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """`draft` is the product of the API, `question` what a customer who wants it might write."""

    draft: dict[str, Any]
    question: str


def wares(count: int, seed: str) -> Iterator[Ware]:
    chance = Random(seed)  # noqa: S311 - made up, not secret
    for number in range(count):
        yield _ware(chance, number)


def _ware(chance: Random, number: int) -> Ware:
    family = chance.choice(tuple(_KINDS))
    kind, material = chance.choice(_KINDS[family]), chance.choice(_MATERIALS)
    called = _word(chance)
    price = chance.randrange(900, 30_000, 10)
    variants = [
        {"color": color, "size": size, "price_minor": price, "stock": chance.randrange(12)}
        for color in chance.sample(_COLORS, chance.randint(1, 2))
        for size in chance.sample(_SIZES, chance.randint(1, 3))
    ]
    draft = {
        "id": f"ware-{number:06}",
        "name": f"{called.title()} {material} {kind} No. {number}",
        "description": " ".join(_word(chance) for _ in range(_DESCRIPTION)),
        "category": [family, f"{kind}s".title()],
        "tags": [material],
        "brand": chance.choice(_WORDS[:40]).title(),
        "product_url": f"https://shop.example/ware-{number:06}",
        "images": [f"https://shop.example/pictures/ware-{number:06}.jpg"],
        "variants": variants,
    }
    return Ware(draft=draft, question=f"{material} {kind} {called}")


def _word(chance: Random) -> str:
    (word,) = chance.choices(_WORDS, cum_weights=_WEIGHTS)
    return word
