"""Takes one part to its channel and records how it ended."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import logs
from actors.grouping import Grouped
from actors.metrics.deliveries import DeliveryMetrics
from actors.metrics.instruments import Unheard
from actors.tracked_links import TrackedLinks
from channels.channel import Channel, Destination
from channels.circuit import Circuit
from channels.errors import (
    AccountStopped,
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    SendError,
    TokenInvalid,
    Transient,
)
from channels.pace import Pace, Rate
from models.message import ConversationKey
from store import accounts, outbox
from store.database import autocommit, insist
from store.outbox import ROOM, Delivery, Lane
from store.vault import Expired

log = logging.getLogger(__name__)

# The claim looked whether a person had stepped in; after this long it is looked again.
WAITED_S = 0.2
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 30.0
# With the waits above about a quarter of an hour. Only a part that fails while others of its account
# get through is given up; an outage is waited out as long as the window is open.
TRANSIENT_ATTEMPTS = 34
# How many parts' ends one statement records.
RECORDED_AT_ONCE = 200
# A limit that lasts as long as this is a block, and told as one.
LONG_BLOCK_S = 3600.0


class Courier:
    def __init__(
        self,
        *,
        engine: AsyncEngine,
        channels: Mapping[str, Channel],
        open_token: Callable[[bytes], str],
        monotonic: Callable[[], float],
        links: TrackedLinks | None = None,
        metrics: DeliveryMetrics | None = None,
    ) -> None:
        """Without `links` those of a reply lead straight to the shop."""
        self._engine = engine
        self._channels = channels
        self._open_token = open_token
        self._monotonic = monotonic
        self._links = links
        self._metrics = metrics or DeliveryMetrics(Unheard())
        # One pace for each account and rate; a new account adds one, there are never many.
        self._paces: dict[tuple[str, str, Rate], Pace] = {}
        self._circuits: dict[tuple[str, str], Circuit] = {}
        self._held: dict[int, Lane] = {}
        self._sent = Grouped[tuple[int, str], None](self._record_sent, most=RECORDED_AT_ONCE)

    @property
    def held(self) -> tuple[int, ...]:
        """The parts it is about to send, however long a rate limit makes them wait."""
        return tuple(self._held)

    async def take(self, merchants: Sequence[str]) -> list[Delivery]:
        """What may leave now, to be given to `send`. Of an account whose circuit is open at most one part."""
        async with autocommit(self._engine) as connection:
            claimed = await outbox.claim(connection, merchants, self._rooms())
        # A private reply is a poor try: one whose outcome stays unknown is never sent.
        for delivery in sorted(claimed, key=lambda each: each.comment_id is not None):
            circuit = self._circuit(delivery.key)
            if circuit.wants_one:
                circuit.let_try(delivery.id)
        return claimed

    def _rooms(self) -> dict[Lane, int]:
        """Of every lane that may not have as much as any."""
        rooms = {lane: ROOM - number for lane, number in Counter(self._held.values()).items()}
        for (channel, account_id), circuit in self._circuits.items():
            if not circuit.closed:
                for comments in (False, True):
                    lane = Lane(channel=channel, account_id=account_id, comments=comments)
                    rooms[lane] = int(circuit.wants_one)
        return rooms

    async def send(self, delivery: Delivery) -> None:
        """Never raises for what the channel says, only for what the database does."""
        self._held[delivery.id] = Lane(
            channel=delivery.key.channel,
            account_id=delivery.key.account_id,
            comments=delivery.comment_id is not None,
        )
        try:
            with _about(delivery):
                await self._send(delivery)
        finally:
            self._held.pop(delivery.id, None)
            self._circuit(delivery.key).ended(delivery.id)

    async def show_typing(self, key: ConversationKey) -> None:
        """The message was seen, an answer is on its way. Where that cannot be said nothing happens."""
        channel = self._channels[key.channel]
        if not self._circuit(key).closed:
            return
        async with autocommit(self._engine) as connection:
            sealed_token = await accounts.token_of(connection, key.channel, key.account_id)
        if sealed_token:
            with suppress(Expired):
                token = self._open_token(sealed_token)
                await channel.show_typing(
                    Destination(account_id=key.account_id, token=token, customer_id=key.customer_id)
                )

    async def _send(self, delivery: Delivery) -> None:
        if delivery.expires_at <= datetime.now(UTC):
            await self._record_failure(delivery, "outside_window")
            return
        channel, claimed_at = self._channels[delivery.key.channel], self._monotonic()
        try:
            destination = self._destination(delivery)
            part = await self._links.put_into(delivery) if self._links else delivery.part
            pace = self._pace(delivery, channel.rate(destination, delivery.part))
            if not await self._may_leave(delivery, pace, claimed_at):
                return
            message_id = await channel.send(destination, part)
        except SendError as error:
            await self._failed(delivery, error)
        else:
            self._circuit(delivery.key).worked(delivery.id, rest_s=channel.rest_s(destination))
            await self._sent.call((delivery.id, message_id))
            self._metrics.sent(delivery.key.channel)

    async def _record_sent(self, sent: Sequence[tuple[int, str]]) -> list[None]:
        async def record() -> None:
            async with autocommit(self._engine) as connection:
                await outbox.sent(connection, dict(sent))

        await insist(record)
        return [None] * len(sent)

    async def _may_leave(self, delivery: Delivery, pace: Pace, claimed_at: float) -> bool:
        """Wait for its turn. False when its account has to wait, or a person has stepped in."""
        circuit = self._circuit(delivery.key)
        async with pace.queue:
            if circuit.admits(delivery.id):
                await pace.due()
            if not circuit.admits(delivery.id):
                await self._give_back(delivery)
                return False
            if self._monotonic() - claimed_at > WAITED_S and not await self._departs(delivery):
                return False
            pace.take()
        return True

    async def _departs(self, delivery: Delivery) -> bool:
        async with autocommit(self._engine) as connection:
            return await outbox.depart(connection, delivery)

    async def _give_back(self, delivery: Delivery) -> None:
        async with autocommit(self._engine) as connection:
            await outbox.give_back(connection, delivery)
            await outbox.give_way(connection, [delivery.key.merchant_id])

    def _destination(self, delivery: Delivery) -> Destination:
        try:
            token = self._open_token(delivery.sealed_token) if delivery.sealed_token else ""
        except Expired as error:
            raise TokenInvalid("sealed with none of our keys") from error
        return Destination(
            account_id=delivery.key.account_id,
            token=token,
            customer_id=delivery.key.customer_id,
            comment_id=delivery.comment_id,
            late=delivery.late,
        )

    async def _failed(self, delivery: Delivery, error: SendError) -> None:
        # A stopped account or a long block needs a person; the rest passes by itself.
        level = logging.ERROR if _needs_a_person(error) else logging.INFO
        log.log(level, "part %s of %s: %s", delivery.id, delivery.key.merchant_id, error)
        self._metrics.refused(delivery.key.channel, error.reason)
        circuit = self._circuit(delivery.key)
        if isinstance(error, RateLimited):
            circuit.limited(error.retry_after_s)
        elif isinstance(error, (NotSent, Transient, OutcomeUnknown)):
            circuit.failed(delivery.id, delivery.conversation_id)
        else:
            circuit.worked(delivery.id)
        await insist(partial(self._record_error, delivery, error, circuit))

    async def _record_error(self, delivery: Delivery, error: SendError, circuit: Circuit) -> None:
        async with self._engine.begin() as connection:
            if isinstance(error, AccountStopped):
                await accounts.park(
                    connection,
                    delivery.key.channel,
                    delivery.key.account_id,
                    error.reason,
                    sealed_token=delivery.sealed_token,
                )
            if isinstance(error, OutcomeUnknown):
                # Even where it may not be sent again: its echo must not pass for a person.
                await outbox.unknown(connection, delivery, error.reason)
            elif not error.again or _given_up(delivery, error, circuit):
                await self._fail(connection, delivery, error.reason)
            else:
                delay_s = _delay(delivery, error, circuit)
                await outbox.retry(connection, delivery, error.reason, delay_s)
                await outbox.give_way(connection, [delivery.key.merchant_id])

    async def _record_failure(self, delivery: Delivery, reason: str) -> None:
        async with self._engine.begin() as connection:
            await self._fail(connection, delivery, reason)

    async def _fail(self, connection: AsyncConnection, delivery: Delivery, reason: str) -> None:
        await outbox.fail(connection, delivery, reason)
        self._metrics.failed(delivery.key.channel, reason)

    def _pace(self, delivery: Delivery, rate: Rate) -> Pace:
        where = (delivery.key.channel, delivery.key.account_id, rate)
        if where not in self._paces:
            self._paces[where] = Pace(rate, clock=self._monotonic)
        return self._paces[where]

    def _circuit(self, key: ConversationKey) -> Circuit:
        where = (key.channel, key.account_id)
        if where not in self._circuits:
            self._circuits[where] = Circuit(clock=self._monotonic, jitter=_jitter)
        return self._circuits[where]


def _about(delivery: Delivery) -> AbstractContextManager[None]:
    key = delivery.key
    return logs.about(
        merchant=key.merchant_id,
        customer=logs.customer(key.merchant_id, key.customer_id),
        turn=delivery.execution_id or "",
    )


def _needs_a_person(error: SendError) -> bool:
    return isinstance(error, AccountStopped | NotAllowed) or (
        isinstance(error, RateLimited) and error.retry_after_s >= LONG_BLOCK_S
    )


def _given_up(delivery: Delivery, error: SendError, circuit: Circuit) -> bool:
    return (
        isinstance(error, Transient)
        and delivery.attempts >= TRANSIENT_ATTEMPTS
        and circuit.closed
        and circuit.worked_lately
    )


def _delay(delivery: Delivery, error: SendError, circuit: Circuit) -> float:
    """Doubling, unless the circuit already sees to it that nobody calls too often."""
    if isinstance(error, RateLimited):
        return error.retry_after_s
    if not circuit.closed:
        return 0.0
    if isinstance(error, NotSent) and delivery.attempts == 1:
        return 0.1  # most often a connection that had just been closed
    doubled = FIRST_RETRY_S * float(2 ** min(delivery.attempts - 1, 10))
    return min(LONGEST_RETRY_S, doubled) * _jitter()


def _jitter() -> float:
    """So that a herd does not come back at once."""
    return random.uniform(0.8, 1.2)  # noqa: S311 - spreads, keeps no secret
