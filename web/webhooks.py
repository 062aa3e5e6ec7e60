"""Where Instagram reports what happened. 200 only after the inbox has it."""

import asyncio
import hmac
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from channels.instagram import direct, events, ignored, signature
from models.message import InboundEvent
from store import arrivals, inbox
from store.database import autocommit
from web.deps import Here, Shopkeep
from web.intake import Intake
from web.problems import problem, unavailable

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


async def keep(here: Shopkeep, heard: Sequence[InboundEvent]) -> None:
    """In the inbox, and known to those who answer them."""
    # No transaction around it: if only a part gets in there is no 200, and what comes again is taken once.
    async with autocommit(here.engine) as connection:
        taken = await inbox.route(connection, direct.CHANNEL, heard)
        if any(event.ignored == ignored.DASHBOARD_TEST for event in heard):
            await arrivals.note_test(connection)
    here.gateway.notify(taken)


class Receiver:
    """The way in for events. Three of them make a turn, so it does nothing that it could do without."""

    def __init__(self, here: Shopkeep, intake: Intake) -> None:
        self._here = here
        self._intake = intake

    @property
    def route(self) -> Route:
        """Without what FastAPI does for every call: that took longer than all that is done here."""
        return Route(f"{router.prefix}/instagram", self, methods=["POST"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Before the body is read: who has more to do than it can does as little as it can.
        full = self._intake.full()
        answer = unavailable(full) if full else await self._received(Request(scope, receive))
        self._here.gateway.webhook_answered("instagram", answer.status_code)
        await answer(scope, receive, send)

    async def _received(self, request: Request) -> Response:
        body = await request.body()
        signed = request.headers.get("X-Hub-Signature-256")
        if not signature.verify(body, signed, self._here.settings.instagram_secrets):
            await self._here.refusals.note(signed)
            return problem(
                401, "the signature fits none of INSTAGRAM_APP_SECRET", field="X-Hub-Signature-256"
            )
        now = datetime.now(UTC)
        parsed = (
            await asyncio.to_thread(events.parse, body, now=now)
            if len(body) > LARGE_BODY
            else events.parse(body, now=now)
        )
        if parsed.dropped:
            log.warning("%d events could not be understood and were dropped", parsed.dropped)
        if parsed.events:
            await self._intake.take(parsed.events, len(body))
        return JSONResponse({"received": len(parsed.events)})
