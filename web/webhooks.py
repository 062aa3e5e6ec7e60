"""Where Instagram reports what happened. 200 only after the inbox has it."""

import asyncio
import hmac
import logging
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from channels.instagram import direct, events, ignored, signature
from store import arrivals, inbox
from store.database import autocommit
from web.deps import Here
from web.problems import problem

log = logging.getLogger(__name__)
router = APIRouter(prefix="/webhooks")

# Parsing more than this on the event loop would hold up other requests.
LARGE_BODY = 64 * 1024


@router.get("/instagram")
async def verify(request: Request, here: Here) -> Response:
    """Meta asks whether this address is ours: the challenge goes back as it came."""
    asked = request.query_params
    expected = here.settings.instagram_webhook_verify_token
    given = asked.get("hub.verify_token", "")
    if (
        expected is None
        or asked.get("hub.mode") != "subscribe"
        or not hmac.compare_digest(given.encode(), expected.get_secret_value().encode())
    ):
        return problem(403, "the verify token is not the one in INSTAGRAM_WEBHOOK_VERIFY_TOKEN")
    return PlainTextResponse(asked.get("hub.challenge", ""))


@router.post("/instagram")
async def receive(request: Request, here: Here) -> Response:
    body = await request.body()
    signed = request.headers.get("X-Hub-Signature-256")
    if not signature.verify(body, signed, here.settings.instagram_secrets):
        await here.refusals.note(signed)
        return problem(401, "the signature fits none of INSTAGRAM_APP_SECRET", field="X-Hub-Signature-256")
    now = datetime.now(UTC)
    parsed = (
        await asyncio.to_thread(events.parse, body, now=now)
        if len(body) > LARGE_BODY
        else events.parse(body, now=now)
    )
    if parsed.dropped:
        log.warning("%d events could not be understood and were dropped", parsed.dropped)
    # No transaction around it: if only a part gets in there is no 200, and what comes again is taken once.
    async with autocommit(here.engine) as connection:
        taken = await inbox.route(connection, direct.CHANNEL, parsed.events)
        if any(event.ignored == ignored.DASHBOARD_TEST for event in parsed.events):
            await arrivals.note_test(connection)
    here.gateway.notify(taken)
    return JSONResponse({"received": len(parsed.events)})
