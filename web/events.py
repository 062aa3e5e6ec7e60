"""What happens at a merchant's, while it happens (server-sent events)."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from web.deps import Here, TheMerchant

router = APIRouter(prefix="/merchants/{m}/events")


@router.get("", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def events(
    merchant: TheMerchant, here: Here, last_event_id: Annotated[str | None, Header(max_length=4096)] = None
) -> StreamingResponse:
    """`Last-Event-ID` goes on where an earlier stream ended. Each ends after five minutes."""
    return await here.live.response(merchant.id, last_event_id)
