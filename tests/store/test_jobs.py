"""Background work has one worker at a time and goes on where the last one stopped."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import NotFound
from store import jobs
from store.jobs import MAX_ERRORS, Job, RowFault
from tests.store.rows import open_shop

FAULT = RowFault(row=2, field="price", detail="is not a number")


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def start(engine: AsyncEngine, job_id: str) -> None:
    async with engine.begin() as connection:
        await jobs.start(
            connection,
            job_id=job_id,
            kind="import",
            merchant_id="m1",
            options={"format": "csv"},
        )


async def lease(engine: AsyncEngine) -> Job | None:
    async with engine.begin() as connection:
        return await jobs.lease(connection, 60)


async def advance(engine: AsyncEngine, cursor: int, *faults: RowFault) -> None:
    async with engine.begin() as connection:
        await jobs.advance(connection, "job", cursor=cursor, done=cursor, faults=faults, lease_s=60)


async def crash(engine: AsyncEngine) -> None:
    """The worker is gone, its lease runs out."""
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE jobs SET lease_until = now() - interval '1 second'"))


async def test_a_job_is_leased_to_one_worker(engine: AsyncEngine) -> None:
    await start(engine, "job")
    leased = [job for job in await asyncio.gather(lease(engine), lease(engine), lease(engine)) if job]
    assert leased == [
        Job(
            id="job",
            kind="import",
            merchant_id="m1",
            options={"format": "csv"},
            cursor=0,
            done=0,
        )
    ]


async def test_the_oldest_job_comes_first(engine: AsyncEngine) -> None:
    await start(engine, "first")
    await start(engine, "second")
    leased = [await lease(engine), await lease(engine), await lease(engine)]
    assert [job and job.id for job in leased] == ["first", "second", None]


async def test_a_job_whose_worker_died_goes_on_from_its_cursor(engine: AsyncEngine) -> None:
    await start(engine, "job")
    await lease(engine)
    await advance(engine, 100)
    assert await lease(engine) is None
    await crash(engine)
    taken_up = await lease(engine)
    assert taken_up
    assert (taken_up.cursor, taken_up.done) == (100, 100)


async def test_progress_is_told_to_its_merchant_alone(engine: AsyncEngine) -> None:
    await start(engine, "job")
    async with engine.begin() as connection:
        await jobs.set_total(connection, "job", 300)
    await advance(engine, 100, FAULT)
    async with engine.begin() as connection:
        progress = await jobs.progress(connection, "m1", "job")
        with pytest.raises(NotFound):
            await jobs.progress(connection, "m2", "job")
    assert (progress.status, progress.total, progress.done, progress.errors) == (
        "running",
        300,
        100,
        (FAULT,),
    )


async def test_a_finished_job_is_leased_no_more(engine: AsyncEngine) -> None:
    await start(engine, "job")
    await lease(engine)
    async with engine.begin() as connection:
        await jobs.finish(connection, "job", "failed", [FAULT])
        progress = await jobs.progress(connection, "m1", "job")
    assert await lease(engine) is None
    assert (progress.status, progress.errors) == ("failed", (FAULT,))


async def test_a_paused_job_is_told_so_and_goes_on_where_it_was(engine: AsyncEngine) -> None:
    await start(engine, "job")
    await lease(engine)
    async with engine.begin() as connection:
        await jobs.stop(connection, "m1", "job", "paused")
        assert not await jobs.advance(connection, "job", cursor=5, done=5, faults=(), lease_s=60)
        await jobs.let_go(connection, "job")
    assert await lease(engine) is None
    async with engine.begin() as connection:
        await jobs.go_on(connection, "m1", "job")
    again = await lease(engine)
    assert again
    assert again.cursor == 5


async def test_a_job_paused_for_a_moment_keeps_its_worker(engine: AsyncEngine) -> None:
    await start(engine, "job")
    await lease(engine)
    async with engine.begin() as connection:
        await jobs.stop(connection, "m1", "job", "paused")
        await jobs.go_on(connection, "m1", "job")
    assert await lease(engine) is None
    async with engine.begin() as connection:
        assert await jobs.advance(connection, "job", cursor=5, done=5, faults=(), lease_s=60)


async def test_a_cancelled_job_stays_cancelled(engine: AsyncEngine) -> None:
    await start(engine, "job")
    await lease(engine)
    async with engine.begin() as connection:
        await jobs.stop(connection, "m2", "job", "cancelled")
        assert (await jobs.progress(connection, "m1", "job")).status == "running"
        await jobs.stop(connection, "m1", "job", "cancelled")
        await jobs.go_on(connection, "m1", "job")
        await jobs.finish(connection, "job", "done")
        assert (await jobs.progress(connection, "m1", "job")).status == "cancelled"


async def test_a_file_that_is_wrong_from_end_to_end_is_not_repeated_in_full(engine: AsyncEngine) -> None:
    await start(engine, "job")
    for batch in range(3):
        await advance(engine, batch, *([FAULT] * MAX_ERRORS))
    async with engine.begin() as connection:
        assert len((await jobs.progress(connection, "m1", "job")).errors) == MAX_ERRORS


async def test_state_is_kept_for_who_goes_on(engine: AsyncEngine) -> None:
    await start(engine, "job")
    async with engine.begin() as connection:
        await jobs.advance(
            connection, "job", cursor=1, done=1, faults=(), lease_s=60, state={"bulk": "gid", "after": None}
        )
    await advance(engine, 2)
    await crash(engine)
    taken_up = await lease(engine)
    assert taken_up
    assert (taken_up.cursor, taken_up.state) == (2, {"bulk": "gid", "after": None})


async def test_a_lease_is_renewed_without_progress(engine: AsyncEngine) -> None:
    await start(engine, "job")
    await lease(engine)
    await crash(engine)
    async with engine.begin() as connection:
        await jobs.renew(connection, "job", 60)
    assert await lease(engine) is None


async def test_syncs_of_last_month_go_and_nothing_else(engine: AsyncEngine) -> None:
    await start(engine, "import")
    async with engine.begin() as connection:
        for job_id in ("old", "new"):
            await jobs.start_sync(connection, job_id=job_id, merchant_id="m1", options={"mode": "full"})
            await jobs.finish(connection, job_id, "done")
        await jobs.finish(connection, "import", "done")
        await connection.execute(
            text("UPDATE jobs SET finished_at = now() - interval '31 days' WHERE id <> 'new'")
        )
        await jobs.prune(connection)
        left = await connection.execute(text("SELECT id FROM jobs ORDER BY id"))
    assert list(left.scalars()) == ["import", "new"]
