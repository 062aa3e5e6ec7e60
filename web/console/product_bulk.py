"""Many products at once: chosen in the list, looked at on a page of its own, changed, changed back."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from actors.bulk_changes import PREVIEWED, BulkChanges, Done, LeftOut, Selection
from models.errors import Conflict
from store import collections
from store.database import autocommit
from web.auditing import changes_nothing
from web.console.desk import Desk, TheDesk
from web.console.faults import Faults
from web.console.flash import Undo
from web.console.product_edits import GROUPS, Asked, Unclear, edit_of, lines
from web.console.product_list import ListQuery
from web.console.products import product_url
from web.numbers import whole_number
from web.pages import filled, texts

router = APIRouter(prefix="/{m}/products/bulk")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was ticked: products, variants of them, or all that a list shows."""

    ids: Sequence[str]
    variants: Sequence[tuple[str, str]]
    everything: bool
    query: ListQuery

    @classmethod
    def read(cls, form: FormData, currency: str) -> "Choice":
        listed = form.get("list")
        return cls(
            ids=[one for one in form.getlist("id") if isinstance(one, str)],
            variants=[pair for one in form.getlist("variant") if (pair := _pair(one))],
            everything="all" in form,
            query=ListQuery.of(listed if isinstance(listed, str) else "", currency),
        )

    @property
    def selection(self) -> Selection:
        """A product that is ticked is meant as a whole, else the variants of it that are."""
        meant: dict[str, frozenset[str] | None] = dict.fromkeys(self.ids)
        for product_id, variant_id in self.variants:
            if product_id not in self.ids:
                meant[product_id] = (meant.get(product_id) or frozenset()) | {variant_id}
        return Selection(products=meant, wanted=self.query.wanted if self.everything else None)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """To be sent again."""
        sent = [("list", self.query.link())]
        if self.everything:
            return [*sent, ("all", "1")]
        return [
            *sent,
            *(("id", one) for one in self.ids),
            *(("variant", json.dumps(pair)) for pair in self.variants),
        ]


def _pair(value: object) -> tuple[str, str] | None:
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None
    match found:
        case [str(product_id), str(variant_id)]:
            return product_id, variant_id
    return None


@router.post("")
@changes_nothing
async def preview(desk: TheDesk) -> Response:
    form = await desk.request.form()
    choice, asked = Choice.read(form, desk.shop.currency), Asked.read(form)
    if not choice.everything and not choice.selection.products:
        return desk.moved(_list(desk, choice), said="products.bulk.no_choice")
    try:
        edit = edit_of(asked, desk.shop.currency)
    except Unclear as unclear:
        return await _page(desk, choice, asked, errors=Faults({unclear.field: unclear.sentence}), status=422)
    changes = BulkChanges(desk.here.engine, desk.here.gateway, desk.shop)
    return await _page(
        desk,
        choice,
        asked,
        look=await changes.preview(choice.selection, edit),
        edit=edit,
        bulk_id=uuid4().hex,
    )


async def _page(
    desk: Desk, choice: Choice, asked: Asked, *, status: int = 200, **context: object
) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        groups = await collections.names(connection, desk.shop.id)
    empty: dict[str, object] = {"errors": Faults(), "look": None, "edit": None, "bulk_id": ""}
    return desk.page(
        "products/bulk.html",
        status=status,
        choice=choice,
        asked=asked,
        groups=groups,
        bulk_groups=GROUPS,
        lines=lines,
        counted=_counted,
        previewed=PREVIEWED,
        back=_list(desk, choice),
        product_url=partial(product_url, desk),
        **empty | context,
    )


@router.post("/apply")
async def apply(desk: TheDesk) -> Response:
    form = await desk.request.form()
    choice, asked = Choice.read(form, desk.shop.currency), Asked.read(form)
    try:
        edit = edit_of(asked, desk.shop.currency)
    except Unclear as unclear:
        return await _page(desk, choice, asked, errors=Faults({unclear.field: unclear.sentence}), status=422)
    bulk_id, seq = form.get("bulk_id"), whole_number(str(form.get("seq")))
    changes = BulkChanges(desk.here.engine, desk.here.gateway, desk.shop)
    try:
        done = await changes.apply(str(bulk_id)[:64], choice.selection, edit, seq=seq)
    except Conflict:  # sent twice
        return desk.moved(_list(desk, choice))
    undo = Undo(desk.url("products/bulk/undo"), {"id": done.bulk_id}) if done.changed else None
    return desk.moved(
        _list(desk, choice),
        said="products.bulk.done_one" if done.changed == 1 else "products.bulk.done",
        undo=undo,
        changed=f"{done.changed:,}",
        left=_left(done),
    )


@router.post("/undo")
async def undo(desk: TheDesk) -> Response:
    bulk_id = (await desk.request.form()).get("id")
    done = await BulkChanges(desk.here.engine, desk.here.gateway, desk.shop).undo(str(bulk_id))
    return desk.moved(
        desk.url("products"), said="products.bulk.undone", changed=f"{done.changed:,}", left=_left(done)
    )


def _list(desk: Desk, choice: Choice) -> str:
    query = choice.query.link()
    return desk.url("products") + (f"?{query}" if query else "")


def _left(done: Done) -> str:
    if not done.left:
        return ""
    words: str = texts("en")["products"]["bulk"]["left_counts"]
    return filled(words, counts=_counted(done.left))


def _counted(left: Sequence[LeftOut]) -> str:
    """As in "2 changed by somebody since, 1 not there any more"."""
    words: dict[str, str] = texts("en")["products"]["bulk"]["why"]
    return ", ".join(f"{count} {words[why]}" for why, count in Counter(one.why for one in left).items())
