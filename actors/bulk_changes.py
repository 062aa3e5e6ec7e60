"""One edit of many products: looked at first, made through the catalogue, and undone if it was a mistake.

A product that somebody has changed since the preview is left alone, and so is one that has changed since the
edit when it is undone. What a product was is on record before it is changed.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.bulk_edits import CollectionEdit, DeleteEdit, Edit, Left, Why, edited
from actors.changes import Products
from actors.merging import Put
from models.errors import NotFound, ShopkeepError, Stale, Unavailable
from models.merchant import Merchant
from models.product import Product
from sources.drafts import draft_of
from store import bulk_changes, collections, placement, product_listing, products
from store.bulk_changes import Before
from store.database import autocommit
from store.product_listing import Wanted
from store.products import ProductRow

BATCH = 500
PREVIEWED = 100

_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)


class Catalogue(Protocol):
    """What the gateway does of it."""

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products: ...

    async def delete(self, merchant_id: str, product_id: str, expected_version: int | None) -> None: ...

    async def restore(self, merchant_id: str, product_id: str, expected_version: int | None) -> Product: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Products by id, with the variants that are meant (None: all of it); or whatever meets `wanted`."""

    products: Mapping[str, frozenset[str] | None]
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    product_id: str
    name: str
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Of the first products of `total`. `seq`: the catalogue as it was looked at."""

    total: int
    pairs: tuple[tuple[Product, Product], ...]  # before and after
    unchanged: int
    left: tuple[LeftOut, ...]
    seq: int

    @property
    def more(self) -> int:
        return self.total - len(self.pairs) - self.unchanged - len(self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    bulk_id: str
    changed: int = 0
    unchanged: int = 0
    left: tuple[LeftOut, ...] = ()

    def __add__(self, other: "Done") -> "Done":
        return Done(
            bulk_id=self.bulk_id,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            left=self.left + other.left,
        )


class BulkChanges:
    def __init__(self, engine: AsyncEngine, catalogue: Catalogue, merchant: Merchant) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._merchant = merchant

    async def preview(self, selection: Selection, edit: Edit) -> Preview:
        async with autocommit(self._engine) as connection:
            seq = await placement.seq(connection, self._merchant.id)
        ids = await self._ids(selection)
        rows = await self._rows(ids[:PREVIEWED])
        kept = await self._kept(edit, ids[:PREVIEWED])
        made = [self._made(one, rows.get(one), selection, edit, seq) for one in ids[:PREVIEWED]]
        pairs = [one for one in made if isinstance(one, tuple) and _differs(one, edit, kept)]
        left = [one for one in made if isinstance(one, LeftOut)]
        return Preview(
            total=len(ids),
            pairs=tuple(pairs),
            unchanged=len(made) - len(pairs) - len(left),
            left=tuple(left),
            seq=seq,
        )

    async def apply(self, bulk_id: str, selection: Selection, edit: Edit, *, seq: int | None = None) -> Done:
        """Once for each `bulk_id`. `seq`: as the preview has it; None: as the products are now. Conflict."""
        if isinstance(edit, CollectionEdit):
            async with autocommit(self._engine) as connection:
                await collections.get(connection, self._merchant.id, edit.collection_id)
        async with self._engine.begin() as connection:
            await bulk_changes.begin(connection, self._merchant.id, bulk_id, _EDIT.dump_json(edit).decode())
        ids = await self._ids(selection)
        done = Done(bulk_id=bulk_id)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            if isinstance(edit, CollectionEdit):
                done += await self._collect(bulk_id, batch, edit)
            else:
                done += await self._batch(bulk_id, batch, selection, edit, seq)
        return done

    async def undo(self, bulk_id: str) -> Done:
        """What has changed since stays. NotFound when it was undone before, or was too long ago."""
        async with self._engine.begin() as connection:
            edit = _EDIT.validate_json(await bulk_changes.undo(connection, self._merchant.id, bulk_id))
            befores = await bulk_changes.befores(connection, bulk_id)
        done = Done(bulk_id=bulk_id)
        for start in range(0, len(befores), BATCH):
            batch = befores[start : start + BATCH]
            if isinstance(edit, CollectionEdit):
                done += await self._uncollect(bulk_id, batch, edit)
            else:
                changes = [self._back(before.product, edit) for before in batch if before.product]
                ends = await asyncio.gather(*changes, return_exceptions=True)
                done += _done(bulk_id, [one.product for one in batch if one.product], ends)
        return done

    async def _batch(
        self, bulk_id: str, ids: Sequence[str], selection: Selection, edit: Edit, seq: int | None
    ) -> Done:
        rows = await self._rows(ids)
        made = [self._made(one, rows.get(one), selection, edit, seq) for one in ids]
        pairs = [one for one in made if isinstance(one, tuple) and _differs(one, edit, frozenset())]
        left = tuple(one for one in made if isinstance(one, LeftOut))
        befores = [before for before, _ in pairs]
        async with self._engine.begin() as connection:
            notes = [Before(product_id=one.id, product=one) for one in befores]
            await bulk_changes.note(connection, bulk_id, notes)
        # One by one, so that each has its own answer; what waits for the catalogue is sent to it together.
        ends = await asyncio.gather(
            *(self._change(before, after, edit) for before, after in pairs), return_exceptions=True
        )
        done = _done(bulk_id, befores, ends)
        if kept := [one.product_id for one in done.left if one.why is not Why.UNAVAILABLE]:
            async with self._engine.begin() as connection:
                await bulk_changes.forget(connection, bulk_id, kept)
        unchanged = len(ids) - len(pairs) - len(left)
        return done + Done(bulk_id=bulk_id, unchanged=unchanged, left=left)

    def _made(
        self, product_id: str, row: ProductRow | None, selection: Selection, edit: Edit, seq: int | None
    ) -> tuple[Product, Product] | LeftOut:
        """Before and after."""
        if row is None or row.deleted != (edit.kind == "restore"):
            name = row.product.name if row else product_id
            return LeftOut(product_id=product_id, name=name, why=Why.GONE)
        if seq is not None and row.seq > seq:
            return LeftOut(product_id=product_id, name=row.product.name, why=Why.CHANGED)
        try:
            return row.product, edited(row.product, edit, selection.products.get(product_id))
        except Left as left:
            return LeftOut(product_id=product_id, name=row.product.name, why=left.why)

    async def _change(self, before: Product, after: Product, edit: Edit) -> None:
        if isinstance(edit, DeleteEdit):
            await self._there(before, edit.kind == "restore", before.version)
        else:
            await self._put(after, before.version)

    async def _back(self, before: Product, edit: Edit) -> None:
        if isinstance(edit, DeleteEdit):
            await self._there(before, edit.kind == "delete", before.version + 1)
        else:
            await self._put(before, before.version + 1)

    async def _there(self, product: Product, there: bool, version: int) -> None:
        if there:
            await self._catalogue.restore(self._merchant.id, product.id, version)
        else:
            await self._catalogue.delete(self._merchant.id, product.id, version)

    async def _put(self, product: Product, version: int) -> None:
        put = Put(id=product.id, draft=draft_of(product), source=product.source, expected_version=version)
        await self._catalogue.put(self._merchant, [put])

    async def _collect(self, bulk_id: str, ids: Sequence[str], edit: CollectionEdit) -> Done:
        async with self._engine.begin() as connection:
            change = collections.add if edit.add else collections.remove
            changed = await change(connection, self._merchant.id, edit.collection_id, ids)
            notes = [Before(product_id=one, product=None) for one in changed]
            await bulk_changes.note(connection, bulk_id, notes)
        return Done(bulk_id=bulk_id, changed=len(changed), unchanged=len(ids) - len(changed))

    async def _uncollect(self, bulk_id: str, befores: Sequence[Before], edit: CollectionEdit) -> Done:
        ids = [before.product_id for before in befores]
        async with self._engine.begin() as connection:
            change = collections.remove if edit.add else collections.add
            changed = await change(connection, self._merchant.id, edit.collection_id, ids)
        return Done(bulk_id=bulk_id, changed=len(changed), unchanged=len(ids) - len(changed))

    async def _kept(self, edit: Edit, ids: Sequence[str]) -> frozenset[str]:
        """Products that are where a collection edit wants them."""
        if not isinstance(edit, CollectionEdit):
            return frozenset()
        async with autocommit(self._engine) as connection:
            there = await collections.of_products(connection, self._merchant.id, ids)
        return frozenset(one for one in ids if (edit.collection_id in there.get(one, ())) == edit.add)

    async def _ids(self, selection: Selection) -> Sequence[str]:
        if selection.wanted is None:
            return list(selection.products)
        async with autocommit(self._engine) as connection:
            return await product_listing.ids(connection, self._merchant.id, selection.wanted)

    async def _rows(self, ids: Sequence[str]) -> Mapping[str, ProductRow]:
        async with autocommit(self._engine) as connection:
            return await products.get_many(connection, self._merchant.id, ids)


def _differs(pair: tuple[Product, Product], edit: Edit, kept: frozenset[str]) -> bool:
    before, after = pair
    if isinstance(edit, CollectionEdit):
        return before.id not in kept
    return isinstance(edit, DeleteEdit) or before != after


def _done(bulk_id: str, products_: Sequence[Product], ends: Sequence[BaseException | None]) -> Done:
    left = tuple(_left(products_, ends))
    return Done(bulk_id=bulk_id, changed=len(ends) - len(left), left=left)


def _left(products_: Sequence[Product], ends: Sequence[BaseException | None]) -> Iterator[LeftOut]:
    for product, end in zip(products_, ends, strict=True):
        if end is None:
            continue
        if not isinstance(end, ShopkeepError | ValueError):
            raise end
        why = next((why for kind, why in _WHYS.items() if isinstance(end, kind)), Why.REFUSED)
        detail = end.detail if isinstance(end, ShopkeepError) else str(end)
        yield LeftOut(product_id=product.id, name=product.name, why=why, detail=detail)


_WHYS = {Stale: Why.CHANGED, NotFound: Why.GONE, Unavailable: Why.UNAVAILABLE}
