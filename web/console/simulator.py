"""The simulator: be a customer of this shop, and see beside each reply why it says what it says."""

import secrets
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from channels import simulator
from models.errors import NotFound
from models.merchant import Merchant
from store import conversation_list, conversations, executions, posts, thread
from store.conversations import Conversation
from store.database import autocommit
from web.auditing import changes_nothing
from web.chat import PATIENCE_S, ChatBody, take
from web.console.bubbles import Caption, items
from web.console.customer_side import side
from web.console.desk import Desk, TheDesk
from web.console.executions import as_played, told
from web.console.traces import SCORES

router = APIRouter(prefix="/{m}/simulator")
_LINES = 100
_POSTS = 50
_EARLIER = 8


@router.get("")
async def chat(
    desk: TheDesk,
    *,
    customer: Annotated[str, Query(max_length=256)] = "",
    variant: Annotated[str, Query(max_length=40)] = "",
    turn: Annotated[str, Query(max_length=100)] = "",
    surface: str = "dm",
    post: Annotated[str, Query(max_length=256)] = "",
) -> HTMLResponse:
    """Without a customer somebody new comes in, of that variant if one is named.

    `turn`: the one to look behind; else the latest.
    """
    return await _page(desk, customer or _newcomer(desk.shop, variant), turn=turn, surface=surface, post=post)


@router.post("")
@changes_nothing
async def say(
    desk: TheDesk,
    *,
    customer: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    suggestion: Annotated[str, Form()] = "",
    surface: Annotated[str, Form()] = "dm",
    post: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Waits for the answer. `key`: sent again, a message is still one message."""
    typed = {"typed": text, "surface": surface, "post": post}
    text = suggestion or text
    if not text.strip():
        return await _page(desk, customer, fault="nothing", status=422, **typed)
    try:
        given = {"customer_id": customer, "text": text, "channel": surface, "media_id": post or None}
        body = ChatBody.model_validate(given)
    except ValidationError:
        return await _page(desk, customer, fault="too_long", status=422, **typed)
    taken = await take(desk.here, desk.shop.id, body, key or uuid4().hex)
    answered = await desk.here.gateway.answered(taken, PATIENCE_S)
    said = None if answered.finished else "simulator.still_working"
    return desk.moved(_address(desk, customer, surface, post), said=said)


@router.post("/resume")
async def resume(desk: TheDesk, customer: Annotated[str, Form()] = "") -> Response:
    async with autocommit(desk.here.engine) as connection:
        found = await conversations.find(connection, desk.shop.id, customer, simulator.NAME)
    await desk.here.gateway.resume(found)
    return desk.moved(_address(desk, customer), said="simulator.resumed")


def _newcomer(shop: Merchant, variant: str) -> str:
    """Of the variant, if it is one that customers can have: the first whom it draws."""
    wanted = variant if variant in _variants(shop) else ""
    while True:
        customer = f"visitor-{secrets.token_hex(6)}"
        if not wanted or _variant(shop, customer) == wanted:
            return customer


def _variant(shop: Merchant, customer: str) -> str:
    found = shop.variant_of(customer)
    return found.name if found else ""


def _variants(shop: Merchant) -> list[str]:
    return [one.name for one in shop.experiment.variants if one.share] if shop.experiment else []


def _address(desk: Desk, customer: str, surface: str = "dm", post: str = "") -> str:
    asked = {"customer": customer, "surface": surface if surface != "dm" else "", "post": post}
    return desk.address("simulator", **asked)


async def _page(
    desk: Desk,
    customer: str,
    *,
    turn: str = "",
    surface: str = "dm",
    post: str = "",
    typed: str = "",
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        try:
            found = await conversations.find(connection, desk.shop.id, customer, simulator.NAME)
        except NotFound:
            found = None
        read = await thread.page(connection, found.id, limit=_LINES) if found else None
        said = items(read) if read else []
        played = [one.turn.id for one in said if isinstance(one, Caption)]
        chosen = turn if turn in played else next(reversed(played), None)
        execution = await executions.get(connection, desk.shop.id, chosen) if chosen else None
        earlier = await conversation_list.page(
            connection, desk.shop.id, channel=simulator.NAME, limit=_EARLIER
        )
        pictured = await posts.listing(connection, desk.shop.id, limit=_POSTS, after=None)
        beside = await side(connection, found) if found else None
    return desk.page(
        "simulator/simulator.html",
        status=status,
        customer=customer,
        items=said,
        side=beside,
        execution=execution,
        told=told(as_played(execution)) if execution else None,
        follow=bool(execution and execution.reply and len(execution.reply.cards) > 1),
        earlier=[one.conversation for one in earlier if not _is(one.conversation, customer)],
        posts=pictured,
        surface=surface,
        post=post,
        typed=typed,
        fault=fault,
        key=uuid4().hex,
        variants=_variants(desk.shop),
        variant=_variant(desk.shop, customer),
        score_names=SCORES,
    )


def _is(conversation: Conversation, customer: str) -> bool:
    return conversation.key.customer_id == customer
