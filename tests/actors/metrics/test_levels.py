"""What waits, over all merchants, from a real database."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.metrics import names
from actors.metrics.levels import LevelMetrics
from models.merchant import Merchant
from store import accounts, merchants
from store.database import connect
from tests.actors.metrics.recorded import Recorded

NONE: frozenset[tuple[str, str]] = frozenset()


def state(name: str, of: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset({("state", of)})


async def shop(engine: AsyncEngine, merchant_id: str, *, status: str, expires_at: datetime) -> None:
    async with engine.begin() as connection:
        merchant = Merchant(id=merchant_id, name=merchant_id, model_budget_per_day=5)
        await merchants.create(connection, merchant, "catalog-0")
        await accounts.connect(
            connection,
            merchant_id=merchant_id,
            channel="instagram",
            account_id=f"a-{merchant_id}",
            sealed_token=b"sealed",
            facts=accounts.Facts(expires_at=expires_at),
            status=status,
        )
        conversation = await connection.execute(
            text(
                "INSERT INTO conversations (merchant_id, channel, account_id, customer_id, bucket,"
                " handover_at) VALUES (:m, 'instagram', :a, 'c', 1, now()) RETURNING id"
            ),
            {"m": merchant_id, "a": f"a-{merchant_id}"},
        )
        values = {"m": merchant_id, "c": conversation.scalar_one(), "a": f"a-{merchant_id}"}
        await connection.execute(
            text(
                "INSERT INTO inbox (channel, account_id, key, merchant_id, conversation_id, bucket, kind,"
                " event, at, received_at) VALUES ('instagram', :a, 'k', :m, :c, 1, 'message', '{}', now(),"
                " now() - interval '30 seconds')"
            ),
            values,
        )
        await connection.execute(
            text(
                "INSERT INTO outbox (merchant_id, conversation_id, part, body, expires_at, created_at)"
                " VALUES (:m, :c, 1, '{}', now() + interval '1 day', now() - interval '1 minute')"
            ),
            values,
        )


async def test_ages_counts_and_states_are_told(engine: AsyncEngine) -> None:
    now = datetime.now(UTC)
    await shop(engine, "m1", status=accounts.CONNECTED, expires_at=now + timedelta(days=4))
    await shop(engine, "m2", status="token_invalid", expires_at=now - timedelta(days=1))
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO spending (merchant_id, day, microdollars, turns)"
                " VALUES ('m1', (now() AT TIME ZONE 'UTC')::date, 50000, 3),"
                " ('m2', (now() AT TIME ZONE 'UTC')::date, 49999, 3)"
            )
        )
    heard = Recorded()
    await LevelMetrics(engine, heard).read()
    told = heard.gauges
    assert told[names.DATABASE_UP, NONE] == 1
    assert told[names.INBOX_WAITING, NONE] == 2
    assert told[names.INBOX_OLDEST, NONE] == pytest.approx(30, abs=10)
    assert told[names.NEEDING_PERSON, NONE] == 2
    # What an account that is parked holds back is not late.
    assert told[names.OUTBOX_WAITING, NONE] == 1
    assert told[names.OUTBOX_OLDEST, NONE] == pytest.approx(60, abs=10)
    assert told[names.MERCHANTS_OVER_BUDGET, NONE] == 1
    # Of the accounts that work.
    assert told[names.TOKEN_LEFT, NONE] == pytest.approx(4 * 86400, abs=60)
    assert told[state(names.INSTAGRAM_ACCOUNTS, "connected")] == 1
    assert told[state(names.INSTAGRAM_ACCOUNTS, "token_invalid")] == 1


async def test_where_nothing_waits_everything_is_zero_and_no_token_ends(engine: AsyncEngine) -> None:
    heard = Recorded()
    await LevelMetrics(engine, heard).read()
    assert heard.gauges[names.INBOX_OLDEST, NONE] == heard.gauges[names.OUTBOX_OLDEST, NONE] == 0
    assert (names.TOKEN_LEFT, NONE) not in heard.gauges
    assert (names.SYNC_AGE, NONE) not in heard.gauges


async def test_a_state_that_nothing_is_in_any_more_goes_back_to_zero(engine: AsyncEngine) -> None:
    await shop(engine, "m1", status="token_invalid", expires_at=datetime.now(UTC))
    heard = Recorded()
    metrics = LevelMetrics(engine, heard)
    await metrics.read()
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE accounts SET status = 'connected'"))
    await metrics.read()
    assert heard.gauges[state(names.INSTAGRAM_ACCOUNTS, "token_invalid")] == 0
    assert heard.gauges[state(names.INSTAGRAM_ACCOUNTS, "connected")] == 1


async def test_a_database_that_is_away_is_told(postgres_url: str) -> None:
    away = connect(postgres_url.replace("/postgres?", "/nothing_here?"))
    heard = Recorded()
    with pytest.raises(Exception, match="nothing_here"):
        await LevelMetrics(away, heard).read()
    await away.dispose()
    assert heard.gauges == {(names.DATABASE_UP, NONE): 0}
