"""PostgreSQL from the wheel. That it starts and stops is seen by every test that uses it."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from launch.postgres import EmbeddedPostgres

ADOPT = """
import sys
from pathlib import Path
from launch.postgres import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1])).start())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a short path, for the socket."""
    with tempfile.TemporaryDirectory(prefix="shopkeep-test-") as made:
        yield Path(made) / "pg"


async def started_by_another(folder: Path) -> psutil.Process:
    """The server, left running."""
    starting = await asyncio.create_subprocess_exec(sys.executable, "-c", ADOPT, str(folder))
    assert await starting.wait() == 0
    return psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))


async def test_a_server_that_was_killed_just_now_is_not_taken_for_a_running_one(folder: Path) -> None:
    (await started_by_another(folder)).kill()
    again = await started_by_another(folder)
    assert again.is_running()
    again.terminate()
    again.wait()


async def test_another_process_with_the_pid_of_the_last_server_is_not_taken_for_it(folder: Path) -> None:
    server = await started_by_another(folder)
    record = (folder / "postmaster.pid").read_text()
    server.terminate()
    server.wait()
    (folder / "postmaster.pid").write_text(record.replace(str(server.pid), str(os.getpid()), 1))
    again = await started_by_another(folder)
    assert again.pid != os.getpid()
    again.terminate()
    again.wait()


async def test_a_server_that_is_still_starting_is_waited_for(folder: Path) -> None:
    server = await started_by_another(folder)
    program = server.exe()
    owner = server.username()
    server.kill()
    server.wait()
    (folder / "postmaster.pid").unlink()
    starting = await asyncio.create_subprocess_exec(
        program, "-D", folder, "-h", "", "-k", folder, user=owner, stderr=asyncio.subprocess.DEVNULL
    )
    again = await started_by_another(folder)
    assert again.pid == starting.pid
    assert (folder / "postmaster.pid").read_text().split()[-1] == "ready"
    starting.terminate()
    await starting.wait()


def test_stopping_what_never_started_is_nothing(tmp_path: Path) -> None:
    EmbeddedPostgres(tmp_path / "never").stop()
    assert not (tmp_path / "never").exists()


async def test_a_server_that_is_already_running_is_adopted_and_outlives_who_adopted_it(
    postgres_url: str, engine: AsyncEngine
) -> None:
    folder = make_url(postgres_url).query["host"]
    another = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ADOPT, str(folder), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await another.communicate()
    assert said.decode().strip() == postgres_url
    async with engine.begin() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
