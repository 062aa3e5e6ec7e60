"""A merchant who leaves is gone at once for everybody, and a little later altogether."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.merchant_erasure import MerchantErasure
from models.errors import NotFound
from models.imports import file_name
from sources.pictures import SIZES
from store import audit, deletions, erasures, jobs, merchants, placement, users
from store.audit import Change
from store.database import autocommit
from store.files import Files, files_at
from store.media import file_name as picture_name
from store.schema import metadata
from tests.store.filled import fill
from tests.store.rows import arrive, event, open_shop, select

KEY = "0a" * 20
ANA, BEA = "ana@shop.example", "bea@shop.example"
PICTURES = [picture_name(KEY, size, "jpg") for size in SIZES]
IMPORT = file_name("word")


class Stopped(Exception):
    pass


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return files_at(str(tmp_path / "uploads"))


@pytest.fixture(autouse=True)
async def shops(engine: AsyncEngine, files: Files) -> None:
    """m1 with a row in every table, a picture and a file; m2 beside it. Ana sees m1 alone, Bea both."""
    await fill(engine)
    await open_shop(engine, "m2")
    await arrive(engine, event("hello", merchant="m2"))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE media SET key = :key, extension = 'jpg'"), {"key": KEY})
        for email, seen in ((ANA, ("m1",)), (BEA, ("m1", "m2"))):
            await users.create(
                connection, user_id=email[:3], role="merchant", email=email, name=email, merchants=seen
            )
        for action, target in (("users.invite", ANA), ("conversations.say", "c1")):
            shop = "m1" if action == "conversations.say" else None
            change = Change(
                actor_kind="user",
                actor_id="ana",
                actor_name="Ana",
                merchant_id=shop,
                action=action,
                target=target,
                fields=("text",),
            )
            await audit.record(connection, change)
    for name in (*PICTURES, IMPORT):
        await files.write(name, b"bytes")


async def leave(engine: AsyncEngine) -> str:
    async with engine.begin() as connection:
        return await erasures.erase_merchant(connection, "m1")


async def erase(engine: AsyncEngine, files: Files) -> None:
    async with engine.begin() as connection:
        job = await jobs.lease(connection, 30)
    assert job
    assert (job.kind, job.merchant_id) == (erasures.MERCHANT_JOB, "m1")
    await MerchantErasure(engine, files, job, lease_s=0, batch=1, breath_s=0).run()


async def left(engine: AsyncEngine, merchant_id: str = "m1") -> list[str]:
    """The tables that have a row of the merchant."""
    whose = {table.name: "merchant_id" for table in metadata.sorted_tables if "merchant_id" in table.columns}
    whose["merchants"] = "id"
    return sorted(
        [
            table
            for table, column in whose.items()
            if await select(engine, f"1 FROM {table} WHERE {column} = '{merchant_id}' LIMIT 1")
        ]
    )


async def there(files: Files, names: Sequence[str]) -> list[str]:
    found = []
    for name in names:
        try:
            await files.read(name)
        except NotFound:
            continue
        found.append(name)
    return found


async def test_from_that_moment_on_nobody_finds_it_and_nothing_of_it_is_under_way(
    engine: AsyncEngine,
) -> None:
    code = await leave(engine)
    async with autocommit(engine) as connection:
        with pytest.raises(NotFound):
            await merchants.get(connection, "m1")
        with pytest.raises(NotFound):
            await placement.of(connection, "m1")
        assert [shop.id for shop in await merchants.listing(connection)] == ["m2"]
        assert (await deletions.get(connection, code)).done_at is None
    assert await select(engine, "1 FROM accounts WHERE merchant_id = 'm1'") == []
    assert await select(engine, "1 FROM api_tokens WHERE merchant_id = 'm1'") == []
    assert await select(engine, "1 FROM inbox WHERE merchant_id = 'm1' AND status = 'waiting'") == []
    unsent = "1 FROM outbox WHERE merchant_id = 'm1' AND status IN ('pending', 'sending')"
    assert await select(engine, unsent) == []
    running = await select(engine, "kind FROM jobs WHERE merchant_id = 'm1' AND status = 'running'")
    assert [row.kind for row in running] == [erasures.MERCHANT_JOB]
    with pytest.raises(NotFound):
        await leave(engine)


async def test_all_of_it_goes_with_its_files_and_what_is_anothers_stays(
    engine: AsyncEngine, files: Files
) -> None:
    before = await left(engine, "m2")
    code = await leave(engine)
    await erase(engine, files)
    assert await left(engine) == ["audit_log", "deletions"]
    assert await left(engine, "m2") == before
    assert await there(files, [*PICTURES, IMPORT]) == []
    async with autocommit(engine) as connection:
        assert (await deletions.get(connection, code)).done_at


async def test_people_who_saw_nothing_else_go_and_the_log_names_nobody(
    engine: AsyncEngine, files: Files
) -> None:
    await leave(engine)
    await erase(engine, files)
    assert [row.email for row in await select(engine, "email FROM users WHERE email LIKE '%shop%'")] == [BEA]
    log = await select(engine, "actor_name, target FROM audit_log WHERE action <> 'word' ORDER BY id")
    assert [tuple(line) for line in log] == [("", None), ("", None)]


async def test_a_stop_in_the_middle_loses_nothing_and_the_next_one_ends_it(
    engine: AsyncEngine, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await leave(engine)

    async def stopped(*_: object) -> int:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(MerchantErasure, "_imports", stopped)
        with pytest.raises(Stopped):
            await erase(engine, files)
    assert "merchants" in await left(engine)
    async with autocommit(engine) as connection:
        assert (await deletions.get(connection, code)).done_at is None
    await erase(engine, files)
    assert await left(engine) == ["audit_log", "deletions"]
