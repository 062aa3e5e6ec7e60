"""What was read of a store into the catalogue: what is newer, nothing twice, with a note of every oddity."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Products
from actors.merging import Put, State, merged
from models.errors import Invalid, NotFound, ShopkeepError, Stale, Unavailable
from models.merchant import Merchant
from models.product import Source
from sources.drafts import ProductDraft
from sources.shopify.answers import Json
from sources.shopify.mapping import UPDATED_AT, Mapped, Remark, Rules, mapped, our_id
from sources.shopify.pages import Pages
from sources.shopify.queries import PRODUCTS_BY_ID
from store import products, shopify_log
from store.database import autocommit
from store.products import ProductRow
from store.shopify_log import Kind, Note

log = logging.getLogger(__name__)

# A catalogue that somebody else changes at the same time, or that is being moved.
TRIES = 8
PAUSE_S = 0.5

# Of a product that a store has.
OURS = ("short_description", "is_featured")

Versions = Mapping[str, int]
Taken = tuple[Mapped, ProductDraft]


class Catalogue(Protocol):
    """What the gateway does of it."""

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products: ...

    async def delete(self, merchant_id: str, product_id: str, expected_version: int | None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many came anew or changed, and how many could not be taken. The others were as they are."""

    changed: int = 0
    refused: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(changed=self.changed + other.changed, refused=self.refused + other.refused)


class SyncedProducts:
    """`clock` dates new products."""

    def __init__(
        self,
        engine: AsyncEngine,
        catalogue: Catalogue,
        merchant: Merchant,
        rules: Rules,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._merchant = merchant
        self._rules = rules
        self._clock = clock

    async def versions(self, numbers: Iterable[int]) -> Versions:
        """Asked before a product is read: what has changed since then is not written over."""
        rows = await self._rows([our_id(number) for number in numbers])
        return {product_id: row.product.version for product_id, row in rows.items()}

    async def write(self, read: Sequence[Json], versions: Versions | None = None) -> Written:
        """Products as Pages and BulkRead give them. One that is older than what is here is left out.

        With `versions`, Stale when one of them has changed since.
        """
        found = await asyncio.to_thread(lambda: [mapped(product, self._rules) for product in read])
        taken = [(one, one.draft) for one in found if one.draft is not None]
        await self._note(found)
        written = await self._put(taken, versions)
        return written + Written(refused=len(found) - len(taken))

    async def read_again(self, pages: Pages, numbers: Sequence[int]) -> Written:
        """Just these, as the store has them now, whatever else is written meanwhile; gone ones go."""
        written = Written()
        for start in range(0, len(numbers), PRODUCTS_BY_ID):
            written += await self._read_again(pages, numbers[start : start + PRODUCTS_BY_ID])
        return written

    async def _read_again(self, pages: Pages, numbers: Sequence[int]) -> Written:
        for _ in range(TRIES):
            versions = await self.versions(numbers)
            read = await pages.by_id(numbers)
            try:
                written = await self.write([product for product in read.values() if product], versions)
            except Stale:
                continue
            gone = [number for number, product in read.items() if product is None]
            return written + Written(changed=await self.remove(gone))
        raise Unavailable("the products change faster than they can be read")

    async def remove(self, numbers: Iterable[int]) -> int:
        """Those the store does not have any more. How many went."""
        gone = 0
        for number in numbers:
            try:
                await self._again(partial(self._catalogue.delete, self._merchant.id, our_id(number), None))
                gone += 1
            except NotFound:
                continue
        return gone

    async def _put(self, taken: Sequence[Taken], versions: Versions | None) -> Written:
        for _ in range(TRIES):
            rows = await self._rows([our_id(one.number) for one, _ in taken])
            needed = (self._needed(one, draft, rows, versions) for one, draft in taken)
            puts = [put for put in needed if put]
            if not puts:
                return Written()
            try:
                await self._again(partial(self._catalogue.put, self._merchant, puts))
                return Written(changed=len(puts))
            except Stale:
                if versions is not None:
                    raise
            except Invalid as error:
                return await self._one_by_one(taken, versions, error)
        raise Unavailable("the products change faster than they can be written")

    async def _one_by_one(self, taken: Sequence[Taken], versions: Versions | None, error: Invalid) -> Written:
        """One of them cannot be stored, and which one shows when each is tried by itself."""
        if len(taken) > 1:
            ends = [await self._put([one], versions) for one in taken]
            return sum(ends, Written())
        remark = Remark(kind="warning", field=error.field or "product", detail=error.detail)
        ((one, _),) = taken
        await self._note([replace(one, remarks=(*one.remarks, remark))])
        return Written(refused=1)

    def _needed(
        self, one: Mapped, draft: ProductDraft, rows: Mapping[str, ProductRow], versions: Versions | None
    ) -> Put | None:
        """None for what is here already, or newer."""
        product_id = our_id(one.number)
        row = rows.get(product_id)
        if row and not row.deleted and str(row.product.metadata.get(UPDATED_AT) or "") > one.updated_at:
            return None
        version = row.product.version if row else 0
        if versions is not None:
            version = versions.get(product_id, 0)
        put = Put(
            id=product_id,
            draft=_with_ours(draft, row),
            source=Source.SHOPIFY,
            expected_version=version,
        )
        before = State(row.product, deleted=row.deleted) if row else None
        return put if _changes(put, before, self._merchant.currency, self._clock()) else None

    async def _rows(self, ids: Sequence[str]) -> Mapping[str, ProductRow]:
        async with autocommit(self._engine) as connection:
            return await products.get_many(connection, self._merchant.id, ids)

    async def _note(self, found: Sequence[Mapped]) -> None:
        notes = [
            Note(
                kind=Kind(remark.kind),
                field=remark.field,
                detail=remark.detail,
                product_id=str(one.number),
            )
            for one in found
            for remark in one.remarks
        ]
        async with self._engine.begin() as connection:
            await shopify_log.note(
                connection, self._merchant.id, notes, of_products=[str(one.number) for one in found]
            )

    async def _again(self, change: Callable[[], Awaitable[object]]) -> None:
        """A catalogue that is being moved or restarted cannot answer for a moment."""
        for attempt in range(TRIES):
            try:
                await change()
            except Unavailable:
                if attempt == TRIES - 1:
                    raise
                await asyncio.sleep(PAUSE_S * 2**attempt)
            else:
                return


def _with_ours(draft: ProductDraft, row: ProductRow | None) -> ProductDraft:
    """What a store knows nothing of, and a person says here, stays."""
    if row is None or row.deleted:
        return draft
    ours = {name: getattr(row.product, name) for name in OURS}
    return draft.model_copy(update=ours)


def _changes(put: Put, before: State | None, currency: str, now: datetime) -> bool:
    """A nightly look at a store that did not change costs no write, and nobody's index a change."""
    if before is None or before.deleted or put.expected_version != before.product.version:
        return True
    try:
        after = merged(put, before, currency=currency, now=now, new_id=lambda: "")
    except ShopkeepError:
        return True  # the catalogue says what is wrong
    return replace(after, version=before.product.version) != before.product
