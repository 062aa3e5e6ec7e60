"""The schema, brought to where this code needs it.

Migrations only add: code of the version before runs beside the new one during an upgrade, and may have to run
on with the new schema after it. One that takes away says in a line `oldest_code = "0022"` which revision code
has to know to run with what is left (docs/upgrading.md, Writing a migration); the database then says so, too.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import Revision
from sqlalchemy import text

from store.database import autocommit, connect

OLDEST_CODE = "oldest_code"  # in `installation`, and the attribute of a migration
SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


class TooNew(RuntimeError):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Where a database is. `revision`: None without tables. `oldest_code`: what code has to know to run."""

    revision: str | None
    oldest_code: str | None


def upgrade(database_url: str, revision: str = "head") -> None:
    """A newer schema than this code knows stays as it is, where this code may run with it; else TooNew."""
    at = asyncio.run(level(database_url))
    if _known(at.revision):
        command.upgrade(config(database_url), revision)
    else:
        require_fits(at, head())


def require_fits(at: Level, code: str) -> None:
    """TooNew unless code whose newest migration is `code` runs with this database."""
    if at.oldest_code is not None and at.oldest_code > code:
        raise TooNew(
            f"the database is at {at.revision}, and needs code that knows migration {at.oldest_code}; this "
            f"code ends at {code}. Take the newer code again, or bring the database back to {code} with it: "
            f"alembic downgrade {code} (docs/upgrading.md says what that drops)"
        )


def downgrade(database_url: str, revision: str) -> None:
    command.downgrade(config(database_url), revision)


def pending(at: Level) -> list[Script]:
    """The migrations that are to come, in order; none for a newer schema than this code knows."""
    if not _known(at.revision):
        return []
    return list(_scripts().iterate_revisions("head", at.revision or "base"))[::-1]


def head(scripts: Path = SCRIPTS) -> str:
    """The newest migration of the code that these belong to."""
    found = _scripts(scripts).get_current_head()
    if found is None:
        raise RuntimeError(f"there are no migrations in {scripts}")
    return found


def oldest_code(migration: Revision | None) -> str | None:
    """What code has to know to run once this is applied; None: what was there before is still there."""
    return getattr(migration.module, OLDEST_CODE, None) if isinstance(migration, Script) else None


async def level(database_url: str) -> Level:
    engine = connect(database_url)
    try:
        async with autocommit(engine) as connection:
            if not await connection.scalar(text("SELECT to_regclass('public.installation')")):
                return Level(revision=None, oldest_code=None)
            found = await connection.execute(
                text(
                    "SELECT version_num, (SELECT value #>> '{}' FROM installation WHERE key = :key) "
                    "FROM alembic_version"
                ),
                {"key": OLDEST_CODE},
            )
            revision, oldest = found.one()
            return Level(revision=revision, oldest_code=oldest)
    finally:
        await engine.dispose()


def _known(revision: str | None) -> bool:
    return revision is None or revision in {script.revision for script in _scripts().walk_revisions()}


def _scripts(folder: Path = SCRIPTS) -> ScriptDirectory:
    return ScriptDirectory.from_config(config("", folder))


def config(database_url: str, scripts: Path = SCRIPTS) -> Config:
    made = Config()
    made.set_main_option("script_location", str(scripts))
    made.attributes["database_url"] = database_url
    return made
