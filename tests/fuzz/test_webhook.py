"""Whatever is posted to the webhook: no 5xx, nothing stored that was not signed, nothing good lost."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.instagram.signature import sign
from tests.fuzz.cases import fuzz, runs
from tests.fuzz.conftest import Fuzzed
from tests.fuzz.payloads import HOSTILE, Delivery, crowd, crowds, deliveries, kept
from tests.fuzz.wire import encode
from tests.fuzz.world import APP_SECRET, AUTHORIZED, MERCHANT, World

WEBHOOK = "/webhooks/instagram"
HEADER = "X-Hub-Signature-256"


async def post(world: World, body: bytes, headers: Sequence[tuple[str, str]] | None = None) -> httpx.Response:
    if headers is None:
        headers = [(HEADER, sign(body, APP_SECRET)), ("Content-Type", "application/json")]
    while True:
        answer = await world.request("POST", WEBHOOK, content=body, headers=list(headers))
        # Who is told that there is no time just now sends it again. A refusal waits for nothing, and the
        # application is on this event loop: without a pause it could never finish what is in the way.
        if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            return answer
        await asyncio.sleep(0)


async def taken(world: World) -> list[Any]:
    return list(
        await world.select(
            "seq, kind, at, event->>'customer_id' AS customer, event->>'message_id' AS about, "
            "event->>'text' AS text FROM inbox ORDER BY seq"
        )
    )


def records(rows: Sequence[Any], kind: str, about: str) -> list[tuple[str, str, str]]:
    return [(row.customer, row.about, row.text) for row in rows if (row.kind, row.about) == (kind, about)]


async def check_delivery(world: World, delivery: Delivery, *, again: bool) -> None:
    await world.forget_events()
    assert (await post(world, delivery.body)).status_code == 200
    rows = await taken(world)
    for sent in delivery.good:
        assert records(rows, sent.kind.value, sent.about) == [kept(sent)]
    assert all(row.at <= datetime.now(UTC) for row in rows)
    if again:  # Meta sends again what it is not sure of.
        assert (await post(world, delivery.body)).status_code == 200
        assert await taken(world) == rows


@pytest.mark.parametrize("cases", runs(0.42))
def test_good_events_are_taken_once_whatever_comes_with_them(fuzzed: Fuzzed, cases: int) -> None:
    @fuzz(cases)
    @given(deliveries(), st.sampled_from([True, False, False]))
    def check(delivery: Delivery, again: bool) -> None:
        fuzzed.run(check_delivery(fuzzed.world, delivery, again=again))

    check()


@pytest.mark.parametrize("cases", runs(0.0005))
def test_a_thousand_events_in_one_post_are_taken_around_a_broken_one(fuzzed: Fuzzed, cases: int) -> None:
    @fuzz(cases)
    @given(crowds())
    def check(delivery: Delivery) -> None:
        fuzzed.run(check_delivery(fuzzed.world, delivery, again=True))

    check()


async def check_forgery(world: World, body: bytes, headers: Sequence[tuple[str, str]]) -> None:
    answer = await post(world, body, headers)
    assert answer.status_code == 401
    assert answer.json()["field"] == HEADER
    (counts,) = await world.select(
        "(SELECT count(*) FROM inbox), (SELECT count(*) FROM unrouted), (SELECT count(*) FROM conversations)"
    )
    assert tuple(counts) == (0, 0, 0)


@st.composite
def forgeries(draw: st.DrawFn) -> tuple[bytes, list[tuple[str, str]]]:
    """A body and headers of which none is its signature."""
    body = draw(deliveries()).body
    good = sign(body, APP_SECRET)
    if draw(st.booleans()):  # signed, then changed
        at = draw(st.integers(0, len(body) - 1))
        removed = draw(st.integers(0, 3))
        added = draw(st.binary(max_size=3).filter(lambda added: added != body[at : at + removed]))
        return body[:at] + added + body[at + removed :], [(HEADER, good)]
    sha512 = hmac.new(APP_SECRET.encode(), body, hashlib.sha512).hexdigest()
    sha1 = hmac.new(APP_SECRET.encode(), body, hashlib.sha1).hexdigest()
    header = st.sampled_from(
        [
            [],
            [(HEADER, "")],
            [(HEADER, "sha256=")],
            [(HEADER, good.removeprefix("sha256="))],
            [(HEADER, good.upper())],
            [(HEADER, good[:-1])],
            [(HEADER, good + "0")],
            [(HEADER, f"{good},{good}")],
            [(HEADER, f"sha512={sha512}")],
            [(HEADER, f"sha1={sha1}")],
            [("X-Hub-Signature", f"sha1={sha1}")],
            [("X-Hub-Signature", good)],
            [(HEADER, sign(body, "another secret"))],
            [(HEADER, sign(body, ""))],
            [(HEADER, sign(b"", APP_SECRET))],
            [(HEADER, "sha256=" + "0" * 64), (HEADER, good)],
        ]
    ) | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80).map(
        lambda said: [(HEADER, said)]
    )
    return body, draw(header)


@pytest.mark.parametrize("cases", runs(0.1))
def test_nothing_is_stored_that_was_not_signed(fuzzed: Fuzzed, cases: int) -> None:
    fuzzed.run(fuzzed.world.forget_events())

    @fuzz(cases)
    @given(forgeries())
    def check(forgery: tuple[bytes, list[tuple[str, str]]]) -> None:
        fuzzed.run(check_forgery(fuzzed.world, *forgery))

    check()


ENCODED = st.sampled_from(
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp037"]
)
BODIES = st.one_of(
    st.binary(max_size=200),
    HOSTILE.map(encode),
    st.builds(lambda delivery, name: delivery.body.decode().encode(name), deliveries(), ENCODED),
    st.builds(lambda delivery, cut: delivery.body[: -1 - cut], deliveries(), st.integers(0, 200)),
    st.builds(
        lambda delivery, at, added: delivery.body[:at] + added + delivery.body[at:],
        deliveries(),
        st.integers(0, 300),
        st.binary(min_size=1, max_size=4),
    ),
)
CONTENT_TYPES = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-16",
        "text/plain",
        "multipart/form-data",
        "",
        "x",
        "a/b;" * 99,
    ]
)


async def check_signed(world: World, body: bytes, content_type: str, chunk: int | None) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), chunk or 1):
            yield body[start : start + (chunk or 1)]

    headers = {HEADER: sign(body, APP_SECRET), "Content-Type": content_type, "Content-Encoding": "gzip"}
    content = pieces() if chunk else body
    answer = await world.request("POST", WEBHOOK, content=content, headers=headers)
    assert answer.status_code in (200, 422, 503)
    assert answer.status_code != 422 or answer.json()["field"] == "body"


@pytest.mark.parametrize("cases", runs(0.1))
def test_whatever_was_signed_is_taken_or_refused_in_words(fuzzed: Fuzzed, cases: int) -> None:
    @fuzz(cases)
    @given(BODIES, CONTENT_TYPES, st.none() | st.integers(20, 5000))
    def check(body: bytes, content_type: str, chunk: int | None) -> None:
        fuzzed.run(check_signed(fuzzed.world, body, content_type, chunk))

    check()


async def check_talk(world: World, posted: Sequence[Delivery]) -> None:
    await world.forget_events()
    for delivery in posted:
        assert (await post(world, delivery.body)).status_code == 200
        for row in await world.select("DISTINCT conversation_id AS id FROM inbox WHERE status = 'waiting'"):
            await world.actors.work(row.id)
            assert not world.errors.lines, world.errors.lines
    assert not await world.select("seq FROM inbox WHERE status = 'waiting'")
    # No time they may have said opens a window for longer than one of now.
    assert not await world.select("id FROM outbox WHERE expires_at > now() + interval '7 days'")
    assert not await world.select("id FROM conversations WHERE last_customer_at > now()")
    for row in await world.select("DISTINCT customer_id FROM conversations WHERE customer_id <> ''"):
        path = f"/api/merchants/{MERCHANT.id}"
        for place in ("conversations", "customers"):
            shown = await world.request("GET", f"{path}/{place}/{quote(row.customer_id)}", headers=AUTHORIZED)
            assert shown.status_code == 200
            shown.json()


@pytest.mark.parametrize("cases", runs(0.02))
def test_what_was_taken_is_answered_and_shown(fuzzed: Fuzzed, cases: int) -> None:
    @fuzz(cases)
    @given(st.lists(deliveries(), min_size=1, max_size=3))
    def check(posted: Sequence[Delivery]) -> None:
        fuzzed.run(check_talk(fuzzed.world, posted))

    check()


async def check_race(world: World, orders: Sequence[Sequence[int]]) -> None:
    await world.forget_events()
    deliveries = [crowd(order) for order in orders]
    answers = await asyncio.gather(*(post(world, delivery.body) for delivery in deliveries))
    assert {answer.status_code for answer in answers} == {200}
    rows = await taken(world)
    assert len(rows) == len(deliveries[0].good)
    for sent in deliveries[0].good:
        assert records(rows, sent.kind.value, sent.about) == [kept(sent)]


@pytest.mark.parametrize("cases", runs(0.01))
def test_events_that_come_several_times_at_once_are_taken_once(fuzzed: Fuzzed, cases: int) -> None:
    @fuzz(cases)
    @given(st.lists(st.permutations(range(40)), min_size=2, max_size=6))
    def check(orders: Sequence[Sequence[int]]) -> None:
        fuzzed.run(check_race(fuzzed.world, orders))

    check()
