"""Tokens of a store: renewed in time, by one at a time, and what becomes of the store when they are dead."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.shopify_access import StoreAccess, sealed
from sources.shopify.errors import StoreAway, TokenInvalid, Unreachable
from sources.shopify.login import SCOPES, Granted, Login
from store import shopify_log, shopify_stores
from store.shopify_stores import Status, Store
from store.vault import Vault
from tests.standins.faults import Fault
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import SHOP
from tests.store.rows import open_shop, select

VAULT = Vault(["a key of this test"])
TOKEN_PATH = "/admin/oauth/access_token"


@pytest.fixture
async def shopify() -> AsyncIterator[ShopifyStandin]:
    async with ShopifyStandin() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access_with(
    shopify: ShopifyStandin, engine: AsyncEngine, session: aiohttp.ClientSession, clock: Clock
) -> Callable[[Vault], StoreAccess]:
    login = Login(
        api_key=shopify.login.api_key,
        api_secret=shopify.login.api_secret,
        redirect_uri="https://shop.example/shopify/callback",
        admin_url=shopify.admin_url,
    )
    return lambda vault: StoreAccess(engine, vault, session, login, clock=clock)


@pytest.fixture
async def access(
    shopify: ShopifyStandin, engine: AsyncEngine, access_with: Callable[[Vault], StoreAccess]
) -> StoreAccess:
    """To a store that was just connected, with tokens that expire."""
    await open_shop(engine)
    answer = shopify.login.issue(SHOP, expiring=True)
    granted = Granted(
        access=answer["access_token"],
        scopes=SCOPES,
        lives_s=answer["expires_in"],
        refresh=answer["refresh_token"],
        refresh_lives_s=answer["refresh_token_expires_in"],
    )
    await connect(engine, granted)
    return access_with(VAULT)


async def connect(engine: AsyncEngine, granted: Granted) -> None:
    async with engine.begin() as connection:
        await shopify_stores.connect(
            connection,
            merchant_id="m1",
            shop=SHOP,
            tokens=sealed(VAULT, granted, now=datetime.now(UTC)),
            scopes=granted.scopes,
        )


async def store_of(engine: AsyncEngine) -> Store:
    async with engine.begin() as connection:
        return await shopify_stores.get(connection, "m1")


class Work:
    """A call that the store answers when the token is one of its own. `used` are the tokens it was given."""

    def __init__(self, shopify: ShopifyStandin) -> None:
        self._tokens = shopify.store().tokens
        self.used: list[str] = []

    async def __call__(self, shop: str, token: str) -> str:
        self.used.append(token)
        if token not in self._tokens:
            raise TokenInvalid("HTTP 401")
        return shop


@pytest.fixture
def work(shopify: ShopifyStandin) -> Work:
    return Work(shopify)


async def test_a_token_serves_until_shortly_before_its_end_and_is_then_renewed(
    access: StoreAccess, work: Work, clock: Clock, engine: AsyncEngine
) -> None:
    assert await access.call("m1", work) == SHOP
    clock.ahead = timedelta(minutes=54)
    await access.call("m1", work)
    clock.ahead = timedelta(minutes=56)
    await access.call("m1", work)
    assert work.used[0] == work.used[1] != work.used[2]
    tokens = (await store_of(engine)).tokens
    assert tokens is not None
    assert tokens.refresh is not None
    assert VAULT.open(tokens.access) == work.used[2]
    assert VAULT.open(tokens.refresh).removeprefix("shprt_") == work.used[2].removeprefix("shpat_")


async def test_many_who_need_a_new_token_at_once_spend_one_refresh_token(
    access: StoreAccess, work: Work, clock: Clock, shopify: ShopifyStandin
) -> None:
    shopify.login.repeats = False
    clock.ahead = timedelta(hours=2)
    assert await asyncio.gather(*(access.call("m1", work) for _ in range(8))) == [SHOP] * 8
    assert shopify.login.refreshed == 1
    assert len(set(work.used)) == 1


async def test_a_token_that_is_refused_before_its_time_is_renewed_once(
    access: StoreAccess, work: Work, shopify: ShopifyStandin
) -> None:
    shopify.store().tokens.clear()
    assert await access.call("m1", work) == SHOP
    assert len(work.used) == 2


@pytest.mark.parametrize("do", ["cut_before", "cut_after", "garble"])
async def test_the_answer_of_a_refresh_that_was_lost_is_asked_for_again_at_once(
    access: StoreAccess, work: Work, clock: Clock, shopify: ShopifyStandin, do: Any
) -> None:
    clock.ahead = timedelta(hours=2)
    shopify.faults.add(Fault(do=do, path=TOKEN_PATH))
    assert await access.call("m1", work) == SHOP
    assert shopify.login.refreshed == 1


async def test_a_process_that_dies_before_it_kept_the_new_tokens_costs_nothing(
    access: StoreAccess, work: Work, clock: Clock, shopify: ShopifyStandin, engine: AsyncEngine
) -> None:
    before = await store_of(engine)
    clock.ahead = timedelta(hours=2)
    await access.call("m1", work)
    async with engine.begin() as connection:  # as if that transaction had not ended
        assert before.tokens is not None
        await connection.execute(
            text(
                "UPDATE shopify_stores SET access_token = :access, refresh_token = :refresh, "
                "expires_at = now()"
            ),
            {"access": before.tokens.access, "refresh": before.tokens.refresh},
        )
    assert await access.call("m1", work) == SHOP
    assert shopify.login.refreshed == 1
    assert work.used[0] == work.used[1]


async def test_shopify_down_at_a_refresh_changes_nothing(
    access: StoreAccess, work: Work, clock: Clock, shopify: ShopifyStandin, engine: AsyncEngine
) -> None:
    clock.ahead = timedelta(hours=2)
    shopify.faults.add(Fault(do="answer", status=503, body={"error": "down"}, path=TOKEN_PATH, times=3))
    with pytest.raises(Unreachable):
        await access.call("m1", work)
    assert (await store_of(engine)).status == Status.CONNECTED
    assert await access.call("m1", work) == SHOP


async def test_an_app_that_was_removed_asks_to_be_connected_again_and_says_why(
    access: StoreAccess, work: Work, shopify: ShopifyStandin, engine: AsyncEngine
) -> None:
    shopify.login.revoke(SHOP)
    with pytest.raises(TokenInvalid):
        await access.call("m1", work)
    store = await store_of(engine)
    assert (store.status, store.reason) == (Status.RECONNECT, "invalid_grant")
    assert store.tokens is not None
    async with engine.begin() as connection:
        (line,) = await shopify_log.listing(connection, "m1", before=None, limit=10)
    assert line.note.detail == "reconnect: invalid_grant"


async def test_a_token_typed_in_by_hand_that_is_revoked_asks_for_another(
    access: StoreAccess, work: Work, engine: AsyncEngine
) -> None:
    typed = Granted(access="shpat_by_hand", scopes=SCOPES, lives_s=None, refresh=None, refresh_lives_s=None)
    await connect(engine, typed)
    with pytest.raises(TokenInvalid):
        await access.call("m1", work)
    assert work.used == ["shpat_by_hand"]
    assert (await store_of(engine)).status == Status.RECONNECT


async def test_a_frozen_store_is_paused_with_its_tokens(access: StoreAccess, engine: AsyncEngine) -> None:
    async def frozen(_: str, __: str) -> None:
        raise StoreAway("HTTP 402")

    with pytest.raises(StoreAway):
        await access.call("m1", frozen)
    store = await store_of(engine)
    assert (store.status, store.reason) == (Status.PAUSED, "HTTP 402")
    assert store.tokens is not None


async def test_tokens_are_read_with_any_key_and_written_with_the_first(
    access: StoreAccess,
    access_with: Callable[[Vault], StoreAccess],
    work: Work,
    clock: Clock,
    engine: AsyncEngine,
) -> None:
    await access.call("m1", work)
    rotated = Vault(["a newer key", "a key of this test"])
    clock.ahead = timedelta(hours=2)
    await access_with(rotated).call("m1", work)
    (row,) = await select(engine, "access_token FROM shopify_stores")
    assert Vault(["a newer key"]).open(row.access_token) == work.used[1]


async def test_a_key_that_was_lost_is_told_and_the_store_can_be_connected_again(
    access: StoreAccess, access_with: Callable[[Vault], StoreAccess], work: Work, engine: AsyncEngine
) -> None:
    assert access
    with pytest.raises(TokenInvalid, match="ENCRYPTION_KEYS"):
        await access_with(Vault(["another"])).call("m1", work)
    assert (await store_of(engine)).status == Status.RECONNECT


async def test_a_store_nobody_uses_is_kept_alive(
    access: StoreAccess, clock: Clock, shopify: ShopifyStandin
) -> None:
    await access.keep_alive("m1", older_than=timedelta(days=7))
    assert shopify.login.refreshed == 0
    clock.ahead = timedelta(days=8)
    await access.keep_alive("m1", older_than=timedelta(days=7))
    assert shopify.login.refreshed == 1


async def test_who_disconnected_is_not_asked(access: StoreAccess, work: Work, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await shopify_stores.disconnect(connection, "m1", "the app was removed")
    with pytest.raises(TokenInvalid, match="the app was removed"):
        await access.call("m1", work)
    assert work.used == []
