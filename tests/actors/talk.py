"""A customer's conversation around a mailbox, and an agent that answers as it is told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.fits import fits
from actors.grouped_turns import GroupedTurns
from actors.mailbox import Mailbox, Surroundings
from actors.metrics.turns import TurnMetrics
from models.message import ConversationKey, EventKind
from models.turn import Reply, Turn
from store import conversations, merchants, outbox
from store.outbox import Delivery
from tests.actors.metrics.recorded import Recorded
from tests.store.rows import arrive, event, part, reply, select

PAUSE = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class Agent:
    """Answers "re: ..." and remembers. `while_answering`: what happens during each answer, in turn."""

    turns: list[Turn] = field(default_factory=list)
    while_answering: list[Callable[[], Awaitable[Any]]] = field(default_factory=list)
    reply: Reply | None = None
    busy: int = 0
    busiest: int = 0

    async def answer(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            if self.while_answering:
                await self.while_answering.pop(0)()
            else:
                await asyncio.sleep(0)
        finally:
            self.busy -= 1
        if turn.restocked:
            told = tuple(one.product_id for one in turn.restocked)
            return replace(reply(f"back: {', '.join(told)}"), told=told)
        return self.reply or reply(f"re: {turn.text}")

    @property
    def texts(self) -> list[str]:
        return [turn.text for turn in self.turns]


class Traced(list[str]):
    """The turns somebody keeps a trace of."""

    def kept(self, turn: Turn, customer_id: str, reply: Reply, now: datetime) -> None:  # noqa: ARG002
        self.append(turn.id)


@dataclass(slots=True, kw_only=True)
class Talk:
    """One customer of one shop."""

    engine: AsyncEngine
    agent: Agent
    id: int = 0
    announced: list[str] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    heard_of: asyncio.Event = field(default_factory=asyncio.Event)  # something was announced
    quiet: timedelta = timedelta(0)
    still_looking_after: timedelta = timedelta(seconds=60)
    typed: list[ConversationKey] = field(default_factory=list)
    seen_typing: asyncio.Event = field(default_factory=asyncio.Event)
    typing_after: timedelta = timedelta(hours=1)
    at_work: list[Mailbox] = field(default_factory=list)
    counted: Recorded = field(default_factory=Recorded)
    traced: Traced = field(default_factory=Traced)

    async def arrives(self, words: str = "", kind: EventKind = EventKind.MESSAGE, **rest: Any) -> int:
        """Its number in the inbox. Whoever is at work hears of it."""
        taken = (await arrive(self.engine, event(words, kind, **rest)))[0]
        self.id = taken.conversation_id
        for mailbox in self.at_work:
            mailbox.nudge()
        return taken.seq

    def show_typing(self, key: ConversationKey) -> None:
        self.typed.append(key)
        self.seen_typing.set()

    def mailbox(self) -> Mailbox:
        return Mailbox(
            self.id,
            Surroundings(
                engine=self.engine,
                metrics=TurnMetrics(self.counted),
                traces=self.traced,
                turns=GroupedTurns(self.engine),
                answer=self.agent.answer,
                still_looking=lambda turn: part(f"still looking: {turn.text}"),
                announce=self.announce,
                show_typing=self.show_typing,
                typing_after=self.typing_after,
                fits=fits("https://shop.example"),
                quiet=self.quiet,
                pause=PAUSE,
                still_looking_after=self.still_looking_after,
            ),
        )

    def announce(self, merchant_id: str) -> None:
        self.announced.append(merchant_id)
        self.heard_of.set()

    async def work(self) -> None:
        mailbox = self.mailbox()
        self.at_work.append(mailbox)
        try:
            await mailbox.work(self.settled.extend)
        finally:
            self.at_work.remove(mailbox)

    async def says(self, words: str, **rest: Any) -> int:
        """And is answered."""
        seq = await self.arrives(words, **rest)
        await self.work()
        return seq

    async def claim(self) -> Delivery:
        async with self.engine.begin() as connection:
            (delivery,) = await outbox.claim(connection, ["m1"])
        return delivery

    async def changes_shop(self, **profile: Any) -> None:
        async with self.engine.begin() as connection:
            shop = await merchants.get(connection, "m1")
            await merchants.save(connection, replace(shop, **profile))

    async def state(self) -> conversations.Conversation:
        async with self.engine.begin() as connection:
            return await conversations.get(connection, self.id)

    async def inbox(self) -> list[tuple[str, str | None]]:
        return [tuple(row) for row in await select(self.engine, "status, reason FROM inbox ORDER BY seq")]

    async def outbox(self) -> list[tuple[str, str]]:
        found = await select(self.engine, "status, body->>'text' FROM outbox ORDER BY id")
        return [tuple(row) for row in found]

    async def record(self) -> list[tuple[str, str]]:
        return [tuple(row) for row in await select(self.engine, "role, text FROM messages ORDER BY id")]

    async def a_day_passes(self) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE messages SET at = at - interval '25 hours'"))
