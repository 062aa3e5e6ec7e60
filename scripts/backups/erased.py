"""Deletions that were asked for, as hashes, beside each backup: after a restore they are done again."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from models.codec import from_json, to_json
from scripts.backups.errors import BackupFailed
from store import erasures
from store.deletions import Deletion

FILE = "deletions.jsonl"


def lines(deletions: Iterable[Deletion]) -> str:
    return "".join(f"{to_json(each)}\n" for each in deletions)


def read(file: Path) -> list[Deletion]:
    """BackupFailed."""
    try:
        return [from_json(Deletion, line) for line in file.read_text().splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{file} is no list of deletions: {error}") from error


def known(backup: Path, lists: Sequence[Path]) -> list[Deletion]:
    """Those of these lists and of all backups that lie beside this one, each once, the oldest first."""
    beside = sorted(backup.resolve().parent.glob(f"shopkeep-*/{FILE}"))
    found = {each.code: each for file in (*beside, *lists) for each in read(file)}
    return sorted(found.values(), key=lambda each: each.asked_at)


async def again(engine: AsyncEngine, deletions: Iterable[Deletion]) -> int:
    """Each in a transaction of its own. How many had not been done in this database."""
    repeated = 0
    for deletion in deletions:
        async with engine.begin() as connection:
            repeated += await erasures.repeat(connection, deletion)
    return repeated
