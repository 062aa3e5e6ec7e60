"""One customer's messages, answered strictly one turn after another.

A turn takes all waiting messages, after a short quiet time. It is kept in one statement that
names the version it read; until then nothing of it can be seen, so it may be repeated at any point.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.asides import RECHECK_S, Asides
from channels import simulator
from models.message import EventKind, Role
from models.turn import Memory, Part, Reply, Turn, Wish
from store import turns
from store.conversations import Said
from store.database import autocommit
from store.inbox import Waiting
from store.turns import Finished, Outcome, Start

log = logging.getLogger(__name__)

# A burst is waited for no longer than this, counted from its oldest message.
BURST_LIMIT = timedelta(seconds=4)
# Nor is an answer begun again after this.
RESTART_LIMIT = timedelta(seconds=8)
FORGET_AFTER = timedelta(hours=24)
# A customer's message opens Instagram's window for a day; a comment can be answered for a week.
MESSAGE_WINDOW = timedelta(hours=24)
COMMENT_WINDOW = timedelta(days=7)


class Fit(Protocol):
    """The parts of a reply in the sizes a channel takes."""

    def __call__(self, parts: Sequence[Part], *, comment: bool) -> tuple[Part, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every mailbox of a shard works with. `fits` by channel."""

    engine: AsyncEngine
    answer: Callable[[Turn], Awaitable[Reply]]
    announce: Callable[[str], None]  # tell the delivery that this merchant has something to send
    fits: Mapping[str, Fit]
    quiet: timedelta
    pause: timedelta


class Mailbox:
    def __init__(self, conversation_id: int, around: Surroundings) -> None:
        self._id = conversation_id
        self._around = around
        self._asides = Asides(conversation_id, around.engine, around.pause)
        self._news = asyncio.Event()

    def nudge(self) -> None:
        """Something may have come in."""
        self._news.set()

    async def work(self, settled: Callable[[Sequence[int]], None]) -> None:
        """Until nothing waits. `settled` hears the inbox numbers that left."""
        restarted = False
        while True:
            self._news.clear()
            start = await self._read()
            if not start.waiting:
                # No await from here to the end: a nudge cannot fall between.
                if self._news.is_set():
                    continue
                return
            asides = [item for item in start.waiting if not is_message(item)]
            held = await self._asides.settle(asides, settled)
            if len(held) < len(asides):
                continue  # they may have changed what was read
            batch = next_batch(start.waiting)
            if not batch:
                await self._pass_time(RECHECK_S)
                continue
            if quiet := self._quiet_left(batch):
                await self._pass_time(quiet)
                continue
            outcome = await self._turn(start, batch, may_restart=not restarted)
            restarted = restarted or outcome is Outcome.NEWER
            if outcome is Outcome.COMMITTED:
                restarted = False
                settled([item.seq for item in batch])

    async def _read(self) -> Start:
        async with autocommit(self._around.engine) as connection:
            return await turns.read(connection, self._id)

    async def _pass_time(self, seconds: float) -> None:
        """Until then, or until something comes in."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass

    def _quiet_left(self, batch: Sequence[Waiting]) -> float:
        """Seconds in which the customer may still be typing."""
        if batch[0].event.channel == simulator.NAME or batch[0].event.kind is EventKind.COMMENT:
            return 0
        arrived = [item.received_at for item in batch]
        due = min(max(arrived) + self._around.quiet, min(arrived) + BURST_LIMIT)
        return max(0.0, (due - datetime.now(UTC)).total_seconds())

    async def _turn(self, start: Start, batch: Sequence[Waiting], *, may_restart: bool) -> Outcome:
        now = datetime.now(UTC)
        turn = make_turn(start, batch, now)
        reply = None if start.conversation.paused(now) else await self._around.answer(turn)
        finished = self._finished(turn, start, batch, reply)
        oldest = min(item.received_at for item in batch)
        async with autocommit(self._around.engine) as connection:
            outcome = await turns.commit(
                connection,
                finished,
                may_restart=may_restart
                and turn.surface == "dm"
                and datetime.now(UTC) - oldest < RESTART_LIMIT,
            )
        if outcome is Outcome.COMMITTED and reply and not finished.delivered_by_answer:
            self._around.announce(turn.merchant.id)
        return outcome

    def _finished(self, turn: Turn, start: Start, batch: Sequence[Waiting], reply: Reply | None) -> Finished:
        conversation = start.conversation
        comment = batch[0].event if batch[0].event.kind is EventKind.COMMENT else None
        newest_at = max(item.event.at for item in batch)
        if reply:
            fit = self._around.fits[conversation.key.channel]
            reply = replace(reply, parts=fit(reply.parts, comment=comment is not None))
        return Finished(
            turn=turn,
            conversation=conversation,
            seqs=tuple(item.seq for item in batch),
            seen=tuple(item.seq for item in start.waiting),
            said=[*_heard(batch, turn.id), *_answered(reply, turn.id)],
            reply=reply,
            silence=None if reply else "paused",
            last_customer_at=None if comment else newest_at,
            expires_at=newest_at + (COMMENT_WINDOW if comment else MESSAGE_WINDOW),
            comment_id=comment.message_id if comment else None,
            pause_until=datetime.now(UTC) + self._around.pause,
            delivered_by_answer=conversation.key.channel == simulator.NAME,
        )


def is_message(item: Waiting) -> bool:
    """To be answered; anything else is an aside."""
    return item.event.kind in (EventKind.MESSAGE, EventKind.COMMENT)


def next_batch(waiting: Sequence[Waiting]) -> list[Waiting]:
    """The messages of the next turn: a comment by itself (it has a reply of its own), else all messages."""
    due = [item for item in waiting if is_message(item)]
    if due and due[0].event.kind is EventKind.COMMENT:
        return due[:1]
    return [item for item in due if item.event.kind is EventKind.MESSAGE]


def turn_id(batch: Sequence[Waiting]) -> str:
    """The same for the same messages, after a crash or with newer ones: it names the oldest."""
    return f"turn-{min(item.seq for item in batch)}"


def make_turn(start: Start, batch: Sequence[Waiting], now: datetime) -> Turn:
    silent_since = start.history[-1].at if start.history else now
    forgotten = now - silent_since > FORGET_AFTER
    memory = start.conversation.memory
    return Turn(
        id=turn_id(batch),
        merchant=start.merchant,
        channel=start.conversation.key.channel,
        surface="comment" if batch[0].event.kind is EventKind.COMMENT else "dm",
        text="\n".join(item.event.text for item in batch if item.event.text),
        attachments=tuple(attachment.type for item in batch for attachment in item.event.attachments),
        history=() if forgotten else start.history,
        memory=_without_context(memory) if forgotten else memory,
        now=now,
    )


def _without_context(memory: Memory) -> Memory:
    """After a day the talk starts over; what the customer likes stays."""
    return replace(memory, wish=Wish(), focus=(), summary="")


def _heard(batch: Sequence[Waiting], execution_id: str) -> list[Said]:
    return [
        Said(
            role=Role.CUSTOMER,
            text=item.event.text or " ".join(f"[{attachment.type}]" for attachment in item.event.attachments),
            at=item.event.at,
            inbox_seq=item.seq,
            provider_id=item.event.message_id,
            execution_id=execution_id,
        )
        for item in batch
    ]


def _answered(reply: Reply | None, execution_id: str) -> list[Said]:
    if reply is None:
        return []
    now = datetime.now(UTC)
    return [
        Said(
            role=Role.ASSISTANT,
            text=part.text,
            at=now,
            product_ids=tuple(card.product_id for card in part.cards),
            execution_id=execution_id,
        )
        for part in reply.parts
    ]
