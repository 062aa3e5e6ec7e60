"""Live updates over server-sent events: one look at the log of events for all that are open in this process.

A stream lives five minutes, so that whoever opens the next one is asked again who they are; a browser does
that by itself and says what it heard last.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import Receive, Scope, Send

from models.errors import Unavailable
from store import events
from store.database import autocommit
from store.events import KEEP_S, MOST, Happening

log = logging.getLogger(__name__)

HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # of a proxy that would collect them
    "X-Content-Type-Options": "nosniff",
}
# So many may wait for a client that reads slowly; one that is further behind looks at everything anew.
_ROOM = 500
# A client that has heard what is pruned by now cannot go on from there.
_MARGIN_S = 60
# Some events were left out: what is on screen has to be read anew.
MISSED = "missed"
_GOODBYE = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`look_s`: how old an event is at most when it is told, besides the time to write it."""

    look_s: float = 0.5
    heartbeat_s: float = 15.0
    lifetime_s: float = 300.0


@dataclass(eq=False, slots=True)
class _Stream:
    merchant_id: str
    waiting: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(_ROOM))

    def tell(self, words: bytes) -> None:
        try:
            self.waiting.put_nowait(words)
        except asyncio.QueueFull:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(_missed())

    def end(self) -> None:
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(_GOODBYE)


class _Response(StreamingResponse):
    """Lets go of its stream however it ends, even if nothing of it was ever sent."""

    def __init__(self, body: AsyncIterator[bytes], let_go: Callable[[], None]) -> None:
        super().__init__(body, media_type="text/event-stream; charset=utf-8", headers=HEADERS)
        self._let_go = let_go

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._let_go()


class Live:
    """All streams of a process. It costs one short query each `look_s`, and none while nobody looks on."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        most: int = 100,
        pace: Pace = Pace(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._most = most
        self._pace = pace
        self._clock = clock
        self._streams: set[_Stream] = set()
        self._upto: str | None = None
        # Reading and joining in take turns: nobody hears anything twice, or not at all.
        self._reading = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def open(self) -> int:
        return len(self._streams)

    async def response(self, merchant_id: str, last_event_id: str | None) -> StreamingResponse:
        """Unavailable when as many are open as this process keeps."""
        if self._closed:
            raise Unavailable("the streams of this process are closing")
        if len(self._streams) >= self._most:
            raise Unavailable("as many streams are open as there may be; close one, or try again later")
        stream = _Stream(merchant_id)
        first = await self._join(stream, last_event_id)
        return _Response(self._told(stream, first), partial(self._streams.discard, stream))

    async def close(self) -> None:
        """Every stream ends now, and no other begins."""
        self._closed = True
        for stream in self._streams:
            stream.end()
        if self._looking:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking

    async def _join(self, stream: _Stream, last_event_id: str | None) -> bytes:
        """From here on the stream hears everything; what came before that it asked for is returned."""
        async with self._reading:
            # Up to this moment, which is later than whatever another process may have told already.
            await self._tell()
            upto = self._upto or ""
            first = await self._since(last_event_id, stream.merchant_id, upto) if last_event_id else b""
            self._streams.add(stream)
            if self._looking is None:
                self._looking = asyncio.get_running_loop().create_task(self._keep_looking())
        return b"retry: 2000\n\n" + (first or _event("hello", "{}", self._id(upto)))

    async def _since(self, last_event_id: str, merchant_id: str, upto: str) -> bytes:
        since = self._snapshot(last_event_id, upto)
        if since is None:
            return _missed(self._id(upto))
        async with autocommit(self._engine) as connection:
            news = await events.after(connection, since, until=upto, merchant_id=merchant_id)
        return self._words(news.happenings, upto)

    async def _told(self, stream: _Stream, first: bytes) -> AsyncIterator[bytes]:
        yield first
        clock = asyncio.get_running_loop().time
        ends_at = clock() + self._pace.lifetime_s
        while (left := ends_at - clock()) > 0:
            try:
                async with asyncio.timeout(min(self._pace.heartbeat_s, left)):
                    words = await stream.waiting.get()
            except TimeoutError:
                words = b": still here\n\n"
            if words == _GOODBYE:
                return
            yield words

    async def _keep_looking(self) -> None:
        """As long as anybody looks on."""
        while True:
            await asyncio.sleep(self._pace.look_s)
            async with self._reading:
                if not self._streams:
                    self._upto = self._looking = None
                    return
            try:
                await self.look()
            except Exception:
                log.warning("events could not be read; it is tried again", exc_info=True)

    async def look(self) -> None:
        """For news now, for all streams at once."""
        async with self._reading:
            await self._tell()

    async def _tell(self) -> None:
        """All of them, what has happened since the last time."""
        async with autocommit(self._engine) as connection:
            if self._upto is None:
                self._upto = await events.now(connection)
                return
            news = await events.after(connection, self._upto)
        self._upto = news.upto
        by_merchant: dict[str, list[Happening]] = {}
        for one in news.happenings:
            by_merchant.setdefault(one.merchant_id, []).append(one)
        left_out = len(news.happenings) >= MOST
        for stream in self._streams:
            if left_out:
                stream.tell(_missed(self._id(news.upto)))
            elif stream.merchant_id in by_merchant:
                stream.tell(self._words(by_merchant[stream.merchant_id], news.upto))

    def _words(self, happenings: Sequence[Happening], upto: str) -> bytes:
        """The id stands at the last: who is cut off in between hears all of them again."""
        if len(happenings) >= MOST:
            return _missed(self._id(upto))
        ids = [None] * (len(happenings) - 1) + [self._id(upto)]
        return b"".join(
            _event(one.kind, _body(one), event_id) for one, event_id in zip(happenings, ids, strict=False)
        )

    def _id(self, upto: str) -> str:
        return f"{int(self._clock())}-{upto}"

    def _snapshot(self, last_event_id: str, now: str) -> str | None:
        """None where nobody can say what has happened since then."""
        at, _, snapshot = last_event_id.partition("-")
        known = at.isdecimal() and len(at) < 12 and events.is_snapshot(snapshot)  # noqa: PLR2004 - no year 5000
        if not known or events.is_ahead(snapshot, now):
            return None
        return snapshot if self._clock() - int(at) < KEEP_S - _MARGIN_S else None


def _missed(event_id: str | None = None) -> bytes:
    return _event(MISSED, "{}", event_id)


def _event(kind: str, body: str, event_id: str | None) -> bytes:
    named = f"id: {event_id}\n" if event_id else ""
    return f"{named}event: {kind}\ndata: {body}\n\n".encode()


def _body(one: Happening) -> str:
    about = {
        "customer_id": one.customer_id,
        "channel": one.channel,
        "conversation_id": one.conversation_id,
    }
    told = about if one.conversation_id is not None else {}
    return json.dumps({"at": one.at.isoformat(), **told, **one.data}, ensure_ascii=False)
