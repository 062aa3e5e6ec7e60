"""Index files of merchants who have left: they lie on every node that ever served them."""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.snapshot_file import stem_of
from store import placement
from store.database import autocommit

log = logging.getLogger(__name__)


async def sweep(engine: AsyncEngine, folder: Path) -> None:
    """Files first: whoever opens a shop meanwhile is among the merchants that are read after them."""
    lying = await asyncio.to_thread(lambda: sorted(folder.iterdir()))
    if not lying:
        return
    async with autocommit(engine) as connection:
        known = {stem_of(merchant_id) for merchant_id in await placement.merchants(connection)}
    await asyncio.to_thread(_erase, [file for file in lying if file.name.partition(".")[0] not in known])


def _erase(files: Iterable[Path]) -> None:
    for file in files:
        log.info("%s is an index of nobody here, and goes", file.name)
        file.unlink(missing_ok=True)
