"""A backup of the installation on DATA_DIR, running or not: `python -m scripts.backup FOLDER`

FOLDER gets one folder named by the time: the database (pg_dump, custom format), the uploads, and backup.json
with what was in it. The encryption key is no part of it: keep DATA_DIR/encryption_key apart from the backups.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import fsspec
from sqlalchemy import text

from scripts.backups import erased
from scripts.backups import manifest as manifests
from scripts.backups.errors import BackupFailed
from scripts.backups.manifest import DUMP, UPLOADS, Manifest
from scripts.backups.server import database, vault_of
from scripts.backups.tools import run
from settings import Settings, settings
from store import deletions
from store.database import connect
from store.vault import Vault


async def back_up(database_url: str, uploads: str, vault: Vault, folder: Path) -> Manifest:
    """Into `folder`, which is not there before and is whole once it is."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(parents=True)
    engine = connect(database_url)
    try:
        async with engine.connect() as connection:
            # What is counted and what is dumped are one moment, whatever goes on meanwhile.
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            snapshot = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            counted = await manifests.rows(connection)
            (unfinished / erased.FILE).write_text(erased.lines(await deletions.listing(connection)))
            revision = (
                await connection.execute(text("SELECT version_num FROM alembic_version"))
            ).scalar_one()
            dump = unfinished / DUMP
            options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
            await asyncio.to_thread(run, "pg_dump", database_url, *options, f"--file={dump}")
    finally:
        await engine.dispose()
    # After the database: a picture it knows is there already, one that is newer does no harm.
    copied = await asyncio.to_thread(_copy, uploads, unfinished / UPLOADS)
    made = Manifest(
        made_at=datetime.now(UTC),
        revision=revision,
        rows=counted,
        sha256=await asyncio.to_thread(manifests.digest, dump),
        probe=manifests.probe(vault),
        uploads=copied,
    )
    manifests.write(unfinished, made)
    unfinished.rename(folder)
    return made


def _copy(location: str, folder: Path) -> int:
    store, root = fsspec.url_to_fs(location)
    folder.mkdir()
    names = store.find(root) if store.exists(root) else []
    for name in names:
        to = folder / name.removeprefix(root).lstrip("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        store.get_file(name, str(to))
    return len(names)


def main(arguments: Sequence[str] | None = None, configuration: Settings | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where backups are kept")
    into: Path = parser.parse_args(arguments).folder
    configuration = configuration or settings()
    folder = into / f"shopkeep-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        with database(configuration) as url:
            made = asyncio.run(back_up(url, configuration.uploads_location, vault_of(configuration), folder))
    except BackupFailed as error:
        print(f"No backup: {error}", file=sys.stderr)
        return 1
    print(f"{folder}: {sum(made.rows.values())} rows of {len(made.rows)} tables, {made.uploads} files")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
