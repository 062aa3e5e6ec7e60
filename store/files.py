"""What is too large for a table: pictures and files people upload.

In a folder, or in any store that fsspec knows by its address (`s3://bucket/shop`, `gs://...`). Names are
ours alone; nothing anybody typed becomes part of one.
"""

import asyncio
import re
from collections.abc import AsyncIterable, Iterable
from functools import lru_cache

import fsspec

from models.errors import NotFound

_NAME = re.compile(r"[a-z]+(/[0-9a-z]+)+(\.[a-z]+){0,2}")


class Files:
    """Every call of a store may wait for a disk or a network: in a thread, never on the loop."""

    def __init__(self, location: str) -> None:
        self._store, self._root = fsspec.url_to_fs(location)

    async def write(self, name: str, data: bytes) -> None:
        path = self._path(name)
        await asyncio.to_thread(self._write, path, data)

    async def receive(self, name: str, pieces: AsyncIterable[bytes]) -> int:
        """A file that comes in pieces and is never in memory as a whole; how many bytes it had."""
        path = self._path(name)
        await asyncio.to_thread(self._store.makedirs, path.rpartition("/")[0], exist_ok=True)
        size = 0
        file = await asyncio.to_thread(self._store.open, path, "wb")
        try:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
                size += len(piece)
        finally:
            await asyncio.to_thread(file.close)
        return size

    async def read(self, name: str, most: int | None = None) -> bytes:
        """All of it, or its first `most` bytes. NotFound."""
        path = self._path(name)
        try:
            found: bytes = await asyncio.to_thread(self._store.cat_file, path, end=most)
        except FileNotFoundError:
            raise NotFound("no such file") from None
        return found

    async def erase(self, names: Iterable[str]) -> None:
        """Those that are there."""
        for name in names:
            await asyncio.to_thread(self._erase, self._path(name))

    def _write(self, path: str, data: bytes) -> None:
        self._store.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._store.pipe_file(path, data)

    def _erase(self, path: str) -> None:
        try:
            self._store.rm_file(path)
        except FileNotFoundError:
            return

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a file of ours")
        return f"{self._root}/{name}"


@lru_cache(maxsize=8)
def files_at(location: str) -> Files:
    """One per place and process."""
    return Files(location)
