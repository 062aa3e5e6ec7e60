"""All that is held about one customer of one merchant: to be shown, to be erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from store import events


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a conversation leaves in a table: the order it is shown in, and how it is erased.

    What stays says that something happened and when, for the counts, and keeps the keys by which nothing is
    taken or sent twice. Whose it was cannot be told from it.
    """

    order: str
    erase: str | None = None  # up to the WHERE


TRACES: Mapping[str, Trace] = {
    "inbox": Trace(
        order="seq",
        # Some keys name the customer: a hash is as unique.
        erase="""
            UPDATE inbox SET
            key = CASE WHEN :customer_id = ANY(string_to_array(key, ':'))
                       THEN encode(sha256(convert_to(key, 'UTF8')), 'hex') ELSE key END,
            event = jsonb_build_object('channel', channel, 'account_id', account_id, 'key', seq::text,
                                       'kind', kind, 'customer_id', '', 'at', event->'at'),
            status = CASE status WHEN 'waiting' THEN 'silent' ELSE status END,
            reason = CASE status WHEN 'waiting' THEN 'erased' ELSE reason END
        """,
    ),
    "messages": Trace(order="id", erase="UPDATE messages SET text = '', provider_id = NULL"),
    "executions": Trace(
        order="started_at",
        # The cards are the shop's own products, and counted.
        erase="""
            UPDATE executions SET
            turn = jsonb_build_object('id', id, 'text', ''), steps = '[]',
            reply = reply || '{"parts": [], "filters": {}, "memory": {}}'
        """,
    ),
    # What was searched for is said in words.
    "turn_facts": Trace(order="at", erase="UPDATE turn_facts SET missed = '{}'"),
    "variant_days": Trace(order="day"),
    "outbox": Trace(
        order="id",
        erase="""
            UPDATE outbox SET
            body = '{"type": "text", "text": ""}', comment_id = NULL,
            reason = CASE WHEN status IN ('pending', 'sending') THEN 'erased' ELSE reason END,
            status = CASE WHEN status IN ('pending', 'sending') THEN 'cancelled' ELSE status END
        """,
    ),
    "events": Trace(order="id"),  # that something happened; it goes within the hour
    "links": Trace(order="created_at"),
    "clicks": Trace(order="id"),
    # The shop knows whose order a number is: a hash is as unique.
    "shopify_sales": Trace(
        order="at",
        erase="UPDATE shopify_sales SET order_id = encode(sha256(convert_to(order_id, 'UTF8')), 'hex')",
    ),
    "restock_wishes": Trace(order="id", erase="DELETE FROM restock_wishes"),
    "restocks": Trace(order="id", erase="DELETE FROM restocks"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer in one account of the shop."""

    customer_id: str
    channel: str
    last_at: datetime | None
    updated_at: datetime


async def find(connection: AsyncConnection, merchant_id: str, begins: str, limit: int) -> list[Person]:
    """Whose ids begin so; those of the newest conversations when nothing is given."""
    found = await connection.execute(
        _BEGINS if begins else _NEWEST,
        {"merchant_id": merchant_id, "begins": _literal(begins) + "%", "limit": limit},
    )
    return [
        Person(
            customer_id=row.customer_id,
            channel=row.channel,
            last_at=row.last_customer_at,
            updated_at=row.updated_at,
        )
        for row in found
    ]


_PERSON = "SELECT customer_id, channel, last_customer_at, updated_at FROM conversations"
_NEWEST = text(
    f"{_PERSON} WHERE merchant_id = :merchant_id AND CAST(:begins AS text) = '%' "
    "AND customer_id NOT LIKE 'erased-%' ORDER BY updated_at DESC LIMIT :limit"
)
_BEGINS = text(
    f"{_PERSON} WHERE merchant_id = :merchant_id AND customer_id LIKE :begins "
    "AND customer_id NOT LIKE 'erased-%' ORDER BY customer_id LIMIT :limit"
)


def _literal(begins: str) -> str:
    """As itself in a LIKE."""
    return begins.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def held(connection: AsyncConnection, merchant_id: str, customer_id: str) -> dict[str, int]:
    """How many rows of each table are about a customer."""
    found = await connection.execute(
        text("SELECT id FROM conversations WHERE merchant_id = :merchant_id AND customer_id = :customer_id"),
        {"merchant_id": merchant_id, "customer_id": customer_id},
    )
    ids = list(found.scalars())
    if not ids:
        raise _unknown()
    counts = ", ".join(
        f"(SELECT count(*) FROM {table} WHERE conversation_id = ANY(CAST(:ids AS bigint[]))) AS {table}"  # noqa: S608 - the names above
        for table in TRACES
    )
    row = (await connection.execute(text(f"SELECT {counts}"), {"ids": ids})).one()
    return {"conversations": len(ids)} | {table: getattr(row, table) for table in TRACES}


async def export(connection: AsyncConnection, merchant_id: str, customer_id: str) -> list[dict[str, Any]]:
    """Every conversation with all its rows, by table, as they are stored."""
    found = await connection.execute(
        text(
            "SELECT to_jsonb(c) AS row FROM conversations c "
            "WHERE merchant_id = :merchant_id AND customer_id = :customer_id ORDER BY id"
        ),
        {"merchant_id": merchant_id, "customer_id": customer_id},
    )
    conversations = [dict(row.row) for row in found]
    if not conversations:
        raise _unknown()
    for conversation in conversations:
        for table, trace in TRACES.items():
            rows = await connection.execute(
                text(
                    f"SELECT to_jsonb(t) AS row FROM {table} t "  # noqa: S608 - the names above
                    f"WHERE conversation_id = :id ORDER BY {trace.order}"
                ),
                {"id": conversation["id"]},
            )
            conversation[table] = [row.row for row in rows]
    return conversations


async def erase(connection: AsyncConnection, merchant_id: str, customer_id: str) -> None:
    """In one transaction. Whoever writes again is a new customer; what is under way is dropped."""
    # The version stops a turn that is being answered right now.
    found = await connection.execute(
        text("""
            UPDATE conversations SET customer_id = 'erased-' || id, memory = NULL, paused_until = NULL,
                pause_reason = NULL, handover_reason = NULL, handover_at = NULL,
                last_customer_at = NULL, customer_name = NULL,
                unanswered_since = NULL, version = version + 1, updated_at = now()
            WHERE merchant_id = :merchant_id AND customer_id = :customer_id RETURNING id
        """),
        {"merchant_id": merchant_id, "customer_id": customer_id},
    )
    ids = list(found.scalars())
    if not ids:
        raise _unknown()
    for conversation_id in ids:
        await events.note(connection, conversation_id, "erased")
    # What people did to the conversation is on record under the customer's id.
    await connection.execute(
        text(
            "UPDATE audit_log SET target = NULL WHERE merchant_id = :merchant_id "
            "AND (target = left(:customer_id, 100) OR starts_with(target, :customer_id || '/'))"
        ),
        {"merchant_id": merchant_id, "customer_id": customer_id},
    )
    for trace in TRACES.values():
        if trace.erase:
            await connection.execute(
                text(f"{trace.erase} WHERE conversation_id = ANY(CAST(:ids AS bigint[]))"),
                {"ids": ids, "customer_id": customer_id},
            )


def _unknown() -> NotFound:
    return NotFound("no such customer")
