"""Every route is walked as somebody who must not: one that forgets its scope fails here."""

from collections.abc import Sequence

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.store.rows import open_shop, select
from tests.web.people import SESSION, at_console, hold, token, user
from tests.web.routes import Way, ways
from web.access import CSRF_HEADER

MINE, THEIRS = "m1", "m2"
# Without a merchant in its path, and for merchants too: each limits itself to what they see.
FOR_MERCHANTS = {
    "GET /api/merchants",
    "GET /api/account",
    "GET /api/tokens",
    "POST /api/tokens",
    "DELETE /api/tokens/{id}",
    "GET /console/",
    "GET /console/account",
    "POST /console/account",
    "POST /console/account/password",
    "POST /console/account/sign-out-everywhere",
    "GET /console/api-tokens",
    "POST /console/api-tokens",
    "GET /console/api-tokens/{token_id}/revoke",
    "POST /console/api-tokens/{token_id}/revoke",
    "GET /console/audit",
    "GET /console/set-up",
}
# For whoever has no account yet.
FOR_ALL = {
    "GET /console/sign-in",
    "POST /console/sign-in",
    "POST /console/sign-out",
    "GET /console/invitations/{code}",
    "POST /console/invitations/{code}",
}
# Neither the API nor the console: signed by others, or public.
OUTSIDE = {
    "GET /",
    "GET /healthz",
    "GET /readyz",
    "GET /enter",
    "GET /webhooks/instagram",
    "POST /webhooks/instagram",
    "POST /webhooks/shopify",
    "GET /instagram/auth",
    "GET /instagram/callback",
    "POST /instagram/deauthorize",
    "POST /instagram/data-deletion",
    "GET /deletion/{code}",
    "GET /shopify/auth",
    "GET /shopify/callback",
    "GET /media/demo/{key:path}",
    "GET /media/{name}",
    "GET /r/{code:path}",
    "GET /static/{file}",
    "GET /shop/{slug}",
}


@pytest.fixture(autouse=True)
async def shops(engine: AsyncEngine) -> None:
    for shop in (MINE, THEIRS):
        await open_shop(engine, shop)


@pytest.fixture
def walked(app: FastAPI) -> Sequence[Way]:
    return [way for way in ways(app) if way.is_api or way.is_console]


async def statuses(
    client: httpx.AsyncClient, routes: Sequence[Way], **more: dict[str, str]
) -> dict[str, int]:
    """Of each, asked for at the other merchant's."""
    found = {}
    for way in routes:
        answer = await client.request(way.method, way.filled(THEIRS), **more)  # type: ignore[arg-type]
        found[str(way)] = answer.status_code
    return found


def test_what_is_neither_api_nor_console_is_known_by_name(app: FastAPI) -> None:
    others = {str(way) for way in ways(app) if not (way.is_api or way.is_console)}
    described = {way for way in others if "/api/" in way}
    assert others - described <= OUTSIDE, others - described - OUTSIDE


async def test_without_credentials_there_is_nothing(
    browser: httpx.AsyncClient, walked: Sequence[Way]
) -> None:
    for way, status in (await statuses(browser, walked)).items():
        assert status == 401 or way in FOR_ALL, (way, status)


async def test_a_token_of_one_merchant_finds_nothing_of_another(
    app: FastAPI, browser: httpx.AsyncClient, walked: Sequence[Way]
) -> None:
    headers = await token(app, MINE)
    for way, status in (await statuses(browser, [w for w in walked if w.is_api], headers=headers)).items():
        if "{m}" in way:
            assert status == 404, (way, status)
        elif way not in FOR_MERCHANTS:
            assert status == 403, (way, status)


async def test_a_user_of_one_merchant_finds_nothing_of_another(
    app: FastAPI, engine: AsyncEngine, walked: Sequence[Way]
) -> None:
    me = await user(engine, MINE)
    async with at_console(app, me) as visitor:
        session, headers = visitor.client.cookies[SESSION], {CSRF_HEADER: visitor.csrf_token}
        last = ("POST /console/account/sign-out-everywhere", "POST /console/sign-out")
        for way in sorted(walked, key=lambda one: str(one) in last):
            answer = await visitor.client.request(way.method, way.filled(THEIRS), headers=headers)
            if "{m}" in way.path:
                assert answer.status_code == 404, (str(way), answer.status_code)
            elif str(way) not in FOR_MERCHANTS | FOR_ALL:
                assert answer.status_code == 403, (str(way), answer.status_code)
            hold(visitor.client, session)


async def test_a_user_without_the_shop_any_more_finds_it_no_more(app: FastAPI, engine: AsyncEngine) -> None:
    async with at_console(app, await user(engine, MINE)) as visitor:
        assert (await visitor.client.get(f"/api/merchants/{MINE}")).status_code == 200
        async with engine.begin() as connection:
            await connection.exec_driver_sql("DELETE FROM user_merchants")
        assert (await visitor.client.get(f"/api/merchants/{MINE}")).status_code == 404
        assert (await visitor.client.get("/api/merchants")).json()["items"] == []


async def test_what_is_listed_for_a_merchant_is_its_own(app: FastAPI, engine: AsyncEngine) -> None:
    await token(app, MINE, "mine")
    await token(app, THEIRS, "theirs")
    await token(app, None, "everything")
    async with at_console(app, await user(engine, MINE)) as visitor:
        mine = (await visitor.client.get("/api/tokens")).json()["items"]
        assert [one["name"] for one in mine] == ["mine"]
        page = (await visitor.page("/api-tokens")).get_text()
        assert "mine" in page
        assert "theirs" not in page
        ids = [row[0] for row in await select(engine, "id FROM api_tokens WHERE name <> 'mine'")]
        for other in ids:
            await visitor.page(f"/api-tokens/{other}/revoke", status=404)
            assert (await visitor.send(f"/api-tokens/{other}/revoke")).status_code == 404
        made = await visitor.send("/api-tokens", {"name": "more", "merchant_id": THEIRS})
        assert made.status_code == 422
        assert (await visitor.send("/api-tokens", {"name": "all", "merchant_id": ""})).status_code == 403
        await visitor.page(f"/audit?shop={THEIRS}", status=404)
    assert not await select(engine, "1 FROM api_tokens WHERE revoked_at IS NOT NULL")


async def test_a_shop_is_connected_only_by_who_sees_it(
    app: FastAPI, engine: AsyncEngine, browser: httpx.AsyncClient
) -> None:
    ways_out = ("/instagram/auth?merchant={}", "/shopify/auth?merchant={}&shop=a.myshopify.com")
    async with at_console(app, await user(engine, MINE)) as visitor:
        for way in ways_out:
            assert (await visitor.client.get(way.format(THEIRS))).status_code == 404
            assert (await visitor.client.get(way.format(MINE))).status_code == 302
            assert (await browser.get(way.format(MINE))).status_code == 401


async def test_every_form_needs_the_token_of_its_own_session(
    app: FastAPI, engine: AsyncEngine, walked: Sequence[Way]
) -> None:
    """CSRF: whatever another page makes the browser send changes nothing."""
    async with at_console(app, None) as visitor, at_console(app, await user(engine, MINE)) as other:
        session = visitor.client.cookies[SESSION]
        for way in walked:
            if not way.changes:
                continue
            for given in ({}, {"csrf_token": "made up"}, {"csrf_token": other.csrf_token}):
                data = (
                    {"data": given}
                    if way.is_console
                    else {"headers": {CSRF_HEADER: given.get("csrf_token", "")}}
                )
                answer = await visitor.client.request(way.method, way.filled(MINE), **data)  # type: ignore[arg-type]
                assert answer.status_code == 403, (str(way), given, answer.status_code)
        assert visitor.client.cookies[SESSION] == session
    assert not await select(engine, "1 FROM audit_log")


def test_nothing_is_changed_by_looking(walked: Sequence[Way]) -> None:
    """A link must not do what a form does: prefetchers and other pages follow links."""
    doing = ("delete", "remove", "disable", "disconnect", "pause", "resume", "reset", "erase", "create")
    for way in walked:
        if way.method == "GET":
            assert way.endpoint.__name__ not in doing, str(way)
