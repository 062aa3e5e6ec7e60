"""What Instagram's ledger and the outbox say together."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.codec import from_jsonable
from models.turn import Part
from tests.standins.faults import Met
from tests.standins.instagram import Sent

A_SECOND = 1.0
# What Instagram takes of one account in that time.
ALLOWED = {"text": 100, "cards": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A part in the outbox. `mid`: what Instagram called it, if we know. Times by time.time()."""

    id: int
    customer_id: str
    comment_id: str | None
    kind: str
    text: str
    status: str
    reason: str | None
    mid: str | None
    created_at: float
    expires_at: float


async def read(engine: AsyncEngine) -> list[Row]:
    """In the order in which they are to leave."""
    async with engine.connect() as connection:
        found = await connection.execute(
            text("""
                SELECT o.id, c.customer_id, o.comment_id, o.body, o.status, o.reason, o.message_id,
                       extract(epoch FROM o.created_at) AS created,
                       extract(epoch FROM o.expires_at) AS expires
                FROM outbox o JOIN conversations c ON c.id = o.conversation_id ORDER BY o.id
            """)
        )
        rows = found.all()
    return [_row(row) for row in rows]


async def taken_for_a_person(engine: AsyncEngine) -> int:
    """Conversations in which an echo of ours has made the assistant step back."""
    async with engine.connect() as connection:
        found = await connection.execute(
            text("SELECT count(*) FROM conversations WHERE pause_reason = 'person_answered'")
        )
        return int(found.scalar_one())


def _row(row: Any) -> Row:  # noqa: ANN401 - as selected above
    part = from_jsonable(Part, row.body)
    return Row(
        id=row.id,
        customer_id=row.customer_id,
        comment_id=row.comment_id,
        kind="cards" if part.cards and not row.comment_id else "text",
        text=part.text,
        status=row.status,
        reason=row.reason,
        mid=row.message_id,
        created_at=float(row.created),
        expires_at=float(row.expires),
    )


@dataclass(slots=True, kw_only=True)
class Verdict:
    """`faults` in words; the rest is counted to be shown."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    doubled: int = 0  # taken, answer cut, echo lost: nobody could know
    unknown: int = 0  # taken in the same way, and never sent again: too late, or a private reply
    fastest: dict[str, int] = field(default_factory=dict)  # parts in any second of one account, by kind


def judge(rows: Sequence[Row], ledger: Sequence[Sent], met: Sequence[Met]) -> Verdict:
    verdict = Verdict(ends=Counter(f"{row.status} {row.reason or ''}".strip() for row in rows))
    by_mid = {row.mid: row for row in rows if row.mid}
    unheard = {each.mid for each in met if each.mid and each.fault.mute}
    verdict.faults += _lost(rows, {sent.mid for sent in ledger})
    for sent in ledger:
        if sent.mid in by_mid:
            if sent.at > by_mid[sent.mid].expires_at:
                verdict.faults.append(f"{sent.mid} left after its window")
        elif sent.mid not in unheard:
            verdict.faults.append(f"{sent.mid} left and is no part on record")
    _count_unheard(verdict, rows, [sent for sent in ledger if sent.mid not in by_mid])
    verdict.faults += _reordered(rows, ledger, by_mid)
    verdict.fastest = dict(_fastest(ledger))
    for kind, allowed in ALLOWED.items():
        if verdict.fastest.get(kind, 0) > allowed:
            verdict.faults.append(f"{verdict.fastest[kind]} {kind} of one account left in a second")
    return verdict


def _lost(rows: Sequence[Row], arrived: set[str]) -> Iterator[str]:
    for row in rows:
        if row.status == "sent" and row.mid not in arrived:
            yield f"part {row.id} is on record as sent and never arrived"
        elif row.status in ("pending", "sending"):
            yield f"part {row.id} is still {row.status} ({row.reason})"
        elif row.status != "sent" and not _excused(row):
            yield f"part {row.id} is {row.status} ({row.reason})"


def _excused(row: Row) -> bool:
    """Too late, not needed any more, or one message a comment allows and nobody knows whether it was that."""
    if row.reason in ("outside_window", "overtaken"):
        return True
    return row.comment_id is not None and row.reason in ("outcome_unknown", "private_reply_failed")


def _count_unheard(verdict: Verdict, rows: Sequence[Row], unheard: Sequence[Sent]) -> None:
    """What left and is nowhere on record under its id: is the same part sent under another id?"""
    again = {(row.customer_id, row.kind, row.text if row.kind == "text" else "") for row in rows if row.mid}
    for sent in unheard:
        key = (sent.recipient_id, "cards" if sent.kind == "cards" else "text", sent.text)
        verdict.doubled += key in again
        verdict.unknown += key not in again


def _reordered(rows: Sequence[Row], ledger: Sequence[Sent], by_mid: Mapping[str, Row]) -> Iterator[str]:
    left: dict[str, list[int]] = defaultdict(list)
    for sent in ledger:
        if sent.mid in by_mid:
            left[sent.recipient_id].append(by_mid[sent.mid].id)
    for customer_id, ids in left.items():
        if ids != sorted(ids):
            yield f"{customer_id}: parts left in the order {ids}"
    if len(by_mid) != sum(map(len, left.values())):
        yield f"{len(by_mid)} parts of {len(rows)} have an id, {sum(map(len, left.values()))} left"


def _fastest(ledger: Sequence[Sent]) -> Iterator[tuple[str, int]]:
    """For each kind the most that one account sent in any second."""

    def lane(sent: Sent) -> tuple[str, str]:
        return (sent.kind, sent.account_id)

    most: Counter[str] = Counter()
    for (kind, _), parts in groupby(sorted(ledger, key=lambda sent: (*lane(sent), sent.at)), key=lane):
        times = [sent.at for sent in parts]
        first = 0
        for last, at in enumerate(times):
            while at - times[first] >= A_SECOND:
                first += 1
            most[kind] = max(most[kind], last - first + 1)
    yield from most.items()
