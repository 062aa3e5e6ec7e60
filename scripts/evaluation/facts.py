"""What a product and a variant are, looked up slowly and plainly: the evaluation's own reading."""

import re
from collections.abc import Iterator

from models.product import Product, Variant, searchable_text
from scripts.evaluation.journeys import Facts

# Of three letters the last is no plural: "gas".
_SHORTEST = 3
# What people mean by the plain word.
_SHADES = {
    "blue": "navy cobalt indigo denim azure turquoise teal",
    "red": "burgundy cherry crimson scarlet",
    "brown": "tan cognac chocolate camel taupe",
    "green": "sage olive emerald mint moss",
    "white": "ivory cream ecru",
    "pink": "blush rose coral",
    "grey": "charcoal gray silver",
    "purple": "lilac lavender plum violet",
    "yellow": "mustard butter lemon",
    "orange": "rust terracotta coral",
    "beige": "sand oat camel taupe",
}


def failing(product: Product, variant: Variant, facts: Facts) -> list[str]:
    """The facts this ONE variant does not meet."""
    text = searchable_text(product).casefold()
    price = variant.price_minor
    met = {
        "category": not facts.category or any(one in product.category for one in facts.category),
        "kind": not facts.kind or any(is_kind(product, one) for one in facts.kind),
        "color": not facts.color or any(has_color(product, variant, one) for one in facts.color),
        "not_color": not any(has_color(product, variant, one) for one in facts.not_color),
        "size": not facts.size or any(has_size(variant, one) for one in facts.size),
        "material": not facts.material or any(one in (variant.material or "") for one in facts.material),
        "brand": not facts.brand or product.brand in facts.brand,
        "tag": not facts.tag or any(one in product.tags for one in facts.tag),
        "word": not facts.word or any(one.casefold() in text for one in facts.word),
        "min": facts.min is None or price >= facts.min,
        "max": facts.max is None or price <= facts.max,
        "on_sale": facts.on_sale is None or variant.on_sale == facts.on_sale,
    }
    return [f"{name} {getattr(facts, name)}" for name, holds in met.items() if not holds]


def meeting(products: tuple[Product, ...], facts: Facts) -> Iterator[tuple[Product, Variant]]:
    """Everything that can be bought and meets the facts, variant by variant."""
    for product in products:
        for variant in product.variants:
            if variant.sellable and not failing(product, variant, facts):
                yield product, variant


def has_color(product: Product, variant: Variant, wanted: str) -> bool:
    """By the variant's own colour; where it has none, by what is said of the product."""
    own = words_of(variant.color) if variant.color else words_of(searchable_text(product))
    return set(words_of(wanted)) <= set(own) or bool(set(own) & set(_SHADES.get(wanted, "").split()))


def has_size(variant: Variant, wanted: str) -> bool:
    own = re.sub(r"\W", "", variant.size or "").casefold()
    asked = re.sub(r"\W", "", wanted).casefold()
    return own == asked or (asked.isdigit() and asked in words_of(variant.size))


def is_kind(product: Product, wanted: str) -> bool:
    """A category or tag of that name, or all its words in the name; without a category, in any text."""
    asked = {singular(one) for one in words_of(wanted)}
    named = (product.name, *product.category, *product.tags)
    if not product.category:
        named = (*named, product.description)
    return any(asked <= {singular(one) for one in words_of(name)} for name in named)


def singular(word: str) -> str:
    return word[:-1] if len(word) > _SHORTEST and word.endswith("s") and not word.endswith("ss") else word


def words_of(text: str | None) -> list[str]:
    return re.findall(r"\w+", (text or "").casefold())
