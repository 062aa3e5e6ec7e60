"""Accounts connected by hand: what Instagram says of them is learned, what it does not say is told."""

from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import TOKEN, Instagram
from tests.standins.login import app_scoped
from tests.standins.meta_webhooks import ACCOUNT_ID
from tests.store.rows import account_of, open_shop, select

PATH = "/api/merchants/m1/instagram"
BODY = {"account_id": ACCOUNT_ID, "access_token": TOKEN}


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def status_of(engine: AsyncEngine) -> list[str]:
    return list((await select(engine, f"status FROM accounts WHERE account_id = '{ACCOUNT_ID}'"))[0])


async def test_an_account_connected_by_hand_is_subscribed_and_both_its_ids_are_learned(
    api: httpx.AsyncClient, instagram: Instagram
) -> None:
    answer = await api.put(PATH, json=BODY)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["account_id"], body["app_scoped_id"]) == (ACCOUNT_ID, app_scoped(ACCOUNT_ID))
    assert (body["status"], body["warnings"]) == ("connected", [])
    assert body["subscribed"] == instagram.subscribed[ACCOUNT_ID]
    assert body["expires_at"] is None
    assert TOKEN not in answer.text


async def test_the_apps_own_id_of_an_account_is_replaced_by_the_one_that_webhooks_name(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    body = BODY | {"account_id": app_scoped(ACCOUNT_ID)}
    assert (await api.put(PATH, json=body)).json()["account_id"] == ACCOUNT_ID
    rows = await select(engine, "account_id FROM accounts ORDER BY connected_at")
    assert [row[0] for row in rows] == [account_of("m1"), ACCOUNT_ID]


async def test_a_token_of_another_account_is_refused_and_says_whose_it_is(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    answer = await api.put(PATH, json=BODY | {"account_id": "17841400000000777"})
    assert answer.status_code == 422
    assert answer.json()["field"] == "account_id"
    assert ACCOUNT_ID in answer.json()["detail"]
    assert len(await select(engine, "1 FROM accounts")) == 1


async def test_a_token_that_instagram_refuses_parks_the_account_and_says_so(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    body = (await api.put(PATH, json=BODY | {"access_token": "IGAA_old"})).json()
    assert body["status"] == "token_invalid"
    assert "does not accept this token" in body["warnings"][0]
    assert await status_of(engine) == ["token_invalid"]


@pytest.mark.parametrize(
    ("path", "words"), [("/me", "whose token this is"), ("/subscribed_apps", "could not be subscribed")]
)
async def test_what_instagram_would_not_tell_is_said_plainly(
    api: httpx.AsyncClient, instagram: Instagram, engine: AsyncEngine, path: str, words: str
) -> None:
    instagram.faults.add(Fault(do="answer", status=400, body=error_body(200), path=path))
    body = (await api.put(PATH, json=BODY)).json()
    assert [words in warning for warning in body["warnings"]] == [True]
    assert await status_of(engine) == ["connected"]


async def test_another_merchants_account_is_a_conflict_before_instagram_is_asked(
    api: httpx.AsyncClient, engine: AsyncEngine, instagram: Instagram
) -> None:
    await open_shop(engine, "m2")
    answer = await api.put(PATH, json=BODY | {"account_id": "1"})
    assert answer.status_code == 422  # free, but not the token's
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET account_id = '1' WHERE merchant_id = 'm2'"))
    instagram.faults.add(Fault(do="answer", status=500, path="/me"))
    answer = await api.put(PATH, json=BODY | {"account_id": "1"})
    assert (answer.status_code, answer.json()["field"]) == (409, "account_id")
    assert len(instagram.faults.waiting) == 1


async def test_a_token_that_dies_within_ten_days_is_a_warning(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await api.put(PATH, json=BODY)
    for days, warned in ((11, []), (9, [True])):
        dies = datetime.now(UTC) + timedelta(days=days)
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE accounts SET expires_at = :at"), {"at": dies})
        (_, account) = (await api.get(PATH)).json()["items"]
        assert [f"{dies:%Y-%m-%d}" in warning for warning in account["warnings"]] == warned


async def test_one_of_several_accounts_is_disconnected_alone(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await api.put(PATH, json=BODY)
    assert (await api.delete(PATH, params={"account_id": "1"})).status_code == 404
    assert (await api.delete(PATH, params={"account_id": ACCOUNT_ID})).status_code == 204
    assert [row[0] for row in await select(engine, "account_id FROM accounts")] == [account_of("m1")]
    assert (await api.delete(PATH)).status_code == 204
    assert (await api.delete(PATH)).status_code == 404


async def test_who_is_disconnected_is_unsubscribed_at_instagram(
    api: httpx.AsyncClient, instagram: Instagram
) -> None:
    await api.put(PATH, json=BODY)
    assert ACCOUNT_ID in instagram.subscribed
    assert (await api.delete(PATH, params={"account_id": ACCOUNT_ID})).status_code == 204
    assert instagram.subscribed == {}


async def test_nobody_is_kept_from_leaving_by_what_instagram_says(
    api: httpx.AsyncClient, instagram: Instagram, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    await api.put(PATH, json=BODY)
    instagram.faults.add(Fault(do="answer", status=500, path="/subscribed_apps", times=-1))
    assert (await api.delete(PATH)).status_code == 204
    assert await select(engine, "1 FROM accounts") == []
    assert f"account {ACCOUNT_ID}: it could not be unsubscribed" in caplog.text
