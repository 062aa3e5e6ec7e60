"""Tokens stay alive, events keep coming, and what needs a person is said in time."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.account_upkeep import EVERY, AccountUpkeep
from channels.instagram.account_api import SUBSCRIBED_FIELDS, AccountApi
from store import accounts
from store.vault import Vault
from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body
from tests.standins.instagram import Instagram
from tests.store.rows import CHANNEL, account_of, open_shop, select

ID = account_of("m1")
LIFE = timedelta(days=60)


@pytest.fixture
async def instagram() -> AsyncIterator[Instagram]:
    async with Instagram(accounts={}) as running:
        running.subscribed[ID] = sorted(SUBSCRIBED_FIELDS)
        yield running


@dataclass(slots=True, kw_only=True)
class Time:
    """Passes for us, for Instagram and in the table alike."""

    engine: AsyncEngine
    upkeep: AccountUpkeep
    now: datetime

    async def passes(self, time: timedelta) -> None:
        self.now += time
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE accounts SET checked_at = NULL"))
        await self.upkeep.run()


@pytest.fixture
async def time(engine: AsyncEngine, instagram: Instagram, vault: Vault) -> AsyncIterator[Time]:
    """Of an account that logged in just now."""
    async with aiohttp.ClientSession() as session:
        api = AccountApi(session, graph_url=instagram.url, api_version="v25.0", timeout_s=1)
        passing = Time(
            engine=engine,
            upkeep=AccountUpkeep(engine, api, vault, clock=lambda: passing.now),
            now=datetime.now(UTC),
        )
        instagram.clock = lambda: passing.now.timestamp()  # noqa: PLW0108 - another `now` each time
        await open_shop(engine, token=vault.seal(instagram.issue(ID)))
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE accounts SET expires_at = :at"), {"at": passing.now + LIFE})
        yield passing


async def row(engine: AsyncEngine) -> Any:
    return (await select(engine, "* FROM accounts"))[0]


async def test_a_token_is_renewed_from_its_seventh_day(
    engine: AsyncEngine, instagram: Instagram, time: Time, vault: Vault
) -> None:
    before = (await row(engine)).access_token
    await time.passes(timedelta(days=6))
    assert (await row(engine)).access_token == before
    await time.passes(timedelta(days=1, minutes=1))
    after = await row(engine)
    assert instagram.account_of(vault.open(after.access_token)) == ID
    assert after.access_token != before
    assert after.expires_at == time.now + LIFE
    assert after.status == "connected"


async def test_how_long_a_token_lives_that_was_typed_in_is_learned_a_day_later(
    engine: AsyncEngine, time: Time
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET expires_at = NULL"))
    await time.passes(timedelta(hours=23))
    assert (await row(engine)).expires_at is None
    await time.passes(timedelta(hours=2))
    assert (await row(engine)).expires_at == time.now + LIFE


async def test_a_token_that_cannot_be_renewed_is_told_ten_days_before_its_end_and_then_parks_the_account(
    engine: AsyncEngine, instagram: Instagram, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    instagram.faults.add(
        Fault(do="answer", status=400, body=error_body(10), path="/refresh_access_token", times=-1)
    )
    await time.passes(timedelta(days=49))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    await time.passes(timedelta(days=2))
    assert "its token dies on" in caplog.text
    assert (await row(engine)).status == "connected"
    await time.passes(timedelta(days=10))
    assert (await row(engine)).status == "token_invalid"


async def test_a_token_that_was_revoked_parks_the_account_before_anybody_writes(
    engine: AsyncEngine, instagram: Instagram, time: Time
) -> None:
    instagram.revoke(ID)
    await time.passes(timedelta(hours=1))
    assert (await row(engine)).status == "token_invalid"


async def test_a_token_that_no_key_opens_parks_the_account(engine: AsyncEngine, time: Time) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET access_token = 'sealed by whom?'"))
    await time.passes(timedelta(hours=1))
    assert (await row(engine)).status == "token_invalid"


async def test_an_account_that_was_unsubscribed_is_subscribed_again(
    engine: AsyncEngine, instagram: Instagram, time: Time
) -> None:
    await time.passes(timedelta(hours=1))
    assert (await row(engine)).subscribed == sorted(SUBSCRIBED_FIELDS)
    del instagram.subscribed[ID]
    await time.passes(timedelta(hours=1))
    assert instagram.subscribed[ID] == list(SUBSCRIBED_FIELDS)
    assert (await row(engine)).subscribed == list(SUBSCRIBED_FIELDS)


async def test_where_it_cannot_be_seen_what_is_subscribed_it_is_subscribed_anyway(
    instagram: Instagram, time: Time
) -> None:
    del instagram.subscribed[ID]
    instagram.faults.add(Fault(do="answer", status=400, body=error_body(100), path="/subscribed_apps"))
    await time.passes(timedelta(hours=1))
    assert instagram.subscribed[ID] == list(SUBSCRIBED_FIELDS)


@pytest.mark.parametrize("path", ["/refresh_access_token", "/subscribed_apps"])
@pytest.mark.parametrize("fault", ["cut_before", "answer"])
async def test_while_instagram_is_down_nothing_is_lost(
    engine: AsyncEngine, instagram: Instagram, time: Time, path: str, fault: Any
) -> None:
    instagram.faults.add(Fault(do=fault, path=path, times=2))
    before = await row(engine)
    await time.passes(timedelta(days=8))
    after = await row(engine)
    assert after.status == "connected"
    instagram.faults.clear()
    await time.passes(timedelta(hours=1))
    healed = await row(engine)
    assert healed.access_token != before.access_token
    assert healed.subscribed == sorted(SUBSCRIBED_FIELDS)


async def test_a_token_that_was_put_there_meanwhile_is_not_replaced(
    engine: AsyncEngine, time: Time, vault: Vault
) -> None:
    before = (await row(engine)).access_token
    newest = vault.seal("IGAA_of_a_login_just_now")
    renewed = accounts.Account(
        merchant_id="m1",
        channel=CHANNEL,
        account_id=ID,
        status="connected",
        facts=accounts.Facts(),
        sealed_token=b"renewed",
        token_at=time.now,
        connected_at=time.now,
        last_event_at=None,
    )
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET access_token = :token"), {"token": newest})
        await accounts.renew(connection, renewed, instead_of=before)
    assert (await row(engine)).access_token == newest


async def test_an_account_is_looked_after_once_an_hour(engine: AsyncEngine, time: Time) -> None:
    connected = (await row(engine)).checked_at
    await time.upkeep.run()
    assert (await row(engine)).checked_at == connected
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE accounts SET checked_at = now() - CAST(:past AS interval)"), {"past": EVERY}
        )
    await time.upkeep.run()
    assert (await row(engine)).checked_at > connected


async def test_a_parked_account_is_left_alone(engine: AsyncEngine, time: Time) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET status = 'token_invalid'"))
    await time.passes(timedelta(days=8))
    assert (await row(engine)).checked_at is None
