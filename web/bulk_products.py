"""One edit of many products over HTTP: looked at first, made, undone."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from actors.bulk_changes import BulkChanges, Done, Preview, Selection
from actors.bulk_edits import Edit
from models.errors import Invalid
from web.auditing import unchanged
from web.deps import Here, TheMerchant
from web.product_filters import ProductFilters
from web.products import as_json
from web.storable import Storable

router = APIRouter(prefix="/merchants/{m}/products/bulk")

MOST_SELECTED = 10_000
Ids = Annotated[list[Annotated[Storable, Field(max_length=256)]], Field(max_length=MOST_SELECTED)]


class BulkBody(BaseModel):
    """Products by id, or those that meet `where`. `variants`: by product id, the only ones that are meant."""

    model_config = ConfigDict(extra="forbid")

    ids: Ids | None = None
    where: ProductFilters | None = None
    variants: dict[str, Ids] = {}
    edit: Edit
    preview: bool = False
    seq: Annotated[int, Field(ge=0, lt=2**63)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "BulkBody":
        if (self.ids is None) == (self.where is None):
            raise ValueError("give ids, or where")
        return self

    def selection(self) -> Selection:
        meant = {product_id: frozenset(ids) for product_id, ids in self.variants.items()}
        if strange := set(meant) - set(self.ids or ()):
            raise Invalid(f"{min(strange)!r} is not among the ids", field="variants")
        return Selection(
            products={product_id: meant.get(product_id) for product_id in self.ids or ()},
            wanted=self.where.wanted() if self.where else None,
        )


@router.post("")
async def bulk(merchant: TheMerchant, body: BulkBody, here: Here, request: Request) -> dict[str, Any]:
    changes = BulkChanges(here.engine, here.gateway, merchant)
    if body.preview:
        unchanged(request)
        return _preview(await changes.preview(body.selection(), body.edit))
    return _done(await changes.apply(uuid4().hex, body.selection(), body.edit, seq=body.seq))


@router.post("/{bulk_id}/undo")
async def undo(merchant: TheMerchant, bulk_id: str, here: Here) -> dict[str, Any]:
    return _done(await BulkChanges(here.engine, here.gateway, merchant).undo(bulk_id))


def _preview(preview: Preview) -> dict[str, Any]:
    return {
        "total": preview.total,
        "changes": [{"before": as_json(before), "after": as_json(after)} for before, after in preview.pairs],
        "unchanged": preview.unchanged,
        "left": [asdict(one) for one in preview.left],
        "more": preview.more,
        "seq": preview.seq,
    }


def _done(done: Done) -> dict[str, Any]:
    return {
        "id": done.bulk_id,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "left": [asdict(one) for one in done.left],
    }
