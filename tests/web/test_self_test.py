"""What keeps an account from working is said in words, with what to do about it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from channels.instagram.account_api import SUBSCRIBED_FIELDS
from models.message import EventKind
from settings import Settings
from tests.standins.faults import Fault
from tests.standins.instagram import TOKEN, Instagram
from tests.standins.login import SCOPES
from tests.standins.meta_webhooks import ACCOUNT_ID, build_message_event, encode, envelope, sign
from tests.store.rows import arrive, event, open_shop, queue, select
from tests.web.conftest import Actors
from web.self_test import unreachable

NOBODY = "https://127.0.0.1:1"
PATH = "/api/merchants/m1/self-test"
TEST_MESSAGE = {
    "sender": {"id": "12334"},
    "recipient": {"id": "23245"},
    "timestamp": "1527459824",
    "message": {"mid": "random_mid", "text": "random_text"},
}
TEST_EVENT = envelope("0", 1527459824, changes=[{"field": "messages", "value": TEST_MESSAGE}])


@pytest.fixture(autouse=True)
async def account(engine: AsyncEngine, api: httpx.AsyncClient, configuration: Settings) -> None:
    """Connected by hand, and all is well but the address: nobody listens there."""
    configuration.app_url = NOBODY
    await open_shop(engine)
    await set_account(engine, f"account_id = '{ACCOUNT_ID}'")
    await api.put("/api/merchants/m1/instagram", json={"account_id": ACCOUNT_ID, "access_token": TOKEN})


async def set_account(engine: AsyncEngine, assignment: str, **values: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(f"UPDATE accounts SET {assignment}"), values)  # noqa: S608 - a test's own


async def checks(api: httpx.AsyncClient) -> dict[str, Any]:
    """By name; every failure says what to do."""
    answer = (await api.get(PATH)).json()
    assert answer["ok"] == all(check["ok"] for check in answer["checks"])
    assert all(check["detail"] and (check["ok"] or check["fix"]) for check in answer["checks"]), answer
    found = {check["name"]: check for check in answer["checks"]}
    assert len(found) == len(answer["checks"])
    return found


async def failing(api: httpx.AsyncClient) -> set[str]:
    """Without the address."""
    return {name for name, check in (await checks(api)).items() if not check["ok"]} - {"app_url"}


async def webhook(browser: httpx.AsyncClient, mid: str, secret: str) -> int:
    body = encode(
        build_message_event(customer_id="990000000000001", text="hi", mid=mid, timestamp=1_760_000_000_000)
    )
    headers = {"X-Hub-Signature-256": sign(body, secret)}
    return (await browser.post("/webhooks/instagram", content=body, headers=headers)).status_code


async def test_of_a_new_account_only_the_first_event_is_missing(api: httpx.AsyncClient) -> None:
    assert await failing(api) == {"events"}
    missing = (await checks(api))["events"]
    assert missing["account_id"] == ACCOUNT_ID
    assert f"{NOBODY}/webhooks/instagram" in missing["fix"]


async def test_an_event_that_arrives_ends_the_doubt(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, instagram: Instagram
) -> None:
    assert await webhook(browser, "m1", instagram.app_secret) == 200
    assert await failing(api) == set()
    assert "last event arrived" in (await checks(api))["events"]["detail"]


async def test_events_of_one_minute_are_noted_once(engine: AsyncEngine) -> None:
    async def heard() -> Any:
        await arrive(engine, event("hi", account_id=ACCOUNT_ID))
        return (await select(engine, "last_event_at FROM accounts"))[0][0]

    first = await heard()
    assert first is not None
    assert await heard() == first
    await set_account(engine, "last_event_at = last_event_at - interval '2 minutes'")
    assert await heard() > first


async def test_a_webhook_signed_with_another_secret_tells_that_ours_is_wrong(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, instagram: Instagram
) -> None:
    assert await webhook(browser, "m1", "the secret of another app") == 401
    assert "app_secret" in await failing(api)
    assert await webhook(browser, "m2", instagram.app_secret) == 200
    assert await failing(api) == set()


async def test_the_dashboards_test_button_proves_address_and_secret_and_is_told_as_a_test(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, instagram: Instagram, actors: Actors
) -> None:
    assert "test_event" not in await checks(api)
    assert await webhook(browser, "m1", "the secret of another app") == 401
    assert "app_secret" in await failing(api)
    body = encode(TEST_EVENT)
    for _ in range(2):
        headers = {"X-Hub-Signature-256": sign(body, instagram.app_secret)}
        answer = await browser.post("/webhooks/instagram", content=body, headers=headers)
        assert answer.status_code == 200
    found = await checks(api)
    assert "about nobody" in found["test_event"]["detail"]
    assert found["app_secret"]["ok"]
    # It is no event of the account, and nobody answers it.
    assert not found["events"]["ok"]
    assert actors.notified == []


async def test_rubbish_says_nothing_about_the_secret(
    api: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    for headers in ({}, {"X-Hub-Signature-256": "sha256=rubbish"}, {"X-Hub-Signature-256": "x" * 9000}):
        answer = await browser.post("/webhooks/instagram", content=b"{}", headers=headers)
        assert answer.status_code == 401
    assert "app_secret" not in await failing(api)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("token_invalid", "change of password"),
        ("deauthorized", "removed the app"),
        ("permission_missing", "permission is missing"),
        ("of the future", "of the future"),
    ],
)
async def test_an_account_that_was_stopped_says_why(
    api: httpx.AsyncClient, engine: AsyncEngine, status: str, words: str
) -> None:
    await set_account(engine, "status = :status", status=status)
    assert words in (await checks(api))["token"]["detail"]
    assert "token" in await failing(api)


async def test_a_refused_permission_says_where_access_to_messages_is_allowed(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await set_account(engine, "status = 'permission_missing'")
    assert "Connected tools" in (await checks(api))["token"]["fix"]


async def test_a_token_that_instagram_does_not_take_is_noticed(
    api: httpx.AsyncClient, instagram: Instagram
) -> None:
    instagram.accounts[ACCOUNT_ID] = "another"
    assert {"token", "subscription"} <= await failing(api)


async def test_a_token_of_another_account_is_noticed(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await set_account(engine, "account_id = '17841400000000777'")
    assert "another account" in (await checks(api))["token"]["detail"]


async def test_that_instagram_is_down_is_no_reason_to_connect_again(
    api: httpx.AsyncClient, instagram: Instagram
) -> None:
    instagram.faults.add(Fault(do="answer", status=502, times=-1))
    found = await checks(api)
    assert (found["token"]["fix"], found["subscription"]["fix"]) == ("Try again later.",) * 2


async def test_a_token_that_no_key_opens_says_so(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await set_account(engine, "access_token = 'sealed by whom?'")
    assert "ENCRYPTION_KEYS" in (await checks(api))["token"]["detail"]


async def test_how_long_the_token_lives_is_said_and_a_short_life_is_a_failure(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    assert "Not known" in (await checks(api))["token_life"]["detail"]
    await set_account(engine, "expires_at = :at", at=datetime.now(UTC) + timedelta(days=30, hours=1))
    assert "30 more days" in (await checks(api))["token_life"]["detail"]
    await set_account(engine, "expires_at = :at", at=datetime.now(UTC) + timedelta(days=9, hours=1))
    assert "token_life" in await failing(api)


async def test_a_missing_permission_is_named(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await set_account(engine, "permissions = CAST(:names AS jsonb)", names=f'["{SCOPES[0]}"]')
    detail = (await checks(api))["permissions"]["detail"]
    assert all(scope in detail for scope in SCOPES[1:])
    assert "permissions" in await failing(api)


async def test_a_missing_field_is_named(api: httpx.AsyncClient, instagram: Instagram) -> None:
    instagram.subscribed[ACCOUNT_ID] = [name for name in SUBSCRIBED_FIELDS if name != "comments"]
    assert "Not subscribed to comments:" in (await checks(api))["subscription"]["detail"]


async def test_messages_that_are_never_reported_back_name_the_field_that_is_missing(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    conversation_id = (await arrive(engine, event("hi", account_id=ACCOUNT_ID)))[0].conversation_id
    await queue(engine, conversation_id, "one", "two", status="sent")
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE outbox SET message_id = 'sent-' || id, sent_at = now() - interval '1 hour'")
        )
    assert "message_echoes" in (await checks(api))["echoes"]["fix"]
    (message_id, *_) = (await select(engine, "message_id FROM outbox"))[0]
    await arrive(
        engine, event("one", EventKind.ECHO, account_id=ACCOUNT_ID, customer="c1", message_id=message_id)
    )
    assert "echoes" not in await failing(api)


async def test_without_an_account_it_says_how_to_connect_one(api: httpx.AsyncClient) -> None:
    await api.delete("/api/merchants/m1/instagram")
    found = await checks(api)
    assert f"{NOBODY}/instagram/auth?merchant=m1" in found["account"]["fix"]


@pytest.mark.parametrize(
    ("setting", "check"),
    [
        ("instagram_app_secret", "app_secret"),
        ("instagram_webhook_verify_token", "verify_token"),
        ("instagram_app_id", "app_id"),
    ],
)
async def test_a_missing_setting_is_named(
    api: httpx.AsyncClient, configuration: Settings, setting: str, check: str
) -> None:
    await api.delete("/api/merchants/m1/instagram")
    setattr(configuration, setting, () if setting.endswith("secret") else None)
    assert setting.upper() in (await checks(api))[check]["detail"]
    assert check in await failing(api)


async def test_who_connects_by_hand_needs_no_app_id(api: httpx.AsyncClient, configuration: Settings) -> None:
    configuration.instagram_app_id = None
    assert "by hand" in (await checks(api))["app_id"]["detail"]
    assert "app_id" not in await failing(api)


async def test_an_address_instagram_would_not_call_is_named(
    api: httpx.AsyncClient, configuration: Settings
) -> None:
    configuration.app_url = None
    assert "http://localhost:8000" in (await checks(api))["app_url"]["detail"]


async def test_an_address_is_ours_when_it_answers_as_we_do() -> None:
    async def ours(_: web.Request) -> web.Response:
        return web.json_response({"status": "up"})

    async def parked(_: web.Request) -> web.Response:
        return web.Response(text="This domain is for sale", content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/healthz", ours), web.get("/other/healthz", parked)])
    async with TestServer(app) as server:
        assert await unreachable(str(server.make_url("")).rstrip("/")) is None
        assert await unreachable(str(server.make_url("/other"))) is not None
        assert await unreachable(str(server.make_url("/nothing"))) is not None
    assert await unreachable("http://127.0.0.1:1") == "ClientConnectorError"
