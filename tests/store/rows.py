"""Shops, events and replies in one line each; and what the tables then hold."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from models.message import EventKind, InboundEvent, Role
from models.search import NO_FILTERS
from models.turn import Handover, Intent, Memory, Part, PartType, Reply, RestockWish, Turn
from store import accounts, conversations, endings, inbox, merchants, outbox
from store.conversations import Said
from store.endings import Finished, Outcome
from store.inbox import Taken

CHANNEL = "instagram"
CUSTOMER = "990000000000001"
NOW = datetime.now(UTC)
SOON = NOW + timedelta(hours=1)
_numbers = itertools.count(1)


def account_of(merchant_id: str) -> str:
    return f"account-of-{merchant_id}"


async def open_shop(engine: AsyncEngine, merchant_id: str = "m1", token: bytes = b"sealed") -> Merchant:
    """With a connected account and a place for its catalogue."""
    merchant = Merchant(id=merchant_id, name="Linden & Lark", currency="EUR")
    async with engine.begin() as connection:
        await merchants.create(connection, merchant, "catalog-0")
        await accounts.connect(
            connection,
            merchant_id=merchant_id,
            channel=CHANNEL,
            account_id=account_of(merchant_id),
            sealed_token=token,
        )
    return merchant


def event(text: str = "", kind: EventKind = EventKind.MESSAGE, **rest: Any) -> InboundEvent:
    """`merchant` and `customer` say between whom; everything else as in the model."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "channel": CHANNEL,
        "account_id": account_of(rest.pop("merchant", "m1")),
        "customer_id": rest.pop("customer", "c1"),
        "key": f"key-{number}",
        "message_id": f"mid-{number}",
        "at": datetime.now(UTC),
    }
    return InboundEvent(kind=kind, text=text, **{**values, **rest})


async def arrive(engine: AsyncEngine, *events: InboundEvent) -> list[Taken]:
    async with engine.begin() as connection:
        return await inbox.route(connection, CHANNEL, events)


async def conversation_of(engine: AsyncEngine, customer: str = "c1", merchant: str = "m1") -> int:
    """Its id; it begins with a message that waits."""
    return (await arrive(engine, event("hello", customer=customer, merchant=merchant)))[0].conversation_id


def part(text: str) -> Part:
    return Part(type=PartType.TEXT, text=text)


def reply(
    *texts: str,
    memory: Memory | None = None,
    handover: str | None = None,
    wishes: Sequence[RestockWish] = (),
    cost: int = 0,
) -> Reply:
    return Reply(
        parts=tuple(part(each) for each in texts),
        cards=(),
        intent=Intent.GENERAL_QUESTION,
        confidence=1.0,
        filters=NO_FILTERS,
        memory=memory or Memory(),
        rung="rules",
        handover=Handover(reason=handover) if handover else None,
        restock_wishes=tuple(wishes),
        cost_microdollars=cost,
    )


async def queue(engine: AsyncEngine, conversation_id: int, *texts: str, **rest: Any) -> None:
    """Parts of the assistant, to be sent."""
    values: dict[str, Any] = {"execution_id": "turn-0", "expires_at": SOON, **rest}
    async with engine.begin() as connection:
        await outbox.put(connection, "m1", conversation_id, [part(each) for each in texts], **values)


async def ready(engine: AsyncEngine, conversation_id: int, answer: Reply | None) -> Finished:
    """A turn over all that waits, read now, kept by nobody yet."""
    async with engine.begin() as connection:
        conversation = await conversations.get(connection, conversation_id)
        waiting = await inbox.waiting(connection, conversation_id)
        merchant = await merchants.get(connection, conversation.key.merchant_id)
    turn = Turn(
        id=f"turn-{waiting[0].seq}",
        merchant=merchant,
        channel=CHANNEL,
        surface="dm",
        text="",
        memory=conversation.memory,
        now=NOW,
    )
    return Finished(
        turn=turn,
        conversation=conversation,
        seqs=tuple(item.seq for item in waiting),
        seen=tuple(item.seq for item in waiting),
        said=(),
        reply=answer,
        memory=answer.memory if answer else turn.memory,
        cost_microdollars=answer.cost_microdollars if answer else 0,
        silence=None if answer else "paused",
        last_customer_at=NOW,
        expires_at=SOON,
        comment_id=None,
        pause_until=SOON,
        delivered_by_answer=False,
        may_restart=True,
    )


async def turn(
    engine: AsyncEngine,
    words: str,
    answer: Reply | None,
    kind: EventKind = EventKind.MESSAGE,
    **rest: Any,
) -> Finished:
    """A customer says something, and this is what becomes of it. No answer: the assistant is paused."""
    asked = event(words, kind, **rest)
    (taken,) = await arrive(engine, asked)
    finished = await ready(engine, taken.conversation_id, answer)
    heard = Said(
        role=Role.CUSTOMER, text=asked.said, at=asked.at, inbox_seq=taken.seq, provider_id=asked.message_id
    )
    told = [Said(role=Role.ASSISTANT, text=one.text, at=NOW) for one in (answer.parts if answer else ())]
    finished = replace(
        finished,
        said=[heard, *told],
        comment_id=asked.message_id if kind is EventKind.COMMENT else None,
        customer_name=asked.username,
    )
    assert await commit(engine, finished) is Outcome.COMMITTED
    return finished


async def commit(engine: AsyncEngine, finished: Finished, *, may_restart: bool = True) -> Outcome:
    async with engine.connect() as connection:
        (kept,) = await endings.commit(connection, [replace(finished, may_restart=may_restart)])
        if kept.outcome is Outcome.COMMITTED:
            await connection.commit()
    return kept.outcome


async def select(engine: AsyncEngine, sql: str) -> Sequence[Row[Any]]:
    async with engine.begin() as connection:
        return (await connection.execute(text(f"SELECT {sql}"))).all()


async def end_of_part(engine: AsyncEngine) -> tuple[str, str | None]:
    """Status and reason of the first part."""
    return tuple((await select(engine, "status, reason FROM outbox ORDER BY id"))[0])
