"""ConversationActor: a fixed number of named shards; a customer hashes to one.

Many customers at once, each one's turns strictly one after another. All truth is in the tables:
the actor may die at any instruction, its sweep finds what was waiting.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from weakref import WeakValueDictionary

import ray
from ray import serve
from ray.exceptions import RayError
from sqlalchemy.ext.asyncio import AsyncConnection

import logs
from actors import agent, person
from actors.announcing import Announcer
from actors.batch import next_batch, turn_id
from actors.fits import fits
from actors.grouped_turns import GroupedTurns
from actors.mailbox import Mailbox, Surroundings, Traces
from actors.metrics.process import instruments
from actors.metrics.turns import TurnMetrics
from actors.placement import Directory
from actors.places import Places
from agent.interim import still_looking
from models.message import ConversationKey
from models.turn import Reply, Turn
from settings import settings
from store import conversations, inbox
from store.database import autocommit, connect
from version import version

log = logging.getLogger(__name__)

# For so long a person's answer in the app may go unnoticed; no turn ends over it meanwhile.
SWEEP_S = 1.0
AGENT_RETRY_S = (0.2, 0.5, 1.0, 2.0)
AGENT_ATTEMPTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The turn that takes an event. Not `finished`: it is still being worked on."""

    turn_id: str
    finished: bool


@ray.remote
class ConversationActor:
    def __init__(self, shard: int, directory: Directory, application: str) -> None:
        """`application` is the Serve application that the agent belongs to."""
        configuration = settings()
        logs.configure(configuration.log_level, configuration.log_format)
        self._shard = shard
        self._directory = directory
        self._application = application
        self._version = version(configuration)
        self._engine = connect(configuration.require_database_url)
        self._announcer = Announcer(directory)
        self._around = Surroundings(
            engine=self._engine,
            turns=GroupedTurns(self._engine),
            metrics=TurnMetrics(instruments("conversation")),
            traces=_traces(configuration.otel_exporter_otlp_endpoint),
            answer=self._answer,
            still_looking=still_looking,
            announce=self._announcer.announce,
            show_typing=self._show_typing,
            fits=fits(configuration.public_url),
            quiet=timedelta(seconds=configuration.burst_quiet_seconds),
            pause=timedelta(hours=configuration.pause_hours),
        )
        self._agent: Any = None
        self._places = Places(self._engine)
        self._mailboxes: dict[int, Mailbox] = {}
        self._working: set[asyncio.Task[None]] = set()
        # Kept by those who wait.
        self._awaited: WeakValueDictionary[int, asyncio.Event] = WeakValueDictionary()
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())

    async def version(self) -> str:
        return version(settings())

    async def notify(self, conversation_ids: Sequence[int]) -> None:
        """Something may be waiting for them. Losing this call only costs the time to the next sweep."""
        for conversation_id in conversation_ids:
            mailbox = self._mailboxes.get(conversation_id)
            if mailbox is None:
                mailbox = self._mailboxes[conversation_id] = Mailbox(conversation_id, self._around)
                task = asyncio.get_running_loop().create_task(self._work(conversation_id, mailbox))
                self._working.add(task)
                task.add_done_callback(self._working.discard)
            else:
                mailbox.nudge()

    async def _work(self, conversation_id: int, mailbox: Mailbox) -> None:
        try:
            await mailbox.work(self._settled)
        except Exception:
            # Nothing was kept, so nothing is lost: the sweep begins again.
            log.exception("conversation %s stopped; it is taken up again", conversation_id)
        finally:
            del self._mailboxes[conversation_id]

    async def _sweep(self) -> None:
        while True:
            try:
                async with autocommit(self._engine) as connection:
                    waiting = await inbox.conversations_waiting(
                        connection, self._shard, self._directory.conversation_shards
                    )
                await self.notify(waiting)
            except Exception:
                log.exception("the sweep failed; it is tried again")
            await asyncio.sleep(SWEEP_S)

    def _settled(self, seqs: Sequence[int]) -> None:
        for seq in seqs:
            if awaited := self._awaited.get(seq):
                awaited.set()

    async def wait(self, conversation_id: int, seq: int, timeout_s: float) -> Answered:
        """When this event has been answered, or the time is up."""
        awaited = self._awaited.setdefault(seq, asyncio.Event())
        await self.notify([conversation_id])
        try:
            async with asyncio.timeout(timeout_s):
                while (turn := await self._turn_of(seq)) is None:
                    await awaited.wait()
        except TimeoutError:
            async with autocommit(self._engine) as connection:
                batch = next_batch(await inbox.waiting(connection, conversation_id))
            return Answered(turn_id=turn_id(batch) if batch else f"turn-{seq}", finished=False)
        return Answered(turn_id=turn, finished=True)

    async def _turn_of(self, seq: int) -> str | None:
        """None while it waits."""
        async with autocommit(self._engine) as connection:
            return await inbox.turn_of(connection, seq)

    async def pause(self, conversation_id: int, reason: str) -> None:
        async with self._engine.begin() as connection:
            until = datetime.now(UTC) + await self._pause(connection, conversation_id)
            await conversations.pause(connection, conversation_id, until, reason)

    async def resume(self, conversation_id: int) -> None:
        async with self._engine.begin() as connection:
            await conversations.resume(connection, conversation_id)

    async def reset(self, conversation_id: int) -> None:
        async with self._engine.begin() as connection:
            await conversations.forget(connection, conversation_id, datetime.now(UTC))

    async def say(self, conversation_id: int, text: str) -> None:
        """A person answers from here. Conflict when it could not be delivered any more."""
        around = self._around
        async with self._engine.begin() as connection:
            merchant_id = await person.say(
                connection, conversation_id, text, fits=around.fits, usual_pause=around.pause
            )
        self._announcer.announce(merchant_id)

    async def _pause(self, connection: AsyncConnection, conversation_id: int) -> timedelta:
        return await conversations.pause_of(connection, conversation_id, self._around.pause)

    async def draft(self, turn: Turn) -> Reply:
        """What the agent would answer. Nothing is kept and nothing is sent."""
        return await self._answer(turn)

    async def _answer(self, turn: Turn) -> Reply:
        """A turn has no effect before it is kept, so it is simply asked again when a replica dies.

        Or when it is of another version, while a new one takes over.
        """
        if self._agent is None:
            # Looked up on first use: the application may start after this actor.
            self._agent = serve.get_deployment_handle(agent.NAME, self._application)
        for attempt in range(AGENT_ATTEMPTS):
            catalog = await self._places.of(turn.merchant.id)
            try:
                return cast(Reply, await self._agent.answer.remote(turn, catalog, self._version))
            except RayError:
                log.warning("turn %s: the agent went away, asking again", turn.id, exc_info=True)
                self._places.forget(turn.merchant.id)
                await asyncio.sleep(AGENT_RETRY_S[min(attempt, len(AGENT_RETRY_S) - 1)])
        raise RuntimeError("the agent stayed away")

    def _show_typing(self, key: ConversationKey) -> None:
        self._directory.delivery(key.merchant_id).show_typing.remote(key)


def _traces(endpoint: str | None) -> Traces | None:
    if endpoint is None:
        return None
    # Half a second of imports, for those alone who keep traces.
    from actors.metrics.traces import traces  # noqa: PLC0415

    return traces(endpoint)
