"""The inbox: conversations by what they need, one as the customer sees it, and a person's part in it."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from channels import simulator
from models.errors import Conflict
from store import conversation_list, conversations, thread
from store.conversation_list import Show
from store.conversations import Conversation
from store.database import autocommit
from web.console.bubbles import items
from web.console.customer_side import side
from web.console.desk import Desk, TheDesk
from web.console.flash import Undo
from web.conversations import SayBody, cursor_of, position_from

router = APIRouter(prefix="/{m}")
_PAGE = 40
_LINES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the list is limited to; it goes along with every link of the page."""

    show: Show = Show.ALL
    channel: str = ""
    q: str = ""
    cursor: str = ""

    def query(self, **changed: str) -> str:
        """`?show=paused&q=coat`; nothing where everything is as it begins."""
        known = {"show": self.show.value, "channel": self.channel, "q": self.q, "cursor": self.cursor}
        asked = {name: value for name, value in (known | changed).items() if value and value != Show.ALL}
        return f"?{urlencode(asked)}" if asked else ""


async def _asked(
    show: str = "",
    channel: Annotated[str, Query(max_length=40)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Asked:
    known = Show(show) if show in set(Show) else Show.ALL
    return Asked(show=known, channel=channel, q=q.strip(), cursor=cursor)


TheAsked = Annotated[Asked, Depends(_asked)]


@router.get("/conversations")
async def inbox(desk: TheDesk, asked: TheAsked) -> HTMLResponse:
    return await _page(desk, asked)


@router.get("/conversations/{conversation_id}")
async def one(
    desk: TheDesk, conversation_id: int, asked: TheAsked, before: int | None = None
) -> HTMLResponse:
    return await _page(desk, asked, conversation_id, before=before)


@router.post("/conversations/{conversation_id}/reply")
async def reply(
    desk: TheDesk, conversation_id: int, asked: TheAsked, text: Annotated[str, Form()] = ""
) -> Response:
    """A person answers. What cannot be sent stays in its field, with the reason beside it."""
    try:
        body = SayBody(text=text)
    except ValidationError:
        words = "too_long" if text.strip() else "nothing"
        return await _page(desk, asked, conversation_id, typed=text, fault=words, status=422)
    try:
        await desk.here.gateway.say(await _find(desk, conversation_id), body.text)
    except Conflict as error:
        return await _page(desk, asked, conversation_id, typed=text, refused=error.detail, status=409)
    return desk.moved(_address(desk, conversation_id, asked) + "#newest")


@router.post("/conversations/{conversation_id}/pause")
async def pause(desk: TheDesk, conversation_id: int, asked: TheAsked) -> Response:
    await desk.here.gateway.pause(await _find(desk, conversation_id), "paused_by_person")
    return _done(desk, conversation_id, asked, "paused", back="resume")


@router.post("/conversations/{conversation_id}/resume")
async def resume(desk: TheDesk, conversation_id: int, asked: TheAsked) -> Response:
    await desk.here.gateway.resume(await _find(desk, conversation_id))
    return _done(desk, conversation_id, asked, "resumed", back="pause")


@router.get("/conversations/{conversation_id}/reset")
async def ask_reset(desk: TheDesk, conversation_id: int, asked: TheAsked) -> HTMLResponse:
    return desk.page("conversations/reset.html", conversation=await _find(desk, conversation_id), asked=asked)


@router.post("/conversations/{conversation_id}/reset")
async def reset(desk: TheDesk, conversation_id: int, asked: TheAsked) -> Response:
    await desk.here.gateway.reset(await _find(desk, conversation_id))
    return _done(desk, conversation_id, asked, "was_reset")


def _done(desk: Desk, conversation_id: int, asked: Asked, said: str, *, back: str = "") -> Response:
    """`back`: what takes it back."""
    undo = Undo(desk.url(f"conversations/{conversation_id}/{back}") + asked.query()) if back else None
    return desk.moved(_address(desk, conversation_id, asked), said=f"conversations.{said}", undo=undo)


def _address(desk: Desk, conversation_id: int, asked: Asked) -> str:
    return desk.url(f"conversations/{conversation_id}") + asked.query()


async def _find(desk: Desk, conversation_id: int) -> Conversation:
    async with autocommit(desk.here.engine) as connection:
        return await conversations.within(connection, desk.shop.id, conversation_id)


async def _page(
    desk: Desk,
    asked: Asked,
    conversation_id: int | None = None,
    *,
    before: int | None = None,
    typed: str = "",
    fault: str = "",
    refused: str = "",
    status: int = 200,
) -> HTMLResponse:
    """`fault` names what is wrong with what was typed; `refused` says in words why it cannot be sent."""
    async with autocommit(desk.here.engine) as connection:
        listed = await conversation_list.page(
            connection,
            desk.shop.id,
            show=asked.show,
            channel=asked.channel or None,
            search=asked.q,
            before=position_from(asked.cursor or None),
            limit=_PAGE + 1,
        )
        counts = await conversation_list.counts(connection, desk.shop.id)
        chosen = lines = older = None
        if conversation_id is not None:
            found = await conversations.within(connection, desk.shop.id, conversation_id)
            chosen = await side(connection, found)
            read = await thread.page(connection, conversation_id, before=before, limit=_LINES)
            lines, older = items(read), read.older
    more = len(listed) > _PAGE
    return desk.page(
        "conversations/inbox.html",
        status=status,
        asked=asked,
        listed=listed[:_PAGE],
        next_cursor=cursor_of(listed[_PAGE - 1]) if more else None,
        counts=counts,
        shows=list(Show),
        most_counted=conversation_list.MOST_COUNTED,
        channels=("instagram", simulator.NAME),
        side=chosen,
        items=lines,
        older=older,
        before=before,
        typed=typed,
        fault=fault,
        refused=refused,
    )
