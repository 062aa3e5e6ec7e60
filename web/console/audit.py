"""What people and programs changed, newest first."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from store import audit
from store.audit import Actor, Entry, Wanted
from store.database import autocommit
from web.console.desk import Desk, InstallationDesk
from web.pages import texts
from web.paging import number_from, to_cursor
from web.principal import limits_itself

router = APIRouter(prefix="/audit")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    entry: Entry
    who: str
    what: str
    shop: str | None


@router.get("")
@limits_itself
async def log(
    desk: InstallationDesk, shop: str = "", who: str = "", what: str = "", cursor: str | None = None
) -> HTMLResponse:
    kind, _, actor_id = who.partition(":")
    visible = desk.who.of_these(None)
    wanted = Wanted(
        merchants=desk.who.of_these(shop or None),
        actor_kind=kind or None,
        actor_id=actor_id if kind else None,
        action=what or None,
    )
    async with autocommit(desk.here.engine) as connection:
        page = await audit.listing(connection, wanted, limit=PAGE + 1, before=number_from(cursor))
        actors = await audit.actors(connection, visible)
        actions = await audit.actions(connection, visible)
    asked = {name: value for name, value in (("shop", shop), ("who", who), ("what", what)) if value}
    more = to_cursor(str(page[PAGE - 1].id)) if len(page) > PAGE else None
    return desk.page(
        "audit/log.html",
        lines=[_line(desk, entry) for entry in page[:PAGE]],
        people=[(f"{actor.kind}:{actor.id}", _named(actor.kind, actor.name)) for actor in _by_name(actors)],
        actions=sorted(((action, _said(action)) for action in actions), key=lambda one: one[1]),
        asked={"shop": shop, "who": who, "what": what},
        first=f"?{urlencode(asked)}" if cursor else None,
        next=f"?{urlencode({**asked, 'cursor': more})}" if more else None,
    )


def _by_name(actors: Any) -> list[Actor]:  # noqa: ANN401
    return sorted(actors, key=lambda actor: (actor.name.casefold(), actor.kind))


def _line(desk: Desk, entry: Entry) -> Line:
    shop = next((shop.name for shop in desk.shops if shop.id == entry.merchant_id), entry.merchant_id)
    return Line(entry, _named(entry.actor_kind, entry.actor_name), _said(entry.action), shop)


def _named(kind: str, name: str) -> str:
    words: dict[str, str] = texts("en")["audit"]["kinds"]
    return words[kind].replace("{name}", name) if kind in words else name


def _said(action: str) -> str:
    """In words where there are some; a new route's are its own name until somebody writes them."""
    words: dict[str, str] = texts("en")["audit"]["actions"]
    return words.get(action) or action.replace(".", ": ").replace("_", " ")
