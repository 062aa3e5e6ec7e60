"""An import's file, read as somebody said it is to be read."""

import asyncio

from actors.merging import Put
from models.imports import Import
from models.merchant import Merchant
from models.product import Source
from sources.column_mapping import ColumnMapping
from sources.reading import read
from sources.rows import ProductRow, RowError
from store.files import Files

Rows = list[ProductRow | RowError]


async def rows_of(files: Files, the_import: Import, merchant: Merchant) -> Rows:
    """Each product it holds, or every reason why there is none. Invalid; NotFound when the file is gone."""
    data = await files.read(the_import.file)
    return await asyncio.to_thread(_read, data, the_import, merchant)


def mapping_of(the_import: Import) -> ColumnMapping | None:
    said = the_import.reading.mapping
    return None if said is None else ColumnMapping.model_validate(said)


def _read(data: bytes, the_import: Import, merchant: Merchant) -> Rows:
    reading = the_import.reading
    mapping = mapping_of(the_import)
    return list(read(reading.format, data, merchant.currency, encoding=reading.encoding, mapping=mapping))


def put_id(the_import: Import, row: ProductRow) -> str:
    """From the file, or from import and row: repeating a row makes no second product."""
    return row.draft.id or f"{the_import.id}-{row.row}"


def put_of(the_import: Import, row: ProductRow) -> Put:
    return Put(id=put_id(the_import, row), draft=row.draft, source=Source.IMPORT)
