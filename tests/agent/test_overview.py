"""Questions about what there is at all: the whole catalogue answers, whatever fits on one page."""

from dataclasses import replace

import pytest

from agent.grounding import Grounding
from agent.seen import Seen
from models.product import PriceRange
from models.search import NO_FILTERS
from models.shape import Counted, Section
from models.turn import Intent, Turn
from scripts.evaluation.chat import Chat, failed_steps, shown, text_of
from tests.agent.shop import MERCHANT, NOW, PRODUCTS, MemoryCatalogue


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("do you sell shoes at all?", ["Yes", "4 (shoes)", "from $35 up to $129"]),
        ("how many dresses do you have?", ["6 (dresses)", "from $39 up to $149"]),
        ("how many blue dresses under $100?", ["2 (dresses, blue, up to $100)", "from $65 up to $79"]),
        ("how many products do you have?", ["14 (Linden & Lark)", "from $25 up to $149"]),
        ("what's the price range of your dresses?", ["from $39 up to $149"]),
        ("how much are your shoes?", ["from $35 up to $129"]),
        ("what sizes do the dresses come in?", ["S, M and L (dresses)"]),
        ("what sizes do the shoes come in?", ["7, 8 and 9 (shoes)"]),
        ("what colours do the bags come in?", ["Black and Tan (bags)"]),
        ("which brands do you have?", ["Lark and Fern"]),
        ("which brands of shoes do you have?", ["(shoes): Fern."]),
        ("what kinds of shoes do you have?", ["Boots (1), Flats (1), Sandals (1) and Sneakers (1)", "?"]),
        ("what do you sell?", ["14 products", "Clothing (8), Shoes (4)", "?"]),
        ("wie viele Kleider habt ihr?", ["6 (dresses)", "ab 39 $ bis 149 $"]),
        ("verkauft ihr Schuhe?", ["Ja", "4 (shoes)"]),
        ("was verkauft ihr?", ["14 Produkte"]),
        ("welche Größen gibt es bei den Kleidern?", ["S, M und L"]),
        ("combien de robes avez-vous ?", ["6 (dresses)"]),
        ("vendez-vous des chaussures ?", ["Oui", "4 (shoes)"]),
        ("qu'est-ce que vous vendez ?", ["14 produits"]),
        ("¿cuántos vestidos tienen?", ["6 (dresses)", "hasta 149 US$"]),
        ("¿vendéis zapatos?", ["Sí", "4 (shoes)"]),
        ("¿qué vendes?", ["14 productos"]),
        ("quanti vestiti avete?", ["6 (dresses)"]),
        ("vendete scarpe?", ["Sì", "4 (shoes)"]),
        ("cosa vendete?", ["14 prodotti"]),
        ("quantos vestidos vocês têm?", ["6 (dresses)"]),
        ("vocês vendem sapatos?", ["Sim", "4 (shoes)"]),
        ("o que vocês vendem?", ["14 produtos"]),
    ],
)
async def test_what_there_is_is_counted_over_the_whole_catalogue(
    chat: Chat, text: str, says: list[str]
) -> None:
    reply = await chat.say(text)
    assert failed_steps(reply) == []
    for one in says:
        assert one in text_of(reply)


async def test_a_count_that_fits_a_list_shows_the_products_too(chat: Chat) -> None:
    reply = await chat.say("do you sell shoes?")
    assert {one[0] for one in shown(reply)} == {"s"}
    assert reply.intent is Intent.PRODUCT_SEARCH
    sizes = await chat.say("which sizes are there?")
    assert sizes.intent is Intent.VARIANT_QUESTION


async def test_a_question_about_what_was_asked_for_before_is_about_that(chat: Chat) -> None:
    await chat.say("show me dresses")
    assert "2 (dresses, blue, up to $100)" in text_of(await chat.say("how many in blue under 100?"))
    assert "2 (dresses, blue" in text_of(await chat.say("how many are there?"))


async def test_what_only_a_description_speaks_of_is_not_sold(chat: Chat) -> None:
    ride = replace(PRODUCTS[0], description="Made to ride a bicycle in.")
    chat.catalogue = MemoryCatalogue([ride, *PRODUCTS[1:]])
    assert "come closest" in text_of(await chat.say("do you sell bicycles?"))
    assert "Yes! We have 1 (bags)" in text_of(await chat.say("do you sell tote bags?"))


async def test_words_that_nothing_counts_are_searched(chat: Chat) -> None:
    reply = await chat.say("how many linen dresses do you have?")
    assert shown(reply) == ["d2"]
    assert "(6" not in text_of(reply)


async def test_an_empty_shop_counts_nothing(chat: Chat) -> None:
    chat.catalogue = MemoryCatalogue([])
    for text in ("what do you sell?", "how many dresses do you have?", "do you sell shoes?"):
        reply = await chat.say(text)
        assert failed_steps(reply) == []
        assert not reply.cards


DRESSES = Section(
    path=("Clothing", "Dresses"),
    products=24,
    in_stock=22,
    prices=PriceRange(min_minor=3900, max_minor=14900),
    colors=(Counted(value="Blue", count=17),),
    sizes=(),
    brands=(Counted(value="Fennel Works", count=13),),
    cheapest="d5",
    dearest="d3",
)
SOAP = replace(DRESSES, path=("Soap",), products=31, prices=PriceRange(min_minor=500, max_minor=900))


def check(text: str) -> list[str]:
    seen = Seen()
    seen.sections = [DRESSES, SOAP]
    turn = Turn(id="t", merchant=MERCHANT, channel="simulator", surface="dm", text="dresses?", now=NOW)
    return Grounding(turn, seen).check(text, [], NO_FILTERS)


@pytest.mark.parametrize(
    "text",
    [
        "We have 24 dresses, 22 in stock.",
        "17 of them come in Blue, 13 are by Fennel Works.",
        "Our Dresses cost from $39 up to $149.",
        "Soap costs $5 to $9.",
    ],
)
def test_what_the_catalogue_counted_may_be_said(text: str) -> None:
    assert check(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "We have 25 dresses.",
        "Only 16 dresses are in stock.",
        "Our Dresses cost from $5.",
        "Our soap costs 39 US$.",
        "We carry Maple Yard.",
    ],
)
def test_what_nobody_counted_is_not_said(text: str) -> None:
    assert check(text) != []
