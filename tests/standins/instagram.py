"""Instagram's Graph API over real HTTP: what it accepts, what it remembers, how it misbehaves.

    async with Instagram(webhook_url=...) as instagram:
        await instagram.customer_says("990000000000001", "hi")
        instagram.ledger

or by itself, with `GET /_ledger`, `POST /_faults` and `POST /_say`:

    python -m tests.standins.instagram --port 0 --webhook http://127.0.0.1:8000/webhooks/instagram
"""

import argparse
import asyncio
import json
import signal
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.standins.faults import MID, MUTE, Fault, Faults
from tests.standins.graph_rules import (
    SENDER_ACTIONS,
    GraphError,
    check_message,
    check_tag,
    check_text,
    token_invalid,
)
from tests.standins.login import Login
from tests.standins.media import Media
from tests.standins.meta_webhooks import ACCOUNT_ID, APP_SECRET, build_comment_event, build_echo

TOKEN = "IGAA_token_test"
WINDOW_S = 24 * 3600
PERSONS_WINDOW_S = 7 * WINDOW_S
# Meta brings what was not answered 200 again for hours; this is most of a minute.
ECHO_ATTEMPTS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One accepted message. `kind` is text, cards, media, buttons or public_reply."""

    order: int
    at: float
    account_id: str
    recipient_id: str
    comment_id: str | None
    mid: str
    kind: str
    text: str
    elements: list[Any]
    tag: str | None = None


@dataclass(slots=True, kw_only=True)
class Instagram(Login):
    """`accounts` maps account ids to tokens that never end; those of a login do.
    `echo` sends each message back as Instagram does: after the answer, or before it.
    """

    accounts: dict[str, str] = field(default_factory=lambda: {ACCOUNT_ID: TOKEN})
    echo: str = "never"  # or "after", "before"
    enforce_window: bool = False
    host: str = "127.0.0.1"
    port: int = 0
    ledger: list[Sent] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)
    media: Media = field(default_factory=Media)
    faults: Faults = field(default_factory=Faults)
    blocked: set[str] = field(default_factory=set)
    refused: Counter[tuple[int, int | None]] = field(default_factory=Counter)  # by code and subcode
    subscribed: dict[str, list[str]] = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)
    _echoes: set[asyncio.Task[int]] = field(default_factory=set)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self.faults.middleware, self._graph_errors])
        app.add_routes(
            [
                web.post("/{version}/{node}/messages", self._messages),
                web.post("/{version}/{node}/replies", self._replies),
                web.post("/{version}/{node}/subscribed_apps", self._subscribe),
                web.get("/{version}/{node}/subscribed_apps", self._subscriptions),
                web.delete("/{version}/{node}/subscribed_apps", self._unsubscribe),
                *self.login_routes(),
                web.get("/_ledger", self._show_ledger),
                web.post("/_faults", self._set_faults),
                web.post("/_say", self._say),
                web.get("/{version}/{node}/media", self._media),
                web.get("/{version}/{node}/comments", self._comments),
                web.get("/{version}/{node}", self._profile),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.open_session()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        for task in self._echoes:
            task.cancel()
        await asyncio.gather(*self._echoes, return_exceptions=True)
        await self.close_session()
        await self._runner.cleanup()

    async def settle(self) -> None:
        """Return once every echo has been delivered."""
        await asyncio.gather(*self._echoes)

    # What the app may call

    async def _messages(self, request: web.Request) -> web.Response:
        account_id, body = await self._own(request)
        recipient = body.get("recipient")
        if not isinstance(recipient, dict):
            raise GraphError(100, None, "The parameter recipient is required")
        if "sender_action" in body:
            return self._sender_action(recipient, body)
        kind = check_message(body.get("message"))
        comment_id = recipient.get("comment_id")
        window_s = PERSONS_WINDOW_S if check_tag(body) else WINDOW_S
        recipient_id = (
            self._commenter(comment_id) if comment_id else self._customer(account_id, recipient, window_s)
        )
        sent = self._record(account_id, recipient_id, comment_id, kind, body)
        await self._echo(
            request, sent.mid, build_echo(account_id, recipient_id, self.now_ms(), _echoed(sent))
        )
        return web.json_response({"recipient_id": recipient_id, "message_id": sent.mid})

    async def _replies(self, request: web.Request) -> web.Response:
        account_id, body = await self._authorised(request)
        comment_id = request.match_info["node"]
        text = body.get("message", request.query.get("message"))
        check_text(text)
        recipient_id = self.commenters.get(comment_id, "")
        sent = self._record(account_id, recipient_id, comment_id, "public_reply", {"message": {"text": text}})
        await self._echo(
            request,
            sent.mid,
            build_comment_event(
                account_id=account_id,
                customer_id=account_id,
                text=sent.text,
                comment_id=sent.mid,
                timestamp=self.now_ms(),
            ),
        )
        return web.json_response({"id": sent.mid})

    async def _subscribe(self, request: web.Request) -> web.Response:
        account_id, body = await self._own(request)
        fields = body.get("subscribed_fields") or request.query.get("subscribed_fields", "")
        self.subscribed[account_id] = fields.split(",") if isinstance(fields, str) else list(fields)
        return web.json_response({"success": True})

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        account_id, _ = await self._own(request)
        self.subscribed.pop(account_id, None)
        return web.json_response({"success": True})

    async def _subscriptions(self, request: web.Request) -> web.Response:
        account_id, _ = await self._own(request)
        fields = self.subscribed.get(account_id)
        return web.json_response({"data": [{"id": "1", "subscribed_fields": fields}] if fields else []})

    async def _media(self, request: web.Request) -> web.Response:
        account_id, _ = await self._own(request)
        return self.media.listed(account_id)

    async def _comments(self, request: web.Request) -> web.Response:
        account_id, _ = await self._authorised(request)
        return self.media.commented(account_id, request.match_info["node"])

    async def _profile(self, request: web.Request) -> web.Response:
        account_id, _ = await self._authorised(request)
        node = request.match_info["node"]
        if "mentioned_" in (fields := request.query.get("fields", "")):
            return self.media.mentioned(fields)
        if node in ("me", account_id):
            return web.json_response(self.wrapped(self.profile_of(account_id)))
        return web.json_response({"id": node, "name": None, "username": f"user_{node[-4:]}"})

    async def _authorised(self, request: web.Request) -> tuple[str, dict[str, Any]]:
        """Whose token it is, and the body."""
        body = await _body(request)
        header = request.headers.get("Authorization", "")
        token = (
            header.removeprefix("Bearer ") or request.query.get("access_token") or body.get("access_token")
        )
        static = next((account for account, known in self.accounts.items() if known == token), None)
        account_id = static or self.account_of(token)
        if account_id is None:
            raise token_invalid()
        return account_id, body

    async def _own(self, request: web.Request) -> tuple[str, dict[str, Any]]:
        """The same, where a token speaks for its own account alone."""
        account_id, body = await self._authorised(request)
        node = request.match_info["node"]
        if node not in ("me", account_id):
            raise GraphError(100, 33, f"Object with ID '{node}' does not exist")
        return account_id, body

    def _customer(self, account_id: str, recipient: dict[str, Any], window_s: float) -> str:
        customer_id = recipient.get("id")
        if not isinstance(customer_id, str) or not customer_id.isascii() or not customer_id.isalnum():
            raise GraphError(100, 2534014, "The requested user cannot be found.")
        if customer_id in self.blocked:
            raise GraphError(551, 1545041, "This person isn't available right now.")
        spoke_at = self.spoke_at.get((account_id, customer_id), 0)
        if self.enforce_window and self.clock() - spoke_at > window_s:
            raise GraphError(10, 2534022, "This message is sent outside of allowed window.")
        return customer_id

    def _commenter(self, comment_id: str) -> str:
        if comment_id in self._answered:
            raise GraphError(100, 2534025, "The comment has been replied to already.")
        self._answered.add(comment_id)
        return self.commenters.get(comment_id, f"commenter{comment_id}")

    def _sender_action(self, recipient: dict[str, Any], body: dict[str, Any]) -> web.Response:
        action = body["sender_action"]
        if action not in SENDER_ACTIONS or not set(body) <= {"recipient", "sender_action", "payload"}:
            raise GraphError(100, None, "Invalid sender_action")
        self.actions.append((str(recipient.get("id")), action))
        return web.json_response({"recipient_id": recipient.get("id")})

    def _record(
        self,
        account_id: str,
        recipient_id: str,
        comment_id: str | None,
        kind: str,
        body: dict[str, Any],
    ) -> Sent:
        message = body["message"]
        order = len(self.ledger)
        sent = Sent(
            order=order,
            at=self.clock(),
            account_id=account_id,
            recipient_id=recipient_id,
            comment_id=comment_id,
            mid=f"{self.prefix}out{order}",
            kind=kind,
            text=message.get("text", ""),
            elements=message["attachment"]["payload"]["elements"] if kind == "cards" else [],
            tag=body.get("tag"),
        )
        self.ledger.append(sent)
        return sent

    async def _echo(self, request: web.Request, mid: str, payload: Any) -> None:
        request[MID] = mid
        if request.get(MUTE):
            return
        if self.echo == "before":
            await self.post_webhook(payload, attempts=ECHO_ATTEMPTS)
        elif self.echo == "after":
            task = asyncio.create_task(self.post_webhook(payload, attempts=ECHO_ATTEMPTS))
            self._echoes.add(task)
            task.add_done_callback(self._echoes.discard)

    @web.middleware
    async def _graph_errors(self, request: web.Request, handler: Any) -> web.StreamResponse:
        try:
            response: web.StreamResponse = await handler(request)
        except GraphError as error:
            self.refused[error.code, error.subcode] += 1
            return web.json_response(error.body, status=error.status)
        return response

    # What a test in another process controls

    async def _show_ledger(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "-1"))
        return web.json_response([asdict(sent) for sent in self.ledger[after + 1 :]])

    async def _set_faults(self, request: web.Request) -> web.Response:
        """A list replaces all that are waiting."""
        self.faults.clear()
        self.faults.add(*[Fault(**fault) for fault in await request.json()])
        return web.json_response({"waiting": len(self.faults.waiting)})

    async def _say(self, request: web.Request) -> web.Response:
        return web.json_response({"status": await self.customer_says(**await request.json())})


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        return dict(await request.post())
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise GraphError(100, None, "The body is not JSON") from None
    return body if isinstance(body, dict) else {}


def _echoed(sent: Sent) -> dict[str, Any]:
    if sent.kind == "cards":
        payload = {"generic": {"elements": sent.elements}}
        return {"mid": sent.mid, "attachments": [{"type": "template", "payload": payload}]}
    return {"mid": sent.mid, "text": sent.text}


async def _serve(instagram: Instagram) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with instagram:
        sys.stdout.write(f"{instagram.url}\n")
        sys.stdout.flush()
        await stopped.wait()


def _from_arguments() -> Instagram:
    parser = argparse.ArgumentParser(description="A stand-in for Instagram's Graph API")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--webhook", help="where customers' messages and echoes are posted")
    parser.add_argument("--secret", default=APP_SECRET)
    parser.add_argument("--account", action="append", metavar="ID:TOKEN", default=[])
    parser.add_argument("--echo", choices=("never", "after", "before"), default="never")
    parser.add_argument("--window", action="store_true", help="enforce the 24 h window")
    given = parser.parse_args()
    accounts = dict(account.split(":", 1) for account in given.account) or {ACCOUNT_ID: TOKEN}
    return Instagram(
        port=given.port,
        webhook_url=given.webhook,
        app_secret=given.secret,
        accounts=accounts,
        echo=given.echo,
        enforce_window=given.window,
    )


if __name__ == "__main__":
    asyncio.run(_serve(_from_arguments()))
