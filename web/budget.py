"""What models cost a merchant, and what of the day's budget is left."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter

from models.budget import share_of, state_of
from models.codec import to_jsonable
from store import spending
from store.database import autocommit
from web.deps import Here, TheMerchant

router = APIRouter(prefix="/merchants/{m}")
DAYS = 31


@router.get("/budget")
async def budget(merchant: TheMerchant, here: Here) -> dict[str, Any]:
    """`state` is unlimited, ok, warning (80 % are spent) or used_up (the rules answer until `resets_at`)."""
    today = datetime.now(UTC).date()
    async with autocommit(here.engine) as connection:
        days = await spending.recent(connection, merchant.id, DAYS)
    spent = next((one.microdollars for one in days if one.day == today), 0)
    limit = merchant.model_budget_per_day
    return {
        "day": today,
        "state": state_of(limit, spent).value,
        "spent_microdollars": spent,
        "budget_cents": limit,
        "share": share_of(limit, spent),
        "resets_at": datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC),
        "days": to_jsonable(days),
    }
