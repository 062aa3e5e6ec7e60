"""One merchant's snapshot on disk: read when the merchant is loaded, written anew when enough has changed."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Iterable
from pathlib import Path

from indexes import snapshot
from indexes.catalogue import CatalogueIndex
from indexes.embedders import Embedder

log = logging.getLogger(__name__)

# A snapshot saves reading changed rows again, and costs as much as reading all of them.
DUE_SHARE = 0.1
# Under steady changes it is written for one of so many seconds.
ONE_OF_S = 20


class SnapshotFile:
    def __init__(self, folder: Path, merchant_id: str, embedder: Embedder) -> None:
        self.path = folder / f"{stem_of(merchant_id)}.arrow"
        self._embedder = embedder
        self._unsaved: set[str] = set()
        self._not_before = 0.0
        self._saving = asyncio.Lock()

    def restored(self) -> tuple[CatalogueIndex, int]:
        """The index and the last change it has seen; an empty one, and 0, where there is none to be used."""
        empty = CatalogueIndex(self._embedder.name, self._embedder.dimension)
        if not self.path.exists():
            return empty, 0
        try:
            index, seq = snapshot.load(self.path)
            _check_embedder(index, self._embedder)
        except snapshot.SnapshotUnusable as error:
            aside = self.path.with_suffix(".unusable")
            self.path.replace(aside)
            log.warning("snapshot set aside as %s, rebuilding from the table: %s", aside.name, error.detail)
            return empty, 0
        return index, seq

    def miss(self, product_ids: Iterable[str]) -> None:
        """These have changed since."""
        self._unsaved.update(product_ids)

    async def save(self, index: CatalogueIndex, seq: int) -> None:
        """Of an index that may change meanwhile: what it has seen beyond `seq` is read again, and no harm."""
        async with self._saving:
            missed, self._unsaved = self._unsaved, set()
            if not missed:
                return
            began = time.monotonic()
            try:
                await asyncio.to_thread(snapshot.save, index, self.path, seq)
            except BaseException:
                self._unsaved |= missed
                raise
            self._not_before = time.monotonic() + ONE_OF_S * (time.monotonic() - began)

    def due(self, size: int) -> bool:
        """Whether an index of so many products should be saved."""
        return len(self._unsaved) > DUE_SHARE * size and time.monotonic() >= self._not_before


def stem_of(merchant_id: str) -> str:
    """Of its files, up to the first dot: an id may hold what a name of a file must not."""
    return hashlib.sha256(merchant_id.encode()).hexdigest()[:32]


def _check_embedder(index: CatalogueIndex, embedder: Embedder) -> None:
    if (index.embedder, index.dimension) != (embedder.name, embedder.dimension):
        raise snapshot.SnapshotUnusable(f"it holds vectors of {index.embedder}")
