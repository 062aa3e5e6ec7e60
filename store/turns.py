"""A turn is one transaction: inbox, messages, memory, outbox and log, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import to_json
from models.turn import Memory, Reply, Turn
from store import conversations, executions, inbox, outbox
from store.conversations import Conversation, Said


class Outcome(Enum):
    COMMITTED = auto()
    STALE = auto()  # somebody else changed the conversation: load it again
    NEWER = auto()  # more messages came in: start over with them


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A turn that is ready to be kept. `reply` None is silence, and `silence` says why."""

    turn: Turn
    conversation: Conversation
    seqs: tuple[int, ...]
    said: Sequence[Said]
    reply: Reply | None
    silence: str | None
    last_customer_at: datetime | None
    expires_at: datetime
    comment_id: str | None
    pause_until: datetime
    delivered_by_answer: bool


async def commit(connection: AsyncConnection, finished: Finished, *, may_restart: bool) -> Outcome:
    """Inside the caller's transaction, which must be rolled back unless the outcome is COMMITTED."""
    if may_restart and await _newer(connection, finished):
        return Outcome.NEWER
    if not await _advance(connection, finished):
        return Outcome.STALE
    merchant_id, conversation_id = finished.turn.merchant.id, finished.conversation.id
    await inbox.settle(
        connection,
        finished.seqs,
        "answered" if finished.reply else "silent",
        reason=finished.silence,
        execution_id=finished.turn.id,
    )
    await conversations.record(connection, merchant_id, conversation_id, finished.said)
    await executions.put(
        connection,
        conversation_id=conversation_id,
        turn=finished.turn,
        reply=finished.reply,
        silence=finished.silence,
    )
    if finished.reply and finished.reply.parts:
        await outbox.put(
            connection,
            merchant_id,
            conversation_id,
            finished.reply.parts,
            execution_id=finished.turn.id,
            expires_at=finished.expires_at,
            comment_id=finished.comment_id,
            # The reply that announces a person must still go out.
            even_paused=finished.reply.handover is not None,
            status="sent" if finished.delivered_by_answer else "pending",
        )
    return Outcome.COMMITTED


async def _newer(connection: AsyncConnection, finished: Finished) -> bool:
    found = await connection.execute(
        text(
            # A comment is no reason: its turn is another one.
            "SELECT 1 FROM inbox WHERE conversation_id = :id AND status = 'waiting' "
            "AND kind = 'message' AND seq <> ALL(CAST(:seqs AS bigint[])) LIMIT 1"
        ),
        {"id": finished.conversation.id, "seqs": list(finished.seqs)},
    )
    return found.first() is not None


async def _advance(connection: AsyncConnection, finished: Finished) -> bool:
    """The version is the guard: one turn of a customer at a time, whatever else believes to be running."""
    reply = finished.reply
    memory: Memory = reply.memory if reply else finished.conversation.memory
    moved = await connection.execute(
        text("""
            UPDATE conversations SET
                version = version + 1, updated_at = now(), memory = CAST(:memory AS jsonb),
                last_customer_at = greatest(last_customer_at, CAST(:last_customer_at AS timestamptz)),
                paused_until = CASE WHEN CAST(:handover AS text) IS NULL THEN paused_until
                                    ELSE CAST(:pause_until AS timestamptz) END,
                pause_reason = coalesce(CAST(:handover AS text), pause_reason)
            WHERE id = :id AND version = :version
        """),
        {
            "id": finished.conversation.id,
            "version": finished.conversation.version,
            "memory": to_json(memory),
            "last_customer_at": finished.last_customer_at,
            "handover": reply.handover.reason if reply and reply.handover else None,
            "pause_until": finished.pause_until,
        },
    )
    return moved.rowcount == 1
