"""All that is held of a merchant as one ZIP, made while it is sent: never more of it in memory than a page of
rows or one file.
"""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Sequence
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import NotFound
from models.imports import file_name
from store import merchant_rows
from store.files import Files
from store.media import file_name as picture_name
from store.merchant_rows import Row

# Rows that have a file, and its name in the store.
_FILES: dict[str, Callable[[Row], str]] = {
    "media": lambda row: picture_name(row["key"], "full", row["extension"]),
    "imports": lambda row: file_name(row["id"]),
}


async def archive(engine: AsyncEngine, files: Files, merchant_id: str) -> AsyncIterator[bytes]:
    """What changes while it is made may be in it either way. One that was cut off cannot be opened."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as opened:
        for table in merchant_rows.TABLES:
            with opened.open(f"tables/{table}.jsonl", "w", force_zip64=True) as entry:
                async for rows in merchant_rows.pages(engine, table, merchant_id):
                    # Compressing takes longer than others should wait.
                    await asyncio.to_thread(entry.write, _lines(rows))
                    yield sink.taken()
        for table, name_of in _FILES.items():
            async for rows in merchant_rows.pages(engine, table, merchant_id):
                for name in map(name_of, rows):
                    try:
                        data = await files.read(name)
                    except NotFound:
                        continue  # erased long since
                    await asyncio.to_thread(opened.writestr, f"files/{name}", data)
                    yield sink.taken()
    yield sink.taken()


def _lines(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(dict(row), ensure_ascii=False, default=str) + "\n" for row in rows).encode()


class _Sink(io.RawIOBase):
    """What was written since it was last asked. There is no way back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview[int]") -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
