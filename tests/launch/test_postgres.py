"""PostgreSQL from the wheel. That it starts and stops is seen by every test that uses it."""

import asyncio
import sys
from pathlib import Path

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
