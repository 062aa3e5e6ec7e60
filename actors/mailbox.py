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

import logs
from actors.asides import RECHECK_S, Asides
from actors.batch import is_message, make_turn, next_batch, why_silent
from actors.budget import warn_of_budget
from actors.fits import Fit
from actors.grouped_turns import GroupedTurns
from actors.metrics.turns import TurnMetrics
from actors.windows import MESSAGE_WINDOW, window
from agent.summary import fold
from channels import simulator
from models.merchant import Merchant
from models.message import ConversationKey, EventKind, Role
from models.turn import Memory, Part, Reply, Turn
from store import endings
from store.conversations import HISTORY, Said
from store.database import autocommit
from store.endings import Finished, Kept, Outcome
from store.inbox import Waiting
from store.turns import Start

log = logging.getLogger(__name__)

# A burst is waited for no longer than this, counted from its oldest message.
BURST_LIMIT = timedelta(seconds=4)
# Nor is an answer begun again after this.
RESTART_LIMIT = timedelta(seconds=8)
# Who waits longer for an answer sees that one is being typed.
TYPING_AFTER = timedelta(seconds=0.7)
# Who has waited so long for an answer is told that it is being made.
STILL_LOOKING_AFTER = timedelta(seconds=6)


class Traces(Protocol):
    """Who keeps traces of turns."""

    def kept(self, turn: Turn, customer_id: str, reply: Reply, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every mailbox of a shard works with. `fits` by channel."""

    engine: AsyncEngine
    turns: GroupedTurns
    metrics: TurnMetrics
    answer: Callable[[Turn], Awaitable[Reply]]
    still_looking: Callable[[Turn], Part]
    announce: Callable[[str], None]  # tell the delivery that this merchant has something to send
    show_typing: Callable[[ConversationKey], None]
    fits: Mapping[str, Fit]
    quiet: timedelta
    pause: timedelta
    traces: Traces | None = None
    still_looking_after: timedelta = STILL_LOOKING_AFTER
    typing_after: timedelta = TYPING_AFTER


class Mailbox:
    def __init__(self, conversation_id: int, around: Surroundings) -> None:
        self._id = conversation_id
        self._around = around
        self._asides = Asides(conversation_id, around.engine, around.pause)
        self._news = asyncio.Event()
        # Of the turn in the making: since when it is, and what models cost for answers that were discarded.
        self._answering_since: datetime | None = None
        self._discarded_microdollars = 0

    def nudge(self) -> None:
        """Something may have come in."""
        self._news.set()

    async def work(self, settled: Callable[[Sequence[int]], None]) -> None:
        """Until nothing waits. `settled` hears the inbox numbers that left."""
        restarted = False
        while True:
            self._news.clear()
            start = await self._around.turns.read(self._id)
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
            kept = await self._turn(start, batch, may_restart=not restarted)
            restarted = restarted or kept.outcome is Outcome.NEWER
            if kept.outcome is Outcome.COMMITTED:
                restarted = False
                settled([item.seq for item in batch])
                if not kept.more and not self._news.is_set():
                    return

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

    async def _turn(self, start: Start, batch: Sequence[Waiting], *, may_restart: bool) -> Kept:
        now = datetime.now(UTC)
        turn = make_turn(start, batch, now)
        key = start.conversation.key
        with logs.about(
            merchant=key.merchant_id, customer=logs.customer(key.merchant_id, key.customer_id), turn=turn.id
        ):
            return await self._taken(turn, start, batch, now, may_restart=may_restart)

    async def _taken(
        self, turn: Turn, start: Start, batch: Sequence[Waiting], now: datetime, *, may_restart: bool
    ) -> Kept:
        self._answering_since = self._answering_since or now
        silence = why_silent(start, batch, now)
        reply = None if silence else await self._answer(turn, start, batch)
        finished = self._finished(turn, start, batch, reply, silence, may_restart=may_restart)
        kept = await self._around.turns.commit(finished)
        if kept.outcome is not Outcome.COMMITTED:
            self._discarded_microdollars = finished.cost_microdollars
            self._around.metrics.begun_again(reply)
            return kept
        heard_at = max(item.received_at for item in batch)
        done_at = datetime.now(UTC)
        self._around.metrics.kept(reply, finished.silence, heard_at, done_at)
        if reply is not None and self._around.traces is not None:
            self._around.traces.kept(turn, start.conversation.key.customer_id, reply, done_at)
        self._answering_since, self._discarded_microdollars = None, 0
        if finished.cost_microdollars:
            warn_of_budget(turn.merchant, kept.spent_microdollars, finished.cost_microdollars)
        if reply and reply.parts and not finished.delivered_by_answer:
            self._around.announce(turn.merchant.id)
        return kept

    async def _answer(self, turn: Turn, start: Start, batch: Sequence[Waiting]) -> Reply:
        """Who waits for it in a chat sees that it is typed, and is told once when it takes long."""
        if turn.surface != "dm" or turn.channel == simulator.NAME:
            return await self._around.answer(turn)
        # A timer costs nothing where the answer is there at once.
        wait_s = self._around.typing_after.total_seconds()
        show = self._around.show_typing
        typing = asyncio.get_running_loop().call_later(wait_s, show, start.conversation.key)
        answering = asyncio.ensure_future(self._around.answer(turn))
        try:
            due = (self._answering_since or turn.now) + self._around.still_looking_after
            left = max(0.0, (due - datetime.now(UTC)).total_seconds())
            done, _ = await asyncio.wait({answering}, timeout=left)
            if not done:
                await self._say_meanwhile(turn, start, batch)
            return await answering
        finally:
            typing.cancel()
            answering.cancel()

    async def _say_meanwhile(self, turn: Turn, start: Start, batch: Sequence[Waiting]) -> None:
        expires_at = max(item.event.at for item in batch) + MESSAGE_WINDOW
        try:
            # In a thread: the first one loads the languages.
            part = await asyncio.to_thread(self._around.still_looking, turn)
            async with autocommit(self._around.engine) as connection:
                goes_out = await endings.say_meanwhile(
                    connection, start.conversation, turn.id, part, expires_at
                )
        except Exception:
            # The answer is what counts.
            log.exception("turn %s: the customer could not be told to wait", turn.id)
            return
        if goes_out:
            self._around.announce(turn.merchant.id)

    def _finished(
        self,
        turn: Turn,
        start: Start,
        batch: Sequence[Waiting],
        reply: Reply | None,
        silence: str | None,
        *,
        may_restart: bool,
    ) -> Finished:
        conversation = start.conversation
        comment = batch[0].event if batch[0].event.kind is EventKind.COMMENT else None
        heard_at = [item.event.at for item in batch if item.event.kind is not EventKind.RESTOCK]
        newest_at = max(heard_at, default=conversation.last_customer_at or turn.now)
        if reply:
            fit = self._around.fits[conversation.key.channel]
            reply = replace(reply, parts=fit(reply.parts, comment=comment is not None))
        said = [*_heard(batch, turn.id), *_answered(reply, turn.id)]
        cost = reply.cost_microdollars if reply else 0
        waited = datetime.now(UTC) - min(item.received_at for item in batch)
        return Finished(
            turn=turn,
            conversation=conversation,
            seqs=tuple(item.seq for item in batch),
            seen=tuple(item.seq for item in start.waiting),
            said=said,
            reply=reply,
            memory=_remembered(turn, reply, said),
            cost_microdollars=self._discarded_microdollars + cost,
            silence=reply.silence if reply else silence,
            last_customer_at=newest_at if heard_at and not comment else None,
            expires_at=newest_at + window(batch[0].event),
            comment_id=comment.message_id if comment else None,
            pause_until=datetime.now(UTC) + self._pause_of(turn.merchant),
            delivered_by_answer=conversation.key.channel == simulator.NAME,
            may_restart=may_restart and turn.surface == "dm" and waited < RESTART_LIMIT,
            customer_name=next(
                (item.event.username for item in reversed(batch) if item.event.username), None
            ),
        )

    def _pause_of(self, merchant: Merchant) -> timedelta:
        hours = merchant.handover.pause_hours
        return self._around.pause if hours is None else timedelta(hours=hours)


def _remembered(turn: Turn, reply: Reply | None, said: Sequence[Said]) -> Memory:
    """The memory after the turn; what its messages push out of the history goes into the summary."""
    memory = reply.memory if reply else turn.memory
    if memory.since != turn.memory.since:
        return memory  # the customer has started over
    leaving = [*turn.history, *(line.message for line in said)][:-HISTORY]
    return replace(memory, summary=fold(memory.summary, leaving)) if leaving else memory


def _heard(batch: Sequence[Waiting], execution_id: str) -> list[Said]:
    return [
        Said(
            role=Role.CUSTOMER,
            text=item.event.said,
            at=item.event.at,
            inbox_seq=item.seq,
            provider_id=item.event.message_id,
            execution_id=execution_id,
        )
        for item in batch
        if item.event.kind is not EventKind.RESTOCK
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
