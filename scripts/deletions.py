"""What was asked to be deleted, for a restore: `python -m scripts.deletions > deletions.jsonl`

One line for each, hashes in place of names. Every backup has such a list; this is the newest one, of an
installation that runs or whose database can still be read.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from scripts.backups import erased
from scripts.backups.errors import BackupFailed
from scripts.backups.server import database
from settings import Settings, settings
from store import deletions
from store.database import connect


async def listed(database_url: str) -> str:
    engine = connect(database_url)
    try:
        async with engine.connect() as connection:
            return erased.lines(await deletions.listing(connection))
    finally:
        await engine.dispose()


def main(arguments: Sequence[str] | None = None, configuration: Settings | None = None) -> int:
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    try:
        with database(configuration or settings()) as url:
            print(asyncio.run(listed(url)), end="")
    except BackupFailed as error:
        print(f"No list: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
