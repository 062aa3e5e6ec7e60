"""Uploads that nobody needs any more: pictures no product has shown for a week, files of old imports."""

from sqlalchemy.ext.asyncio import AsyncEngine

from models.imports import bad_rows_name, file_name
from sources.bad_rows import EXTENSIONS as BAD_ROWS
from sources.pictures import SIZES
from store import imports, media
from store.database import autocommit
from store.files import Files


class UploadUpkeep:
    def __init__(self, engine: AsyncEngine, files: Files) -> None:
        self._engine = engine
        self._files = files

    async def run(self) -> None:
        async with autocommit(self._engine) as connection:
            merchant_ids = await media.merchants_with_media(connection)
        for merchant_id in merchant_ids:
            async with self._engine.begin() as connection:
                await media.mark_unused(connection, merchant_id)
            while await self._erase_some(merchant_id):
                pass
        while await self._erase_imports():
            pass

    async def _erase_some(self, merchant_id: str) -> bool:
        """Rows and files together: who uploads the same picture waits for the row, and writes it anew."""
        async with self._engine.begin() as connection:
            gone = await media.remove_unused(connection, merchant_id)
            await self._files.erase(picture.file(size) for picture in gone for size in SIZES)
        return bool(gone)

    async def _erase_imports(self) -> bool:
        async with self._engine.begin() as connection:
            old = await imports.take_old(connection)
            for import_id in old:
                bad = (bad_rows_name(import_id, extension) for extension in BAD_ROWS)
                await self._files.erase([file_name(import_id), *bad])
        return bool(old)
