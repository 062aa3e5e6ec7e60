"""What a backup says about itself."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codec import from_json, to_json
from scripts.backups.errors import BackupFailed
from store.vault import Expired, Vault

DUMP = "database.dump"
UPLOADS = "uploads"
_FILE = "backup.json"
_PROBE = "shopkeep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`revision` of the schema; `rows` of every table; `probe`: sealed with the first of ENCRYPTION_KEYS."""

    made_at: datetime
    revision: str
    rows: Mapping[str, int]
    sha256: str  # of the dump
    probe: str
    uploads: int  # files


def write(folder: Path, manifest: Manifest) -> None:
    (folder / _FILE).write_text(to_json(manifest))


def read(folder: Path) -> Manifest:
    """BackupFailed for what is no backup, or one that was cut off or changed."""
    try:
        manifest = from_json(Manifest, (folder / _FILE).read_bytes())
        whole = digest(folder / DUMP) == manifest.sha256
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{folder} is no backup: {error}") from error
    if not whole:
        raise BackupFailed(f"{folder / DUMP} is not what was written there: take another backup")
    return manifest


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def probe(vault: Vault) -> str:
    return vault.seal(_PROBE).decode()


def require_key(manifest: Manifest, vault: Vault) -> None:
    """BackupFailed when the keys here cannot read the tokens in the backup."""
    try:
        fits = vault.open(manifest.probe.encode()) == _PROBE
    except Expired:
        fits = False
    if not fits:
        raise BackupFailed(
            "the access tokens in this backup were sealed with another key. Put the file encryption_key of "
            "the installation it comes from into DATA_DIR, or its key into ENCRYPTION_KEYS, behind yours if "
            "you have one"
        )


async def rows(connection: AsyncConnection) -> dict[str, int]:
    """How many of each table there are."""
    tables = await connection.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    )
    return {
        table: (await connection.execute(text(f'SELECT count(*) FROM "{table}"'))).scalar_one()  # noqa: S608 - a table's name
        for table in tables.all()
    }
