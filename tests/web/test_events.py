"""Live updates over a real connection: told in order, gone on with where they ended, let go of in time."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from launch.ports import free_ports
from store import events
from tests.cluster.polling import until
from tests.store.rows import conversation_of, open_shop, reply, turn
from tests.web.conftest import AUTHORIZED
from web.live import Live, Pace

QUICK = Pace(look_s=0.01, heartbeat_s=60, lifetime_s=60)
PATH = "/api/merchants/m1/events"


@dataclass(slots=True)
class Told:
    """One event as it came over the line."""

    kind: str
    data: dict[str, Any]
    id: str | None


@dataclass(slots=True)
class Tab:
    """A stream that is read."""

    response: aiohttp.ClientResponse
    comments: list[str] = field(default_factory=list)

    async def next(self) -> Told | None:
        """The next event; None at the end of the stream."""
        found: dict[str, str] = {}
        async for line in self.response.content:
            words = line.decode().rstrip("\n")
            if words.startswith(":"):
                self.comments.append(words)
            elif not words and "event" in found:
                return Told(found["event"], json.loads(found["data"]), found.get("id"))
            elif words:
                name, _, value = words.partition(": ")
                found[name] = value
        return None


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    session: aiohttp.ClientSession
    live: Live

    @asynccontextmanager
    async def tab(self, last_event_id: str | None = None, path: str = PATH) -> AsyncIterator[Tab]:
        headers = AUTHORIZED | ({"Last-Event-ID": last_event_id} if last_event_id else {})
        async with self.session.get(self.url + path, headers=headers) as response:
            assert response.status == 200, await response.text()
            yield Tab(response)


Serve = Callable[[Pace], Awaitable[Served]]


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


@pytest.fixture
async def serve(app: FastAPI, engine: AsyncEngine) -> AsyncIterator[Serve]:
    """The application behind a port, its streams at the given pace."""
    stop: list[Callable[[], Awaitable[None]]] = []

    async def serving(pace: Pace, **more: Any) -> Served:
        live = Live(engine, pace=pace, **more)
        app.state.shopkeep = replace(app.state.shopkeep, live=live)
        (port,) = free_ports(1)
        server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="warning"))
        running = asyncio.create_task(server.serve())
        session = aiohttp.ClientSession()

        async def started() -> bool:
            return server.started

        await until(started, what="the server")

        async def end() -> None:
            await session.close()
            await live.close()
            server.should_exit = True
            await running

        stop.append(end)
        return Served(f"http://127.0.0.1:{port}", session, live)

    yield serving
    for end in stop:
        await end()


async def note(engine: AsyncEngine, conversation_id: int, kind: str) -> None:
    async with engine.begin() as connection:
        await events.note(connection, conversation_id, kind)


async def kinds(tab: Tab, count: int) -> list[str]:
    told = [await tab.next() for _ in range(count)]
    return [one.kind for one in told if one]


async def test_what_happens_is_told_while_it_happens(serve: Serve, engine: AsyncEngine) -> None:
    served = await serve(QUICK)
    async with served.tab() as tab:
        assert tab.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert tab.response.headers["Cache-Control"] == "no-store"
        assert await kinds(tab, 1) == ["hello"]
        finished = await turn(engine, "hello", reply("hi"))
        message, done = await tab.next(), await tab.next()
    assert message
    assert done
    assert (message.kind, message.data["customer_id"], message.data["role"]) == ("message", "c1", "customer")
    assert (done.kind, done.data["execution_id"]) == ("turn", finished.turn.id)
    assert "hello" not in json.dumps(message.data)


async def test_who_comes_back_hears_what_was_missed_and_nothing_twice(
    serve: Serve, engine: AsyncEngine
) -> None:
    conversation_id = await conversation_of(engine)
    served = await serve(QUICK)
    async with served.tab() as tab:
        await tab.next()
        await note(engine, conversation_id, "heard")
        heard = await tab.next()
    assert heard
    assert heard.kind == "heard"
    await note(engine, conversation_id, "missed-one")
    await note(engine, conversation_id, "missed-two")
    async with served.tab(heard.id) as again:
        assert await kinds(again, 2) == ["missed-one", "missed-two"]
        await note(engine, conversation_id, "new")
        assert await kinds(again, 1) == ["new"]


async def test_many_who_come_and_go_hear_everything_once(serve: Serve, engine: AsyncEngine) -> None:
    conversation_id = await conversation_of(engine)
    served = await serve(QUICK)
    wanted = [f"n{number}" for number in range(40)]

    async def listener() -> list[str]:
        heard: list[str] = []
        last: str | None = None
        while len(heard) < len(wanted):
            async with served.tab(last) as tab:
                while told := await tab.next():
                    heard += [told.kind] if told.kind.startswith("n") else []
                    last = told.id or last
                    if told.id and (len(heard) % 7 == 3 or len(heard) == len(wanted)):
                        break
        return heard

    async def all_there() -> bool:
        return served.live.open == 3

    async def tell() -> None:
        await until(all_there, what="three listeners")
        for kind in wanted:
            await note(engine, conversation_id, kind)

    async with asyncio.timeout(60):
        *all_heard, _ = await asyncio.gather(listener(), listener(), listener(), tell())
    assert all_heard == [wanted] * 3


@pytest.mark.parametrize(
    "last_event_id",
    [
        "nonsense",
        "5:6:",
        f"{int(time.time()) - 4000}-5:6:",  # what was then is gone
        f"{int(time.time())}-5:9000000000000000000:",  # of a database that was further than this one
        f"{int(time.time())}-5:6:9",
        f"{'9' * 40}-5:6:",
    ],
)
async def test_who_comes_from_nowhere_is_told_to_look_at_everything(serve: Serve, last_event_id: str) -> None:
    served = await serve(QUICK)
    async with served.tab(last_event_id) as tab:
        told = await tab.next()
    assert told
    assert told.kind == "missed"
    async with served.tab(told.id) as tab:
        assert await kinds(tab, 1) == ["hello"]


async def test_a_quiet_stream_is_kept_alive_and_ends_after_its_time(serve: Serve) -> None:
    served = await serve(Pace(look_s=0.01, heartbeat_s=0.02, lifetime_s=0.3))
    async with asyncio.timeout(10), served.tab() as tab:
        await tab.next()
        assert await tab.next() is None
    assert len(tab.comments) > 3


async def test_streams_end_when_the_process_does_and_no_other_begins(serve: Serve) -> None:
    served = await serve(QUICK)
    async with asyncio.timeout(10), served.tab() as tab:
        await tab.next()
        await served.live.close()
        assert await tab.next() is None
    async with served.session.get(served.url + PATH, headers=AUTHORIZED) as refused:
        assert refused.status == 503
        assert refused.headers["Retry-After"]


async def test_a_tab_that_is_closed_is_let_go_of_and_nobody_looks_any_more(serve: Serve) -> None:
    served = await serve(Pace(look_s=0.01, heartbeat_s=0.02, lifetime_s=60))
    async with served.tab() as tab:
        await tab.next()
        assert served.live.open == 1

    async def nobody() -> bool:
        return not served.live.open

    await until(nobody, what="that it is let go of")


async def test_only_so_many_may_look_on(serve: Serve) -> None:
    served = await serve(QUICK, most=1)  # type: ignore[call-arg]
    async with served.tab() as tab:
        await tab.next()
        async with served.session.get(served.url + PATH, headers=AUTHORIZED) as refused:
            assert refused.status == 503
            assert (await refused.json())["detail"]


async def test_a_merchants_stream_is_its_own_and_needs_a_token(serve: Serve, engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    served = await serve(QUICK)
    async with served.tab() as mine, served.tab(path="/api/merchants/m2/events") as theirs:
        await mine.next()
        await theirs.next()
        await turn(engine, "hello", reply("hi"), merchant="m2", customer="theirs")
        await note(engine, await conversation_of(engine), "mine")
        assert await kinds(theirs, 2) == ["message", "turn"]
        assert await kinds(mine, 2) == ["message", "mine"]
    async with served.session.get(served.url + PATH) as refused:
        assert refused.status == 401
    async with served.session.get(f"{served.url}/api/merchants/m9/events", headers=AUTHORIZED) as unknown:
        assert unknown.status == 404


async def test_streams_share_one_look_at_the_database(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    after = events.after

    async def counted(*arguments: Any, **named: Any) -> events.News:
        nonlocal looks
        looks += 1
        return await after(*arguments, **named)

    monkeypatch.setattr(events, "after", counted)
    served = await serve(Pace(look_s=3600, heartbeat_s=60, lifetime_s=60))
    async with served.tab() as first, served.tab() as second, served.tab() as third:
        for tab in (first, second, third):
            await tab.next()
        joined = looks
        await served.live.look()
    assert looks == joined + 1
