"""What stands behind a reply: the log of its turn, and the turn again as it would be answered today."""

from typing import Any

from fastapi import APIRouter

from models.codec import to_jsonable
from store import executions
from store.database import autocommit
from web.auditing import changes_nothing
from web.chat import product
from web.deps import Here, TheMerchant
from web.replays import Played, replay

router = APIRouter(prefix="/merchants/{m}/executions/{execution_id}")


@router.get("")
async def execution(merchant: TheMerchant, execution_id: str, here: Here) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        found = await executions.get(connection, merchant.id, execution_id)
    body: dict[str, Any] = to_jsonable(found)
    return body


@router.post("/replay")
@changes_nothing
async def again(merchant: TheMerchant, execution_id: str, here: Here) -> dict[str, Any]:
    """With today's catalogue and settings. Nothing is sent or kept; what it costs counts for the budget."""
    played = await replay(here, merchant, execution_id)
    return {
        "execution_id": execution_id,
        "old": _side(played.old),
        "new": _side(played.new),
        "differs": list(played.differs),
    }


def _side(played: Played) -> dict[str, Any]:
    reply = played.reply
    return {
        "parts": [to_jsonable(part) for part in reply.parts] if reply else [],
        "products": [product(card) for card in reply.cards] if reply else [],
        "intent": reply.intent.value if reply else None,
        "confidence": reply.confidence if reply else None,
        "filters": to_jsonable(reply.filters) if reply else None,
        "rung": reply.rung if reply else None,
        "handover": {"reason": reply.handover.reason} if reply and reply.handover else None,
        "silence_reason": played.silence_reason,
        "steps": list(played.steps),
        "cost_microdollars": reply.cost_microdollars if reply else 0,
        "duration_ms": round(played.duration_ms, 1),
    }
