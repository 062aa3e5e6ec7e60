"""What is held about a customer: all of it is shown, nothing of it is left when it is erased."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import NotFound
from models.message import EventKind
from models.turn import Liking, Memory, Preferences, RestockWish
from store import (
    audit,
    customers,
    executions,
    links,
    outbox,
    restock,
    shopify_sales,
    turn_facts,
    variant_days,
)
from store.audit import Change
from store.customers import TRACES
from store.endings import Outcome
from store.inbox import Taken
from store.schema import metadata
from tests.store.rows import (
    NOW,
    arrive,
    commit,
    conversation_of,
    event,
    open_shop,
    queue,
    ready,
    reply,
    select,
)

ANNA = "990000000000001"
SECRET = "my-size-is-a-secret"


@pytest.fixture(autouse=True)
async def shops(engine: AsyncEngine) -> None:
    await open_shop(engine)
    await open_shop(engine, "m2")


async def talk(engine: AsyncEngine, customer: str = ANNA, merchant: str = "m1") -> int:
    """A customer who leaves a trace everywhere. The conversation's id."""
    (asked,) = await arrive(engine, event(SECRET, customer=customer, merchant=merchant))
    liking = Liking(value=SECRET, weight=1, at=NOW)
    remembered = Memory(preferences=Preferences(sizes=(liking,)))
    wishes = tuple(RestockWish(product_id=product_id) for product_id in ("p1", "p2"))
    outcome = await commit(
        engine,
        await ready(
            engine,
            asked.conversation_id,
            replace(reply(SECRET, memory=remembered), restock_wishes=wishes),
        ),
    )
    assert outcome is Outcome.COMMITTED
    (execution_id,) = await turns_of(engine, asked.conversation_id)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO messages (merchant_id, conversation_id, role, text, at) "
                "VALUES (:m, :c, 'customer', :text, now())"
            ),
            {"m": merchant, "c": asked.conversation_id, "text": SECRET},
        )
        await links.make(
            connection,
            merchant_id=merchant,
            conversation_id=asked.conversation_id,
            execution_id=execution_id,
            urls={"p1": "https://shop.example/p1"},
            codes={"p1": f"code-{asked.conversation_id}"},
        )
        await turn_facts.count(connection, merchant, NOW - timedelta(days=1), NOW + timedelta(days=1))
        await connection.execute(
            text("UPDATE turn_facts SET missed = ARRAY[:text], experiment = 'model', variant = 'rules'"),
            {"text": SECRET},
        )
        await variant_days.roll_up(connection, merchant, NOW.date(), ZoneInfo("UTC"))
        await restock.tell(connection, merchant, [RestockWish(product_id="p2", variant_ids=("v",))])
        await links.follow(connection, f"code-{asked.conversation_id}", click=True)
        await shopify_sales.note(
            connection,
            merchant,
            order_id=SECRET,
            code=f"code-{asked.conversation_id}",
            amount_minor=4900,
            currency="EUR",
            at=NOW,
        )
        change = Change(
            actor_kind="user",
            actor_id="u",
            actor_name="Bea",
            merchant_id=merchant,
            action="conversations.say",
            target=customer,
            fields=("text",),
        )
        await audit.record(connection, change)
    seen = event("", EventKind.READ, customer=customer, merchant=merchant, key=f"read:{customer}:m1")
    await arrive(engine, seen, event(SECRET, customer=customer, merchant=merchant))
    return asked.conversation_id


async def turns_of(engine: AsyncEngine, conversation_id: int) -> list[str]:
    rows = await select(engine, f"id FROM executions WHERE conversation_id = {conversation_id}")
    return [row.id for row in rows]


async def everything(engine: AsyncEngine) -> str:
    """All tables as one text."""
    rows = [
        str(row[0])
        for table in metadata.tables
        for row in await select(engine, f"to_jsonb(t)::text FROM {table} t")
    ]
    return "\n".join(rows)


async def erase(engine: AsyncEngine, customer: str = ANNA, merchant: str = "m1") -> None:
    async with engine.begin() as connection:
        await customers.erase(connection, merchant, customer)


async def export(engine: AsyncEngine, customer: str = ANNA, merchant: str = "m1") -> list[dict[str, Any]]:
    async with engine.begin() as connection:
        return await customers.export(connection, merchant, customer)


def test_every_table_that_names_a_conversation_says_what_erasing_makes_of_it() -> None:
    naming = {table.name for table in metadata.tables.values() if "conversation_id" in table.columns}
    assert set(TRACES) == naming


async def test_all_there_is_about_a_customer_is_shown(engine: AsyncEngine) -> None:
    await talk(engine)
    (conversation,) = await export(engine)
    assert conversation["customer_id"] == ANNA
    assert conversation["memory"]["preferences"]["sizes"][0]["value"] == SECRET
    assert all(conversation[table] for table in TRACES), conversation
    assert json.dumps(conversation).count(SECRET) >= 6


async def test_nothing_is_left_of_a_customer_who_was_erased(engine: AsyncEngine) -> None:
    await talk(engine)
    before = await everything(engine)
    assert before.count(SECRET) >= 6
    assert before.count(ANNA) >= 3
    await erase(engine)
    after = await everything(engine)
    assert SECRET not in after
    assert ANNA not in after
    with pytest.raises(NotFound):
        await export(engine)
    with pytest.raises(NotFound):
        await erase(engine)


async def test_everybody_else_stays_as_they_were(engine: AsyncEngine) -> None:
    await talk(engine)
    await talk(engine, "990000000000002")
    await talk(engine, ANNA, "m2")  # the same id at another merchant is another person
    before = [await export(engine, "990000000000002"), await export(engine, ANNA, "m2")]
    await erase(engine)
    assert [await export(engine, "990000000000002"), await export(engine, ANNA, "m2")] == before


async def test_the_counts_stay(engine: AsyncEngine) -> None:
    conversation_id = await talk(engine)
    counted = (
        "(SELECT count(*) FROM inbox), (SELECT count(*) FROM messages), (SELECT count(*) FROM clicks), "
        "(SELECT string_agg(reply->>'intent', ',') FROM executions), (SELECT count(*) FROM outbox)"
    )
    before = await select(engine, counted)
    await erase(engine)
    assert await select(engine, counted) == before
    (turn_id,) = await turns_of(engine, conversation_id)
    async with engine.begin() as connection:
        kept = await executions.get(connection, "m1", turn_id)
    assert kept.reply is not None
    assert (kept.reply.parts, kept.steps) == ((), [])


async def test_an_event_that_comes_again_after_the_erasure_is_still_known(engine: AsyncEngine) -> None:
    hello = event(SECRET, customer=ANNA)
    await arrive(engine, hello)
    await erase(engine)
    assert await arrive(engine, hello) == []
    assert SECRET not in str(await select(engine, "event::text FROM inbox"))


async def test_what_waits_is_neither_answered_nor_sent(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine, ANNA)
    await queue(engine, conversation_id, SECRET, SECRET)
    async with engine.begin() as connection:
        (claimed,) = await outbox.claim(connection, ["m1"])
    await erase(engine)
    async with engine.begin() as connection:
        await outbox.retry(connection, claimed, "provider_failed", 0)
        assert await outbox.claim(connection, ["m1"]) == []
    rows = await select(engine, "status, reason FROM outbox UNION SELECT status, reason FROM inbox")
    assert {tuple(row) for row in rows} == {("cancelled", "erased"), ("silent", "erased")}


async def test_a_turn_that_is_being_answered_is_dropped(engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine, ANNA)
    finished = await ready(engine, conversation_id, reply(SECRET))
    await erase(engine)
    assert await commit(engine, finished) is Outcome.STALE
    assert SECRET not in await everything(engine)


async def test_who_writes_again_is_a_new_customer(engine: AsyncEngine) -> None:
    before = await talk(engine)
    await erase(engine)
    (again,) = await arrive(engine, event("hello again", customer=ANNA))
    assert again.conversation_id != before
    (conversation,) = await export(engine)
    assert conversation["memory"] is None
    assert len(conversation["inbox"]) == 1


async def test_an_event_that_meets_an_erasure_is_taken_or_comes_again(engine: AsyncEngine) -> None:
    async def comes() -> list[Taken] | None:
        try:
            return await arrive(engine, event("hello", customer=ANNA))
        except IntegrityError:
            return None

    taken = 0
    for _ in range(20):
        await arrive(engine, event("hello", customer=ANNA))
        first, second, _ = await asyncio.gather(comes(), comes(), erase(engine))
        taken += 1 + len(first or ()) + len(second or ())
        refused = [first, second].count(None)
        assert len(first or ()) + len(second or ()) + refused == 2
    assert (await select(engine, "count(*) FROM inbox"))[0][0] == taken
