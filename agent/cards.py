"""Product cards. Code writes names, prices and links, never a model."""

from agent.answer import Answer
from agent.language import Language
from agent.seen import Seen
from models.money import format_money
from models.product import Product, Variant
from models.search import NO_FILTERS
from models.turn import Card

# The carousel of the strictest channel.
MOST_CARDS = 10
# Below this a shop says how many are left.
_FEW = 3


def card(product: Product, variant: Variant, language: Language) -> Card:
    return Card(
        product_id=product.id,
        variant_id=variant.id,
        name=product.name,
        text=" · ".join(_facts(product, variant, language)),
        price_minor=variant.price_minor,
        compare_at_price_minor=variant.compare_at_price_minor,
        currency=product.currency,
        url=product.product_url,
        image=(variant.images or (product.main_image,))[0],
    )


def cards(answer: Answer, seen: Seen, language: Language) -> tuple[Card, ...]:
    wanted = answer.wish.filters if answer.filters == NO_FILTERS else answer.filters
    known = [seen.products[one] for one in answer.product_ids if one in seen.products][:MOST_CARDS]
    return tuple(card(product, seen.variant(product.id, wanted), language) for product in known)


def price(minor: int, currency: str, language: Language) -> str:
    return format_money(minor, currency, language.code)


def listed(shown: tuple[Card, ...]) -> str:
    """The cards as plain text, for channels and logs without carousels."""
    lines = (f"{one.name} – {one.text}" + (f"\n{one.url}" if one.url else "") for one in shown)
    return "\n".join(lines)


def _facts(product: Product, variant: Variant, language: Language) -> list[str]:
    now = price(variant.price_minor, product.currency, language)
    if variant.on_sale and variant.compare_at_price_minor:
        before = price(variant.compare_at_price_minor, product.currency, language)
        now = f"{now} ({language.phrases['card_before'][0].format(price=before)})"
    return [one for one in (now, variant.color, variant.size, stock(variant, language)) if one]


def stock(variant: Variant, language: Language) -> str:
    if not variant.sellable:
        return language.phrases["card_sold_out"][0]
    if variant.stock is not None and 0 < variant.stock <= _FEW:
        return language.phrases["card_few"][0].format(count=variant.stock)
    return language.phrases["card_in_stock"][0]
