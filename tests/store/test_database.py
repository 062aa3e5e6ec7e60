import asyncio
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from store.database import CONNECTIONS_PER_PROCESS, autocommit, connect, insist


async def test_no_statement_meets_a_connection_that_the_server_has_ended(
    database_url: str, engine: AsyncEngine
) -> None:
    own = connect(database_url)
    ended = [asyncio.Event() for _ in range(CONNECTIONS_PER_PROCESS)]
    opened = [await own.connect() for _ in ended]
    for each, event in zip(opened, ended, strict=True):
        driver: Any = (await each.get_raw_connection()).driver_connection
        driver.add_termination_listener(lambda _, event=event: event.set())
    pids = [(await each.execute(text("SELECT pg_backend_pid()"))).scalar_one() for each in opened]
    for each in opened:
        await each.close()
    async with autocommit(engine) as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM unnest(CAST(:pids AS int[])) pid"), {"pids": pids}
        )
    for event in ended:
        await event.wait()

    async with autocommit(own) as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await own.dispose()


async def test_what_must_be_kept_is_kept_once_the_database_is_back() -> None:
    away = [OSError("refused"), OSError("starting up")]
    kept = []

    async def write() -> None:
        if away:
            raise away.pop()
        kept.append("it")

    await insist(write)
    assert kept == ["it"]
