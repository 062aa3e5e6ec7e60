"""What checks answers is checked: every kind of invention is seen, and what is true is let through."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from models.search import NO_FILTERS
from models.turn import Card, Intent, Memory, Part, PartType, Reply
from scripts.evaluation.shops import demo_shop
from scripts.evaluation.truth import Truth

SHOP = demo_shop()
TRUTH = Truth(SHOP)
LOCKET = next(one for one in SHOP.products if one.name == "Heart Locket")
SILVER = next(one for one in LOCKET.variants if one.color == "silver")


def card() -> Card:
    return Card(
        product_id=LOCKET.id,
        variant_id=SILVER.id,
        name=LOCKET.name,
        text=f"$74 · silver · {SILVER.size} · in stock",
        price_minor=7400,
        compare_at_price_minor=None,
        currency="USD",
        url=LOCKET.product_url,
        image=LOCKET.main_image,
    )


def reply(text: str, *cards: Card) -> Reply:
    return Reply(
        parts=(Part(type=PartType.TEXT, text=text),),
        cards=cards,
        intent=Intent.PRODUCT_SEARCH,
        confidence=1.0,
        filters=NO_FILTERS,
        memory=Memory(),
        rung="rules",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Heart Locket: $74.",
        "Yes, Heart Locket is available: silver, 40 cm, $74, in stock.",
        "Heart Locket gibt es: silver, 40 cm, 74 $.",
        "Everything here stays below $100.",
        "Standard US shipping is $6 and takes 3 to 5 business days; it is free over $90.",
        "Write to hello@hollinandfay.example or call +1 207 555 0142.",
        "Here are 3 of them.",
        "The Aurora Gown is not available, sorry.",
    ],
)
def test_what_is_so_may_be_said(text: str) -> None:
    shown = [card()] * 3 if "3 of them" in text else [card()]
    shipping = SHOP.merchant.policies["shipping"] if "shipping" in text else ""
    heard = ["the Aurora Gown, below 100"]
    assert not list(TRUTH.wrong(reply(shipping or text, *shown), heard))


@pytest.mark.parametrize(
    "text",
    [
        "Heart Locket: $64.",
        "Heart Locket is $10.",
        "Heart Locket costs 47 dollars.",
        "Heart Locket kostet 47 €.",
        "It costs $10 only.",
        "It is 20% off.",
        "Only 17 left of Heart Locket!",
        "Heart Locket comes in emerald.",
        "Yes, Heart Locket: silver, 40 cm, $47.",
        "Order at https://evil.example/now",
        "Order at evil-shop.com",
        "Write to other@evil.example",
        "Ask @cheapcopies",
        "Call +1 900 555 1234",
        "You will love our Velvet Aurora Gown.",
        "Yes, we have the Aurora Gown for you.",
    ],
)
def test_an_invention_is_seen(text: str) -> None:
    assert list(TRUTH.wrong(reply(text, card()), ["is the Aurora Gown $10?"]))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, price_minor=7300),
        lambda one: replace(one, name="Heart of Gold"),
        lambda one: replace(one, url="https://evil.example"),
        lambda one: replace(one, currency="EUR"),
        lambda one: replace(one, compare_at_price_minor=9900),
        lambda one: replace(one, text="$64 · silver · 40 cm · in stock"),
        lambda one: replace(one, text="$74 · silver · 40 cm · sold out"),
        lambda one: replace(one, text="$74 · silver · 40 cm · only 99 left"),
        lambda one: replace(one, image="https://evil.example/x.png"),
        lambda one: replace(one, variant_id="another"),
        lambda one: replace(one, product_id="another"),
    ],
)
def test_a_card_is_compared_with_the_catalogue_field_by_field(change: Callable[[Card], Card]) -> None:
    assert not list(TRUTH.wrong(reply("Here it is:", card()), []))
    assert list(TRUTH.wrong(reply("Here it is:", change(card())), []))
