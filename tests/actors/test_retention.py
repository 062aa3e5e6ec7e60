"""What is too old goes, by each merchant's own days; nothing goes that somebody still needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.retention import RetentionJob
from models.merchant import Retention
from store import imports, merchants, product_days
from tests.store.rows import arrive, event, open_shop, queue, select
from tests.store.shown import click, show

NOW = datetime.now(UTC)
TABLES = ("messages", "executions", "inbox", "outbox")


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
async def job(engine: AsyncEngine) -> RetentionJob:
    """Of two shops whose days are all counted; it takes two rows at a time."""
    for merchant_id in ("m1", "m2"):
        await open_shop(engine, merchant_id)
    async with engine.begin() as connection:
        await product_days.close(connection, ago(1).date())
    return RetentionJob(engine, batch=2, breath_s=0)


async def talked(engine: AsyncEngine, days: int, customer: str, merchant: str = "m1") -> int:
    """One turn, so long ago. Its conversation."""
    conversation_id = await show(engine, "dress", at=ago(days), customer=customer, merchant=merchant)
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE conversations SET updated_at = :at, last_customer_at = :at WHERE id = :id"),
            {"id": conversation_id, "at": ago(days)},
        )
        await connection.execute(
            text("UPDATE outbox SET status = 'sent' WHERE conversation_id = :id"), {"id": conversation_id}
        )
    return conversation_id


async def keep(engine: AsyncEngine, merchant_id: str, retention: Retention) -> None:
    async with engine.begin() as connection:
        shop = await merchants.get(connection, merchant_id)
        await merchants.save(connection, replace(shop, retention=retention))


async def left(engine: AsyncEngine) -> list[str]:
    found = await select(engine, "customer_id FROM conversations ORDER BY customer_id")
    return [row.customer_id for row in found]


async def executions(engine: AsyncEngine) -> int:
    return len(await select(engine, "id FROM executions"))


async def test_conversations_go_ninety_days_after_their_last_message_with_all_that_belongs_to_them(
    engine: AsyncEngine, job: RetentionJob
) -> None:
    for number in range(5):
        await talked(engine, 91 + number, f"old-{number}")
    kept = await talked(engine, 89, "kept")
    await job.run(NOW)
    assert await left(engine) == ["kept"]
    for table in TABLES:
        rows = await select(engine, f"DISTINCT conversation_id FROM {table}")
        assert {row.conversation_id for row in rows} <= {kept}, table


async def test_the_log_of_turns_goes_after_thirty_days_and_the_conversation_stays(
    engine: AsyncEngine, job: RetentionJob
) -> None:
    await talked(engine, 31, "c1")
    await talked(engine, 29, "c2")
    await job.run(NOW)
    assert await left(engine) == ["c1", "c2"]
    assert await executions(engine) == 1
    assert len(await select(engine, "id FROM outbox")) == 2


async def test_each_merchant_has_days_of_its_own_and_may_keep_everything(
    engine: AsyncEngine, job: RetentionJob
) -> None:
    await keep(engine, "m1", Retention(conversations_days=7, executions_days=3))
    await keep(engine, "m2", Retention(conversations_days=None, executions_days=None))
    await talked(engine, 8, "short")
    await talked(engine, 400, "for ever", merchant="m2")
    await job.run(NOW)
    assert await left(engine) == ["for ever"]
    assert await executions(engine) == 1


async def test_who_waits_for_an_answer_is_never_gone(engine: AsyncEngine, job: RetentionJob) -> None:
    await talked(engine, 100, "asks")
    await arrive(engine, event("still there?", customer="asks"))
    await queue(engine, await talked(engine, 100, "is answered"), "in a moment")
    await job.run(NOW)
    assert await left(engine) == ["asks", "is answered"]


async def test_who_came_back_by_a_link_is_not_gone(engine: AsyncEngine, job: RetentionJob) -> None:
    await click(engine, await talked(engine, 100, "clicks"), "dress", at=ago(2))
    await job.run(NOW)
    assert await left(engine) == ["clicks"]


async def test_nothing_goes_before_the_daily_figures_were_counted_from_it(
    engine: AsyncEngine, job: RetentionJob
) -> None:
    await talked(engine, 91, "c1")
    async with engine.begin() as connection:
        await product_days.close(connection, ago(92).date())
    await job.run(NOW)
    assert (await left(engine), await executions(engine)) == (["c1"], 1)


async def ended_import(engine: AsyncEngine, name: str, days: int, *, erased: bool = True) -> None:
    async with engine.begin() as connection:
        values = {"id": name, "at": ago(days), "erased": ago(1) if erased else None}
        await connection.execute(
            text(
                "INSERT INTO imports (id, merchant_id, name, bytes, reading, status, job_id, finished_at, "
                "erased_at) VALUES (:id, 'm1', 'a.csv', 1, '{}', 'done', :id, :at, :erased)"
            ),
            values,
        )
        await connection.execute(
            text(
                "INSERT INTO jobs (id, kind, merchant_id, status, finished_at) "
                "VALUES (:id, 'import', 'm1', 'done', :at)"
            ),
            {"id": name, "at": ago(days)},
        )


async def test_what_imports_left_goes_after_thirty_days_once_their_files_are_gone(
    engine: AsyncEngine, job: RetentionJob
) -> None:
    await ended_import(engine, "old", 31)
    await ended_import(engine, "new", 29)
    await ended_import(engine, "with its file", 31, erased=False)
    await job.run(NOW)
    for table in ("imports", "jobs"):
        assert {row.id for row in await select(engine, f"id FROM {table}")} == {"new", "with its file"}


async def test_the_file_of_an_import_goes_sooner_where_uploads_are_kept_for_fewer_days(
    engine: AsyncEngine, job: RetentionJob
) -> None:
    assert job
    await ended_import(engine, "two days old", 2, erased=False)
    async with engine.begin() as connection:
        assert await imports.take_old(connection) == []
    await keep(engine, "m1", Retention(uploads_days=1))
    async with engine.begin() as connection:
        assert await imports.take_old(connection) == ["two days old"]
    await keep(engine, "m1", Retention(uploads_days=None))
    await ended_import(engine, "eight days old", 8, erased=False)
    async with engine.begin() as connection:
        assert await imports.take_old(connection) == ["eight days old"]
