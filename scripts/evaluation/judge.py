"""One answer held against the facts its turn names. Wording is not judged; truth.py reads what it claims."""

import re
from collections.abc import Iterator, Sequence

from models.product import Product, Variant
from models.turn import Card, Intent, Reply
from scripts.evaluation.chat import text_of
from scripts.evaluation.facts import failing, meeting
from scripts.evaluation.journeys import Facts, Filters, Said, Shows
from scripts.evaluation.shops import Shop

# Here a shown variant may be sold out: it was asked for by name.
_OF_ONE_PRODUCT = {Intent.VARIANT_QUESTION, Intent.PRICE_INQUIRY, Intent.COMPARISON}


class Judge:
    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._products = {one.id: one for one in shop.products}

    def faults(self, reply: Reply, said: Said, *, language: str, before: Sequence[str]) -> Iterator[str]:
        """What is wrong with the answer, a line each. `before`: ids the answer before showed."""
        if said.intent and reply.intent not in said.intent:
            yield f"intent is {reply.intent}, not {' or '.join(said.intent)}"
        if bool(reply.handover) != said.handover:
            yield f"handover is {bool(reply.handover)}"
        if reply.memory.language != (said.language or language):
            yield f"language is {reply.memory.language}"
        if missing := set(said.query.split()) - set(reply.memory.wish.query.split()):
            yield f"the wish {reply.memory.wish.query!r} lacks {sorted(missing)}"
        yield from _filter_faults(reply, said.filters)
        yield from _text_faults(text_of(reply), said)
        if said.shows:
            yield from self._shown_faults(reply, said.shows, before)

    def _shown_faults(self, reply: Reply, shows: Shows, before: Sequence[str]) -> Iterator[str]:
        ids = [card.product_id for card in reply.cards]
        if shows.none:
            if ids:
                yield f"shows {ids}"
            return
        if not shows.at_least <= len(ids) <= (shows.at_most or len(ids)):
            yield f"shows {len(ids)} products"
        if shows.new and set(ids) & set(before):
            yield f"shows {sorted(set(ids) & set(before))} again"
        yield from self._named_faults(ids, shows)
        yield from self._fact_faults(reply, shows)
        if shows.cheapest and reply.cards:
            yield from self._cheapest_faults(reply.cards[0], shows)

    def _named_faults(self, ids: Sequence[str], shows: Shows) -> Iterator[str]:
        if shows.first and ids[:1] != [self._id(shows.first)]:
            yield f"shows {ids[:1]} first"
        if shows.only and set(ids) != {self._id(one) for one in shows.only}:
            yield f"shows {ids}, not only {list(shows.only)}"
        if missing := {self._id(one) for one in shows.includes} - set(ids):
            yield f"does not show {sorted(missing)}"
        if wrong := {self._id(one) for one in shows.excludes} & set(ids):
            yield f"shows {sorted(wrong)}"

    def _fact_faults(self, reply: Reply, shows: Shows) -> Iterator[str]:
        own = {name: getattr(shows, name) for name in Facts.model_fields}
        wishes = shows.wishes or (Facts(**own),)
        met: set[int] = set()
        for card in reply.cards:
            product, variant = self._card(card)
            if product is None or variant is None:
                yield f"card {card.product_id} {card.variant_id} is not in the catalogue"
                continue
            faults = [failing(product, variant, wish) for wish in wishes]
            met |= {number for number, found in enumerate(faults) if not found}
            if all(faults):
                yield f"{product.name}, {variant.name} is not " + "; nor ".join(map(", ".join, faults))
            if not variant.sellable and reply.intent not in _OF_ONE_PRODUCT:
                yield f"{product.name}, {variant.name} is sold out"
        for number, wish in enumerate(wishes):
            if number not in met and len(wishes) > 1:
                yield f"nothing shown for {wish.model_dump(exclude_defaults=True)}"

    def _cheapest_faults(self, first: Card, shows: Shows) -> Iterator[str]:
        own = Facts(**{name: getattr(shows, name) for name in Facts.model_fields})
        lowest = min((variant.price_minor for _, variant in meeting(self._shop.products, own)), default=None)
        if lowest is not None and first.price_minor != lowest:
            yield f"the first costs {first.price_minor}, the cheapest {lowest}"

    def _card(self, card: Card) -> tuple[Product | None, Variant | None]:
        product = self._products.get(card.product_id)
        return product, product.variant(card.variant_id) if product else None

    def _id(self, name: str) -> str:
        """The demo shop's ids without their prefix read better."""
        return name if name in self._products else f"{self._shop.merchant.id}-{name}"


def _filter_faults(reply: Reply, wanted: Filters) -> Iterator[str]:
    for name in wanted.model_fields_set:
        value, got = getattr(wanted, name), getattr(reply.filters, name)
        same = sorted(got) == sorted(value) if isinstance(value, tuple) else got == value
        if not same:
            yield f"filter {name} is {got}, not {value}"


def _text_faults(text: str, said: Said) -> Iterator[str]:
    if not text.strip():
        yield "says nothing"
    if said.asks and "?" not in text:
        yield "asks nothing"
    if said.says and not any(one.casefold() in text.casefold() for one in said.says):
        yield f"says none of {list(said.says)}"
    for one in said.says_not:
        if one.casefold() in text.casefold():
            yield f"says {one!r}"
    if re.search(r"[{}]|\bNone\b|  ", text):
        yield "a template shows through"
