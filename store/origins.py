"""Whose a message is that an account sent: a part of ours, or a person's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_jsonable
from models.turn import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """A part that may have left and has no message id yet.

    Among them is one that was tried and waits for another try: an earlier one may have arrived.
    """

    id: int
    part: Part
    sending_at: datetime
    unknown: bool  # the send ended without an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What we know of a message that our account sent: that it is ours, or what may yet turn out to be it.

    `repeated`: it looks like a part that was tried more than once and has the id of its last try.
    """

    ours: bool
    flight: InFlight | None
    repeated: bool


# A private reply may arrive under another id of the customer than their comment names: its echo then comes in
# another conversation, and is known by the message's id or, while that is not known, by its very text.
_ORIGIN = text("""
    WITH here AS (SELECT id, merchant_id FROM conversations WHERE id = :id),
    candidates AS (
        SELECT o.* FROM outbox o
        WHERE o.conversation_id = :id
          AND (o.message_id = :message_id OR o.status = 'sending'
               OR (o.status = 'pending' AND o.attempts > 0)
               OR (o.status = 'failed' AND o.reason = 'outcome_unknown'))
        UNION ALL
        SELECT o.* FROM outbox o JOIN here ON o.merchant_id = here.merchant_id
        WHERE o.comment_id IS NOT NULL AND o.conversation_id <> here.id
          AND (o.message_id = :message_id
               OR (o.body->>'text' = :said
                   AND (o.status = 'sending' OR (o.status = 'failed' AND o.reason = 'outcome_unknown'))))
    )
    SELECT o.*, repeated
    FROM (
        SELECT EXISTS (
            SELECT FROM outbox
            WHERE conversation_id = :id AND status = 'sent' AND attempts > 1
              AND CASE body->>'type' WHEN 'cards' THEN :cards ELSE btrim(body->>'text') = :said END
        ) AS repeated
    ) r
    LEFT JOIN LATERAL (
        SELECT id, body, sending_at, reason, coalesce(message_id = :message_id, false) AS ours
        FROM candidates
        ORDER BY ours DESC, conversation_id = :id, status = 'failed', candidates.id LIMIT 1
    ) o ON true
""")


async def find(
    connection: AsyncConnection, conversation_id: int, message_id: str, said: str = "", *, cards: bool = False
) -> Origin:
    """`said`: its text, stripped; `cards`: whether it may be a carousel, which comes back without its text.

    One statement: between two a part could land, and its echo would pass for a person's.
    """
    asked = {"id": conversation_id, "message_id": message_id, "said": said, "cards": cards}
    row = (await connection.execute(_ORIGIN, asked)).one()
    if row.id is None or row.ours:
        return Origin(ours=bool(row.ours), flight=None, repeated=row.repeated)
    flight = InFlight(
        id=row.id,
        part=from_jsonable(Part, row.body),
        sending_at=row.sending_at,
        unknown=row.reason is not None,
    )
    return Origin(ours=False, flight=flight, repeated=row.repeated)
