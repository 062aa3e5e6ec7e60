"""What was said, and a person taking over."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from agent.likings import KINDS, values, weight
from models.codec import to_jsonable
from models.merchant import Merchant
from models.turn import Preferences
from store import conversation_list, conversations
from store.conversation_list import Listed, Position, Show
from store.conversations import Conversation, Line
from store.database import autocommit
from web.deps import Here, Shopkeep, TheMerchant
from web.numbers import whole_number
from web.paging import Limit, from_cursor, strange_cursor, to_cursor
from web.storable import Storable

router = APIRouter(prefix="/merchants/{m}")
THREAD = 200


class SayBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[Storable, AfterValidator(str.strip), Field(min_length=1, max_length=10_000)]


@router.get("/conversations")
async def listing(
    merchant: TheMerchant,
    here: Here,
    *,
    cursor: str | None = None,
    limit: Limit = 50,
    needs_person: bool | None = None,
    show: Show = Show.ALL,
    channel: str | None = None,
    search: Annotated[str, Query(max_length=200)] = "",
) -> dict[str, Any]:
    """Newest activity first. `needs_person`: only those handed over that nobody has answered yet, or only the
    others. `search`: part of a customer's name or id, or words that somebody wrote.
    """
    async with autocommit(here.engine) as connection:
        page = await conversation_list.page(
            connection,
            merchant.id,
            show=show,
            needs_person=needs_person,
            channel=channel,
            search=search,
            before=position_from(cursor),
            limit=limit + 1,
        )
    more, page = len(page) > limit, page[:limit]
    return {
        "items": [_listed(one) for one in page],
        "next_cursor": cursor_of(page[-1]) if more else None,
    }


def cursor_of(last: Listed) -> str:
    return to_cursor(f"{last.updated_at.isoformat()} {last.conversation.id}")


def position_from(cursor: str | None) -> Position | None:
    last = from_cursor(cursor)
    if last is None:
        return None
    at, _, number = last.partition(" ")
    conversation_id = whole_number(number)
    try:
        updated_at = datetime.fromisoformat(at)
    except ValueError:
        raise strange_cursor() from None
    if conversation_id is None or updated_at.tzinfo is None:
        raise strange_cursor()
    return Position(at=updated_at, id=conversation_id)


@router.get("/conversation-counts")
async def counts(merchant: TheMerchant, here: Here) -> dict[str, int]:
    """How many there are of each kind that `show` lists; counted to a thousand."""
    async with autocommit(here.engine) as connection:
        return {
            show.value: many
            for show, many in (await conversation_list.counts(connection, merchant.id)).items()
        }


@router.get("/conversations/{customer_id}")
async def thread(
    merchant: TheMerchant, customer_id: str, here: Here, channel: str | None = None
) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        conversation = await conversations.find(connection, merchant.id, customer_id, channel)
        lines = await conversations.lines(connection, conversation.id, THREAD)
    return _head(conversation) | {
        "preferences": _preferences(conversation.memory.preferences),
        "summary": conversation.memory.summary,
        "messages": [_line(line) for line in lines],
    }


@router.post("/conversations/{customer_id}/messages", status_code=202)
async def say(
    merchant: TheMerchant, customer_id: str, body: SayBody, here: Here, channel: str | None = None
) -> dict[str, str]:
    """A person answers; the assistant pauses for this customer."""
    await here.gateway.say(await _find(here, merchant, customer_id, channel), body.text)
    return {"state": "paused"}


@router.post("/conversations/{customer_id}/pause", status_code=204)
async def pause(merchant: TheMerchant, customer_id: str, here: Here, channel: str | None = None) -> Response:
    await here.gateway.pause(await _find(here, merchant, customer_id, channel), "paused_by_person")
    return Response(status_code=204)


@router.post("/conversations/{customer_id}/resume", status_code=204)
async def resume(merchant: TheMerchant, customer_id: str, here: Here, channel: str | None = None) -> Response:
    await here.gateway.resume(await _find(here, merchant, customer_id, channel))
    return Response(status_code=204)


@router.post("/conversations/{customer_id}/reset", status_code=204)
async def reset(merchant: TheMerchant, customer_id: str, here: Here, channel: str | None = None) -> Response:
    """The context and the preferences go; what was said stays on record."""
    await here.gateway.reset(await _find(here, merchant, customer_id, channel))
    return Response(status_code=204)


async def _find(here: Shopkeep, merchant: Merchant, customer_id: str, channel: str | None) -> Conversation:
    async with autocommit(here.engine) as connection:
        return await conversations.find(connection, merchant.id, customer_id, channel)


def _listed(one: Listed) -> dict[str, Any]:
    return _head(one.conversation) | {
        "updated_at": one.updated_at,
        "unanswered": one.unanswered,
        "commented": one.commented,
        "last_message": to_jsonable(one.last) if one.last else None,
    }


def _head(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "customer_name": conversation.customer_name,
        "customer_id": conversation.key.customer_id,
        "channel": conversation.key.channel,
        "account_id": conversation.key.account_id,
        "state": conversation.state(datetime.now(UTC)),
        "pause_reason": conversation.pause_reason,
        "handover": _handover(conversation),
        "last_customer_at": conversation.last_customer_at,
    }


def _handover(conversation: Conversation) -> dict[str, Any] | None:
    """None when no person is needed."""
    if conversation.handover is None:
        return None
    return {"reason": conversation.handover.reason, "at": conversation.handover_at}


def _preferences(liked: Preferences) -> dict[str, Any]:
    """As filters name them, the strongest first; `weights` has how strong each is today."""
    now = datetime.now(UTC)
    likings = {kind: getattr(liked, kind) for kind in KINDS}
    weights = {
        kind: {one.value: round(weight(one, now), 2) for one in ones}
        for kind, ones in likings.items()
        if ones
    }
    return {
        "price_min": liked.price_min,
        "price_max": liked.price_max,
        **{kind: values(ones, now) for kind, ones in likings.items()},
        "weights": weights,
    }


def _line(line: Line) -> dict[str, Any]:
    body: dict[str, Any] = to_jsonable(line)
    return body
