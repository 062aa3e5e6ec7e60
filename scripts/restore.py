"""A backup into an empty installation that does not run: `python -m scripts.restore BACKUP`

Checked before anything is written: the backup is whole, its key fits, this code knows its schema, and there
is no shop yet. Afterwards rows are counted, what was erased since is erased again (as the backups beside this
one and every list given with --deletions know it), and a search is tried. What was to be answered or sent
when the backup was made is set aside, with the reason `restored`: it was dealt with long ago. With --go-on
it is not.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import fsspec
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.catalog import make_embedder
from actors.owned_catalogue import OwnedCatalogue
from indexes.embedders import Embedder
from indexes.query_vectors import QueryVectors
from models.search import NO_FILTERS, Order
from scripts.backups import erased
from scripts.backups import manifest as manifests
from scripts.backups.errors import BackupFailed
from scripts.backups.manifest import DUMP, UPLOADS, Manifest
from scripts.backups.server import stopped, vault_of
from scripts.backups.tools import run
from settings import Settings, settings
from store import migrations
from store.database import connect
from store.deletions import Deletion

REASON = "restored"


async def restore(database_url: str, folder: Path, manifest: Manifest, configuration: Settings) -> None:
    """BackupFailed, with nothing written, where the database is not empty or the schema is not known."""
    _require_known(database_url, manifest)
    engine = connect(database_url)
    try:
        await _require_empty(engine)
        await engine.dispose()  # its connections would see the schema go
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        await asyncio.to_thread(run, "pg_restore", database_url, *options, str(folder / DUMP))
        await _require_counts(engine, manifest)
    finally:
        await engine.dispose()
    await asyncio.to_thread(migrations.upgrade, database_url)
    await asyncio.to_thread(_put_back, folder / UPLOADS, configuration.uploads_location)
    # Of another life of this folder; catalogues are built anew from the table.
    shutil.rmtree(configuration.data_dir.resolve() / "snapshots", ignore_errors=True)


def _require_known(database_url: str, manifest: Manifest) -> None:
    try:
        ScriptDirectory.from_config(migrations.config(database_url)).get_revision(manifest.revision)
    except CommandError as error:
        raise BackupFailed(
            f"the backup's schema {manifest.revision} is newer than this code: take the version that made it"
        ) from error


async def _require_empty(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        known = await connection.scalar(text("SELECT to_regclass('public.merchants')"))
        if known and await connection.scalar(text("SELECT count(*) FROM merchants")):
            raise BackupFailed(
                "there are shops in this database. A backup goes into an empty one: a DATA_DIR of its own, "
                "or a new database in DATABASE_URL"
            )


async def _require_counts(engine: AsyncEngine, manifest: Manifest) -> None:
    async with engine.connect() as connection:
        found = await manifests.rows(connection)
    if found != dict(manifest.rows):
        wrong = sorted(table for table in manifest.rows if found.get(table) != manifest.rows[table])
        raise BackupFailed(f"these tables do not have the rows they had: {', '.join(wrong)}")


def _put_back(folder: Path, location: str) -> None:
    store, root = fsspec.url_to_fs(location)
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            to = f"{root}/{file.relative_to(folder).as_posix()}"
            store.makedirs(to.rpartition("/")[0], exist_ok=True)
            store.put_file(str(file), to)


async def set_aside(engine: AsyncEngine) -> tuple[int, int]:
    """What waited: events and parts. Answered or sent long since, it must not be so again."""
    async with engine.begin() as connection:
        events = await connection.execute(
            text("UPDATE inbox SET status = 'silent', reason = :reason WHERE status = 'waiting'"),
            {"reason": REASON},
        )
        parts = await connection.execute(
            text(
                "UPDATE outbox SET status = 'cancelled', reason = :reason "
                "WHERE status IN ('pending', 'sending')"
            ),
            {"reason": REASON},
        )
    return events.rowcount, parts.rowcount


async def tried(engine: AsyncEngine, configuration: Settings) -> str:
    """A search in the largest catalogue for a product that is in it. BackupFailed."""
    async with engine.connect() as connection:
        found = await connection.execute(
            text("""
                SELECT merchant_id, body->>'name' AS name FROM products
                WHERE NOT deleted AND (body->>'is_active')::boolean
                  AND merchant_id = (SELECT merchant_id
                                     FROM products JOIN merchants ON merchants.id = merchant_id
                                     WHERE NOT deleted AND leaving_at IS NULL
                                     GROUP BY merchant_id ORDER BY count(*) DESC LIMIT 1)
                ORDER BY id LIMIT 1
            """)
        )
        row = found.first()
    if row is None:
        return "no product to search for"
    try:
        names = await _found(engine, row.merchant_id, row.name, make_embedder(configuration))
    except ValueError as error:
        raise BackupFailed(f"the catalogue of {row.merchant_id} cannot be read: {error}") from error
    if row.name not in names:
        raise BackupFailed(f"a search for {row.name!r} does not find it: the catalogue is not whole")
    return f"a search for {row.name!r} finds it"


async def _found(engine: AsyncEngine, merchant_id: str, query: str, embedder: Embedder) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        catalogue = await OwnedCatalogue.beside(
            engine=engine,
            merchant_id=merchant_id,
            embedder=embedder,
            queries=QueryVectors(embedder, time.monotonic),
            folder=Path(folder),
        )
        result = await catalogue.search(query, NO_FILTERS, 20, order=Order.RELEVANCE, relax=False)
    return [hit.product.name for hit in result.hits]


async def _after(
    database_url: str, configuration: Settings, deletions: Sequence[Deletion], *, go_on: bool
) -> None:
    engine = connect(database_url)
    try:
        repeated = await erased.again(engine, deletions)
        print(
            f"Erased again: {repeated} of {len(deletions)} deletions on record were not in this backup yet."
        )
        if not go_on:
            events, parts = await set_aside(engine)
            print(
                f"Set aside: {events} events that waited for an answer, {parts} parts that were to be sent."
            )
        print(f"Tried: {await tried(engine, configuration)}.")
    finally:
        await engine.dispose()


def main(arguments: Sequence[str] | None = None, configuration: Settings | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backup", type=Path, help="the folder that `python -m scripts.backup` made")
    parser.add_argument(
        "--deletions",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what else was erased since: the output of `python -m scripts.deletions`",
    )
    parser.add_argument("--go-on", action="store_true", help="answer and send what was waiting")
    asked = parser.parse_args(arguments)
    configuration = configuration or settings()
    try:
        manifest = manifests.read(asked.backup)
        manifests.require_key(manifest, vault_of(configuration))
        deletions = erased.known(asked.backup, asked.deletions)
        with stopped(configuration) as url:
            asyncio.run(restore(url, asked.backup, manifest, configuration))
            print(f"Restored: {sum(manifest.rows.values())} rows, {manifest.uploads} files.")
            asyncio.run(_after(url, configuration, deletions, go_on=asked.go_on))
    except BackupFailed as error:
        print(f"Not restored: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
