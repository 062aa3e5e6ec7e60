"""The plan's test scenarios, answered by the rules, without any key."""

import pytest

from models.turn import Intent, PartType
from scripts.evaluation.chat import Chat, failed_steps, shown, text_of
from tests.agent.shop import MERCHANT, PRODUCTS, MemoryCatalogue, meets


async def test_dresses_are_shown_as_five_cards_with_links(chat: Chat) -> None:
    reply = await chat.say("Show me dresses")
    assert reply.intent is Intent.PRODUCT_SEARCH
    assert [part.type for part in reply.parts] == [PartType.TEXT, PartType.CARDS]
    assert len(reply.cards) == 5
    assert all(card.url and card.url.startswith("https://lindenlark.example/p/d") for card in reply.cards)


async def test_dresses_under_50_cost_less_than_50(chat: Chat) -> None:
    reply = await chat.say("Dresses under $50")
    assert sorted(shown(reply)) == ["d4", "d5"]
    assert reply.filters.price_max == 5000
    assert all(card.price_minor <= 5000 for card in reply.cards)


async def test_a_blue_dress_under_80_is_searched_by_word_and_filters(
    chat: Chat, catalogue: MemoryCatalogue
) -> None:
    reply = await chat.say("do you have a blue dress under 80?")
    query, filters = catalogue.searches[0]
    assert (query, filters.colors, filters.price_max, filters.categories) == (
        "dress",
        ("blue",),
        8000,
        ("Dresses",),
    )
    assert sorted(shown(reply)) == ["d1", "d2"]


async def test_shoes_then_size_then_colour_then_price_then_style_refine_one_wish(chat: Chat) -> None:
    await chat.say("Show me shoes")
    await chat.say("size 8")
    assert sorted(shown(await chat.say("in black"))) == ["s1", "s2", "s4"]
    assert sorted(shown(await chat.say("under $50"))) == ["s2", "s4"]
    casual = await chat.say("something more casual")
    assert shown(casual)[0] == "s4"
    assert casual.filters.sizes == ("8",)
    assert casual.memory.wish.query == "casual shoe"


async def test_the_blue_dress_in_medium_is_one_variant(chat: Chat) -> None:
    reply = await chat.say("Do you have the blue dress in medium?")
    assert reply.intent is Intent.VARIANT_QUESTION
    for card in reply.cards:
        one = next(p for p in PRODUCTS if p.id == card.product_id)
        variant = one.variant(card.variant_id)
        assert variant is not None
        assert (variant.color, variant.size) == ("Blue", "M")


async def test_a_comparison_names_both_products_and_what_separates_them(chat: Chat) -> None:
    reply = await chat.say("Compare Marina Summer Dress and Harbour Midi Dress")
    assert reply.intent is Intent.COMPARISON
    assert shown(reply) == ["d1", "d2"]
    assert "$14 less" in text_of(reply)
    assert "linen" in text_of(reply)


async def test_what_is_not_there_gets_alternatives_not_a_bare_no(chat: Chat) -> None:
    reply = await chat.say("Purple polka dot tuxedo")
    assert reply.cards
    assert "no results" not in text_of(reply).lower()


async def test_something_nice_is_answered_with_one_question(chat: Chat) -> None:
    reply = await chat.say("Something nice")
    assert not reply.cards
    assert text_of(reply).count("?") >= 1
    assert reply.confidence <= 0.5


async def test_all_filters_of_a_message_are_met_by_the_variant_shown(chat: Chat) -> None:
    reply = await chat.say("Blue dresses under $80 size small")
    assert reply.cards
    for card in reply.cards:
        one = next(p for p in PRODUCTS if p.id == card.product_id)
        variant = one.variant(card.variant_id)
        assert variant is not None
        assert meets(variant, reply.filters)
    assert reply.filters.sizes == ("S",)


async def test_emoji_are_words(chat: Chat) -> None:
    reply = await chat.say("👗 💙 party dress")
    assert reply.filters.colors == ("blue",)
    assert shown(reply)[0] == "d2"


async def test_a_very_long_message_keeps_its_wish(chat: Chat) -> None:
    story = "My sister is getting married next month and I have been searching for weeks. " * 10
    reply = await chat.say(f"{story} I am looking for a red dress under $150 in size M. {story}")
    assert set(shown(reply)) == {"d3", "d4"}
    assert reply.filters.price_max == 15000
    assert len(reply.memory.wish.query.split()) <= 9


async def test_a_product_that_does_not_exist_is_politely_not_available(chat: Chat) -> None:
    reply = await chat.say("Do you have the Aurora Gown?")
    assert "Aurora Gown is not available" in text_of(reply)
    assert reply.cards


@pytest.mark.parametrize("text", ["", "   ", "\n"])
async def test_an_empty_message_is_asked_what_it_means(chat: Chat, text: str) -> None:
    assert "looking for" in text_of(await chat.say(text))


async def test_a_picture_alone_is_asked_for_words(chat: Chat) -> None:
    assert "pictures" in text_of(await chat.say("", attachments=["image"]))


async def test_a_filter_that_fits_nothing_is_left_out_and_said_so(
    chat: Chat, catalogue: MemoryCatalogue
) -> None:
    await chat.say("I wear size L")
    catalogue.searches.clear()
    reply = await chat.say("Do you have blue dresses under $20?")
    assert "price" in text_of(reply)
    assert reply.filters.price_max is None
    assert reply.filters.colors == ("blue",)
    assert len(catalogue.searches) == 1
    prices = [card.price_minor for card in reply.cards]
    assert prices == sorted(prices)
    assert prices


async def test_where_nothing_fits_the_shop_offers_to_let_the_customer_know(chat: Chat) -> None:
    text = text_of(await chat.say("purple boots"))
    assert "the colour" in text
    assert "let you know: hello@lindenlark.example" in text
    chat.surface = "comment"
    assert "let you know" not in text_of(await chat.say("purple boots"))
    assert "let you know" not in text_of(await chat.say("brown boots"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("My order has not arrived", "problem"),
        ("can I talk to a human?", "person"),
        ("the bag arrived broken", "problem"),
    ],
)
async def test_support_is_handed_over_with_the_contact(chat: Chat, text: str, reason: str) -> None:
    reply = await chat.say(text)
    assert reply.intent is Intent.SUPPORT
    assert reply.handover is not None
    assert reason in reply.handover.reason
    assert "hello@lindenlark.example" in text_of(reply)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What's your return policy?", "30 days"),
        ("do you ship internationally?", "40 countries"),
        ("how much is shipping", "free above $60"),
        ("can you gift wrap it?", "gift wrapping costs $4"),
    ],
)
async def test_the_shop_answers_in_its_own_words(chat: Chat, text: str, answer: str) -> None:
    reply = await chat.say(text)
    assert reply.intent is Intent.GENERAL_QUESTION
    assert answer in text_of(reply)


async def test_the_cheapest_is_the_cheapest_of_all(chat: Chat) -> None:
    reply = await chat.say("What's your cheapest option?")
    assert reply.intent is Intent.PRICE_INQUIRY
    assert shown(reply)[0] == "t1"
    assert "$25" in text_of(reply)
    assert shown(await chat.say("and the cheapest shoes?"))[0] == "s4"


async def test_the_second_one_is_the_second_shown(chat: Chat) -> None:
    second = (await chat.say("show me dresses")).cards[1]
    reply = await chat.say("how much is the second one?")
    assert shown(reply) == [second.product_id]
    assert reply.intent is Intent.PRICE_INQUIRY
    assert f"${second.price_minor // 100}" in text_of(reply)


async def test_a_size_that_is_gone_is_said_so_with_what_there_is(chat: Chat) -> None:
    await chat.say("show me the Marina Summer Dress")
    reply = await chat.say("do you have the Marina Summer Dress in blue and large?")
    assert reply.intent is Intent.VARIANT_QUESTION
    assert "not available in blue, L" in text_of(reply)


async def test_it_in_medium_is_asked_of_what_was_shown(chat: Chat) -> None:
    await chat.say("show me dresses under $60")
    reply = await chat.say("do you have it in medium?")
    assert reply.intent is Intent.VARIANT_QUESTION
    assert reply.cards
    assert all("· M ·" in card.text for card in reply.cards)


async def test_more_like_this_shows_others_of_its_kind(chat: Chat) -> None:
    first = shown(await chat.say("show me dresses"))[0]
    reply = await chat.say("more like the first one")
    assert first not in shown(reply)
    assert len(reply.cards) == 5


async def test_the_same_but_cheaper_costs_less(chat: Chat) -> None:
    await chat.say("show me dresses")
    reply = await chat.say("the first one but cheaper")
    assert reply.cards
    assert all(card.price_minor < 6500 for card in reply.cards)


async def test_another_colour_is_answered_from_the_product(chat: Chat) -> None:
    await chat.say("blue dresses under $80")
    number = shown(await chat.say("show me party dresses in blue")).index("d2") + 1
    asked = await chat.say(f"is number {number} available in other colours?")
    assert "Blue and Black" in text_of(asked)
    reply = await chat.say("in black")
    assert reply.cards[0].variant_id == "d2-Black-S"


async def test_not_black_leaves_black_out(chat: Chat) -> None:
    reply = await chat.say("a dress, but not black")
    assert "black" not in reply.filters.colors
    assert "d5" not in shown(reply)


async def test_the_first_reply_says_that_it_is_automated_and_no_later_one(chat: Chat) -> None:
    assert "automated" in text_of(await chat.say("hi"))
    assert "automated" not in text_of(await chat.say("show me dresses"))


async def test_what_was_asked_for_is_remembered_as_liked(chat: Chat) -> None:
    await chat.say("blue dresses size M under $80")
    await chat.say("Show me black shoes")
    liked = chat.memory.preferences
    assert [one.value for one in liked.colors] == ["blue", "black"]
    assert [one.value for one in liked.sizes] == ["M"]
    assert liked.price_max == 8000


async def test_every_rules_turn_is_grounded_and_logged(chat: Chat) -> None:
    for text in (
        "hi",
        "blue dress",
        "the first one in M",
        "compare the first two",
        "cheapest shoes",
        "returns?",
    ):
        reply = await chat.say(text)
        assert reply.rung == "rules"
        assert failed_steps(reply) == []
        names = [step.name for step in reply.steps]
        assert {"rules", "understand", "grounding", "compose"} <= set(names)


async def test_the_same_turn_is_answered_the_same(chat: Chat) -> None:
    first = await chat.say("show me dresses")
    again = Chat(chat.ladder, chat.catalogue, MERCHANT)
    assert text_of(await again.say("show me dresses")) == text_of(first)
