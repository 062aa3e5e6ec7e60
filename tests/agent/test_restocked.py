"""What a customer waited for is back: told once, before the answer, in the catalogue's words."""

from dataclasses import replace

import pytest

from models.turn import PartType, RestockWish
from scripts.evaluation.chat import Chat, shown, text_of
from tests.agent.shop import PRODUCTS, MemoryCatalogue

D1 = RestockWish(product_id="d1")


def sold_out(chat: Chat, product_id: str) -> None:
    chat.catalogue = MemoryCatalogue(
        [
            replace(one, variants=tuple(replace(variant, stock=0) for variant in one.variants))
            if one.id == product_id
            else one
            for one in PRODUCTS
        ]
    )


async def test_without_a_message_it_is_all_that_is_said(chat: Chat) -> None:
    chat.memory = replace(chat.memory, disclosed=True)
    reply = await chat.say("", restocked=(D1,))
    assert text_of(reply) in (
        "Good news: Marina Summer Dress is back!",
        "It's here: Marina Summer Dress is available again.",
    )
    assert [part.type for part in reply.parts] == [PartType.TEXT, PartType.CARDS]
    assert (shown(reply), reply.told) == (["d1"], ("d1",))
    assert reply.memory.focus == ("d1",)
    assert "Marina Summer Dress" in text_of(await chat.say("how much is it?"))


async def test_with_a_message_it_comes_before_the_answer(chat: Chat) -> None:
    reply = await chat.say("do you ship to France?", restocked=(D1, RestockWish(product_id="d2")))
    assert [part.type for part in reply.parts[:2]] == [PartType.TEXT, PartType.CARDS]
    assert len(reply.parts) > 2
    assert reply.told == ("d1", "d2")
    assert reply.memory.focus == ("d1", "d2")
    answered = await chat.say("show me black shoes", restocked=(D1,))
    assert "d1" not in answered.memory.focus


async def test_what_is_sold_out_again_is_waited_for_again(chat: Chat) -> None:
    sold_out(chat, "d1")
    reply = await chat.say("", restocked=(D1,))
    assert (reply.silence, reply.parts) == ("sold_out_again", ())
    assert (reply.told, reply.restock_wishes) == (("d1",), (D1,))
    reply = await chat.say("hi", restocked=(D1,))
    assert reply.silence is None
    assert reply.restock_wishes == (D1,)


async def test_what_the_shop_no_longer_has_is_forgotten(chat: Chat) -> None:
    reply = await chat.say("", restocked=(RestockWish(product_id="gone"),))
    assert (reply.told, reply.restock_wishes, reply.silence) == (("gone",), (), "sold_out_again")


async def test_only_the_variants_that_were_wished_for_count(chat: Chat) -> None:
    one = PRODUCTS[0]
    first, *rest = one.variants
    variants = (replace(first, stock=0), *rest)
    chat.catalogue = MemoryCatalogue([replace(one, variants=variants)])
    wish = RestockWish(product_id=one.id, variant_ids=(first.id,))
    assert (await chat.say("", restocked=(wish,))).restock_wishes == (wish,)


async def test_when_the_catalogue_cannot_be_asked_it_is_told_another_time(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(chat.catalogue, "products", fails)
    reply = await chat.say("", restocked=(D1,))
    assert (reply.silence, reply.told, reply.parts) == ("not_told", (), ())
    reply = await chat.say("do you ship to France?", restocked=(D1,))
    assert reply.told == ()
    assert reply.parts
