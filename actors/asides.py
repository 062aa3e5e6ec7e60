"""Events of a conversation that are no message to answer: edits, unsent messages, echoes, opened links.

An echo is a message the account itself sent. Ours are known by their id. One that matches nothing
may have overtaken the answer to our own send, so it waits while a part is in flight; what then
still matches nothing was typed by a person, and the assistant steps back.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.message import EventKind, InboundEvent, Role
from models.turn import PartType
from store import amendments, conversations, inbox, origins, outbox
from store.conversations import Said
from store.inbox import Waiting
from store.origins import InFlight

# Longer than a send can take: after this its outcome is unknown, however it ended.
SEND_LIMIT = timedelta(seconds=10)
RECHECK_S = 0.5

# What somebody sends from the app is never taken for cards of ours.
PERSONS_OWN = ("image", "video", "audio")

RESUME_COMMAND = "#bot on"
PAUSE_COMMAND = "#bot off"


class Asides:
    def __init__(self, conversation_id: int, engine: AsyncEngine, pause: timedelta) -> None:
        self._id = conversation_id
        self._engine = engine
        self._pause = pause

    async def settle(
        self, waiting: Sequence[Waiting], settled: Callable[[Sequence[int]], None]
    ) -> list[Waiting]:
        """Deal with what can be dealt with. What is held comes back: look again after RECHECK_S."""
        held = []
        for item in waiting:
            async with self._engine.begin() as connection:
                done = await self._settle_one(connection, item)
            if done:
                settled([item.seq])
            else:
                held.append(item)
        return held

    async def _settle_one(self, connection: AsyncConnection, item: Waiting) -> bool:
        event = item.event
        if event.kind is EventKind.ECHO:
            return await self._echo(connection, item)
        if event.kind is EventKind.REFERRAL:
            # A link was opened and nothing said yet: what comes next is about what it shows.
            if item.product_ids:
                await conversations.focus(connection, self._id, item.product_ids, event.at)
        elif event.message_id is not None:
            if event.kind is EventKind.EDIT:
                await amendments.amend(connection, self._id, event.message_id)
            else:
                await amendments.withdraw(connection, self._id, event.message_id)
            # A turn in the making has read the message as it was.
            await conversations.touch(connection, self._id)
        await inbox.settle(connection, [item.seq], "recorded", reason=event.kind.value)
        return True

    async def _echo(self, connection: AsyncConnection, item: Waiting) -> bool:
        message_id, cards = item.event.message_id or "", _may_be_cards(item.event)
        origin = await origins.find(connection, self._id, message_id, item.event.text.strip(), cards=cards)
        flight = None if origin.ours else origin.flight
        if flight and not _outcome_unknown(flight):
            return False
        arrived = flight if flight and _same(flight, item.event) else None
        if arrived:
            await outbox.sent(connection, {arrived.id: message_id})
        if origin.ours or arrived or origin.repeated:
            await inbox.settle(connection, [item.seq], "silent", reason="own_echo")
        else:
            await self._person(connection, item)
        return True

    async def _person(self, connection: AsyncConnection, item: Waiting) -> None:
        """Somebody answered in the app, or gave the assistant a command there."""
        event = item.event
        conversation = await conversations.get(connection, self._id)
        command = event.text.strip().lower()
        # Order is never promised: what a person did after this counts.
        if not await inbox.person_answered_after(connection, self._id, event.at):
            await self._step_aside(connection, event, back=command == RESUME_COMMAND)
        if command not in (RESUME_COMMAND, PAUSE_COMMAND):
            said = Said(
                role=Role.PERSON,
                text=event.said,
                at=event.at,
                inbox_seq=item.seq,
                provider_id=event.message_id,
            )
            await conversations.record(connection, conversation.key.merchant_id, self._id, [said])
        await inbox.settle(connection, [item.seq], "recorded", reason="person_answered")

    async def _step_aside(self, connection: AsyncConnection, event: InboundEvent, *, back: bool) -> None:
        """For so long since the person answered, which may have been reported late."""
        until = event.at + await conversations.pause_of(connection, self._id, self._pause)
        if back:
            await conversations.resume(connection, self._id)
        elif until > datetime.now(UTC):
            await conversations.pause(connection, self._id, until, conversations.PERSON_ANSWERED)


def _outcome_unknown(flight: InFlight) -> bool:
    return flight.unknown or datetime.now(UTC) - flight.sending_at > SEND_LIMIT


def _same(flight: InFlight, event: InboundEvent) -> bool:
    """By kind and text: cards come back as an attachment without our text."""
    if flight.part.type is PartType.CARDS:
        return _may_be_cards(event)
    return event.text.strip() == flight.part.text.strip()


def _may_be_cards(event: InboundEvent) -> bool:
    return any(attachment.type not in PERSONS_OWN for attachment in event.attachments)
