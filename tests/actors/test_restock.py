"""From stock that rises to the message that says so: inside the window, else with the next answer, once."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.merging import Put
from actors.owned_catalogue import OwnedCatalogue
from indexes.query_vectors import QueryVectors
from models.message import EventKind
from models.turn import RestockWish
from sources.drafts import ProductDraft
from store import conversations
from tests.actors.talk import PAUSE, Talk
from tests.actors.wares import CountingEmbedder, save
from tests.store.rows import arrive, event, reply, select


def hat(stock: int, **rest: Any) -> Put:
    """Blue ones and red ones."""
    colors = {"blue": stock, "red": 0} | rest
    variants = [{"price_minor": 1990, "color": color, "stock": left} for color, left in colors.items()]
    return Put(id="hat", draft=ProductDraft.model_validate({"name": "Linen hat", "variants": variants}))


@pytest.fixture
async def catalogue(talk: Talk, tmp_path: Path) -> OwnedCatalogue:
    """With a hat that is sold out."""
    opened = await OwnedCatalogue.open(
        engine=talk.engine,
        merchant_id="m1",
        actor="catalog-0",
        embedder=CountingEmbedder(),
        queries=QueryVectors(CountingEmbedder(), time.monotonic),
        folder=tmp_path,
    )
    await save(opened, hat(0))
    return opened


async def wish(talk: Talk, *variant_ids: str, more: tuple[RestockWish, ...] = ()) -> None:
    wished = RestockWish(product_id="hat", variant_ids=variant_ids)
    talk.agent.reply = replace(reply("noted"), restock_wishes=(wished, *more))
    await talk.says("tell me when the hat is back")
    talk.agent.reply = None


async def spoke(talk: Talk, ago: timedelta) -> None:
    async with talk.engine.begin() as connection:
        await connection.execute(
            text("UPDATE conversations SET last_customer_at = :at"), {"at": datetime.now(UTC) - ago}
        )


async def variant_of(catalogue: OwnedCatalogue, color: str) -> str:
    (product,) = catalogue.products(["hat"])
    return next(one.id for one in product.variants if one.color == color)


async def said(talk: Talk) -> list[str]:
    return [words for _, words in await talk.outbox()]


async def test_inside_the_window_the_customer_is_told_at_once_and_once(
    talk: Talk, catalogue: OwnedCatalogue
) -> None:
    await wish(talk)
    await save(catalogue, hat(3))
    await talk.work()
    assert await said(talk) == ["noted", "back: hat"]
    await save(catalogue, hat(0))
    await save(catalogue, hat(5))
    await talk.work()
    assert await said(talk) == ["noted", "back: hat"]
    assert (await talk.inbox())[-1] == ("answered", None)
    # Nothing was heard, and the window is open no longer for it.
    assert [role for role, _ in await talk.record()] == ["customer", "assistant", "assistant"]
    expires = await select(talk.engine, "expires_at FROM outbox ORDER BY id")
    spoke_at = (await talk.state()).last_customer_at
    assert spoke_at
    assert expires[-1][0] == spoke_at + timedelta(hours=24)


async def test_after_the_window_it_is_told_when_the_customer_next_writes(
    talk: Talk, catalogue: OwnedCatalogue
) -> None:
    await wish(talk)
    await spoke(talk, timedelta(hours=25))
    await save(catalogue, hat(3))
    assert len(await talk.inbox()) == 1
    await talk.says("hi")
    assert await said(talk) == ["noted", "back: hat"]
    await talk.says("thanks")
    assert (await said(talk))[-1] == "re: thanks"


async def test_a_window_that_closes_meanwhile_leaves_it_for_the_next_message(
    talk: Talk, catalogue: OwnedCatalogue
) -> None:
    await wish(talk)
    await save(catalogue, hat(3))
    await spoke(talk, timedelta(hours=25))
    await talk.work()
    assert (await talk.inbox())[-1] == ("silent", "outside_window")
    await talk.says("hi")
    assert (await said(talk))[-1] == "back: hat"


async def test_a_message_that_comes_at_the_same_moment_is_answered_with_it(
    talk: Talk, catalogue: OwnedCatalogue
) -> None:
    await wish(talk)
    await save(catalogue, hat(3))
    await talk.says("hi")
    assert await said(talk) == ["noted", "back: hat"]
    assert [status for status, _ in await talk.inbox()] == ["answered"] * 3


async def test_while_a_person_speaks_nothing_is_told(talk: Talk, catalogue: OwnedCatalogue) -> None:
    await wish(talk)
    async with talk.engine.begin() as connection:
        await conversations.pause(connection, talk.id, datetime.now(UTC) + PAUSE, "person_answered")
    await save(catalogue, hat(3))
    await talk.work()
    assert (await talk.inbox())[-1] == ("silent", "paused")
    async with talk.engine.begin() as connection:
        await conversations.resume(connection, talk.id)
    await talk.says("hi")
    assert (await said(talk))[-1] == "back: hat"


async def test_a_comment_is_not_the_place_to_tell_it(talk: Talk, catalogue: OwnedCatalogue) -> None:
    await wish(talk)
    await spoke(talk, timedelta(hours=25))
    await save(catalogue, hat(3))
    await talk.says("nice hat?", kind=EventKind.COMMENT)
    assert (await said(talk))[-1] == "re: nice hat?"


async def test_only_the_wished_variants_count(talk: Talk, catalogue: OwnedCatalogue) -> None:
    await wish(talk, await variant_of(catalogue, "red"))
    await save(catalogue, hat(3))
    assert len(await talk.inbox()) == 1
    await save(catalogue, hat(3, red=1))
    await talk.work()
    assert (await said(talk))[-1] == "back: hat"


async def test_the_return_of_another_colour_tells_nobody_and_ends_no_wish(
    talk: Talk, catalogue: OwnedCatalogue
) -> None:
    await wish(talk, await variant_of(catalogue, "blue"))
    await save(catalogue, hat(0, red=3))
    assert len(await talk.inbox()) == 1
    await talk.says("hi")
    assert await said(talk) == ["noted", "re: hi"]
    await save(catalogue, hat(1, red=3))
    await talk.work()
    assert (await said(talk))[-1] == "back: hat"


async def test_who_wished_for_one_colour_and_then_another_waits_for_both(
    talk: Talk, catalogue: OwnedCatalogue
) -> None:
    for color in ("blue", "red"):
        await wish(talk, await variant_of(catalogue, color))
    await save(catalogue, hat(3))
    await talk.work()
    assert (await said(talk))[-1] == "back: hat"


async def test_two_wishes_for_one_product_in_one_reply_are_kept_as_one(
    talk: Talk, catalogue: OwnedCatalogue
) -> None:
    red = await variant_of(catalogue, "red")
    await wish(talk, red, more=(RestockWish(product_id="hat", variant_ids=(red, "gone")),))
    assert (await select(talk.engine, "variant_ids FROM restock_wishes"))[0].variant_ids == sorted(
        ["gone", red]
    )


async def test_more_of_what_was_there_already_is_no_news(talk: Talk, catalogue: OwnedCatalogue) -> None:
    await save(catalogue, hat(1))
    await wish(talk)
    await save(catalogue, hat(9))
    assert len(await talk.inbox()) == 1


async def test_only_who_waits_is_told(talk: Talk, catalogue: OwnedCatalogue, engine: AsyncEngine) -> None:
    await wish(talk)
    await arrive(engine, event("hello", customer="c2"))
    await save(catalogue, hat(3))
    waiting = await select(engine, "conversation_id FROM inbox WHERE kind = 'restock'")
    assert [row.conversation_id for row in waiting] == [talk.id]


async def test_a_change_that_is_not_kept_tells_nobody(
    talk: Talk, catalogue: OwnedCatalogue, tmp_path: Path
) -> None:
    await wish(talk)
    # Another actor takes the shop over: this one may write no more.
    await OwnedCatalogue.open(
        engine=talk.engine,
        merchant_id="m1",
        actor="catalog-0",
        embedder=CountingEmbedder(),
        queries=QueryVectors(CountingEmbedder(), time.monotonic),
        folder=tmp_path,
    )
    with pytest.raises(Exception, match="taken over"):
        await save(catalogue, hat(3))
    assert len(await talk.inbox()) == 1
    assert len(await select(talk.engine, "id FROM restock_wishes")) == 1
