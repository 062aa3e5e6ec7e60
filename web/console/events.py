"""What the pages of a shop hear of while they are open (server-sent events)."""

from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from web.console.desk import TheDesk

router = APIRouter(prefix="/{m}/events")


@router.get("")
async def events(
    desk: TheDesk,
    last_event_id: Annotated[str | None, Header(max_length=4096)] = None,
    since: Annotated[str | None, Query(max_length=4096)] = None,
) -> StreamingResponse:
    """`since`: as `Last-Event-ID`, from a tab that was hidden and opens a stream anew."""
    return await desk.here.live.response(desk.shop.id, last_event_id or since)
