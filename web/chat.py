"""The simulator: the same path as a DM, and the answer comes back with the call."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from channels import simulator
from models.codec import to_jsonable
from models.errors import Conflict, NotFound
from models.message import EventKind, InboundEvent
from models.turn import Card, Reply
from store import executions, inbox
from store.database import autocommit
from store.executions import Execution
from store.inbox import Taken
from web.auditing import changes_nothing
from web.deps import Here, Shopkeep, TheMerchant
from web.posts import MediaId
from web.problems import problem
from web.rates import require_rate
from web.storable import Storable

router = APIRouter(prefix="/merchants/{m}/chat")
PATIENCE_S = 30.0


def _fits_an_id(text: str) -> str:
    if len(text.encode()) > 256:  # noqa: PLR2004 - as of every id from outside
        raise ValueError("is longer than 256 bytes")
    return text


class ChatBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    customer_id: Annotated[Storable, Field(min_length=1), AfterValidator(_fits_an_id)]
    text: Annotated[Storable, Field(max_length=100_000)]
    channel: Literal["dm", "comment"] = "dm"
    media_id: MediaId | None = None  # the post it is about


@router.post("", response_model=None)
@changes_nothing
async def chat(
    merchant: TheMerchant,
    body: ChatBody,
    here: Here,
    idempotency_key: Annotated[Storable | None, Header(max_length=200)] = None,
) -> dict[str, Any] | JSONResponse:
    require_rate(here.rates.customer, f"{merchant.id}/{body.customer_id}", "MESSAGES_PER_CUSTOMER")
    taken = await take(here, merchant.id, body, idempotency_key or uuid4().hex)
    answered = await here.gateway.answered(taken, PATIENCE_S)
    if not answered.finished:
        return problem(
            504,
            f"no answer within {PATIENCE_S:g} s; the turn goes on, its execution will have this id",
            turn_id=answered.turn_id,
        )
    async with autocommit(here.engine) as connection:
        execution = await executions.get(connection, merchant.id, answered.turn_id)
    return _answer(execution)


async def take(here: Shopkeep, merchant_id: str, body: ChatBody, key: str) -> Taken:
    """A repeated key is the message that was taken before."""
    event = InboundEvent(
        channel=simulator.NAME,
        account_id=simulator.account_of(merchant_id),
        key=f"chat:{key}",
        kind=EventKind.COMMENT if body.channel == "comment" else EventKind.MESSAGE,
        customer_id=body.customer_id,
        at=datetime.now(UTC),
        text=body.text,
        message_id=f"chat:{key}",
        media_id=body.media_id,
        subjects=(body.media_id,) if body.media_id else (),
    )
    async with here.engine.begin() as connection:
        taken = await inbox.take(connection, [(merchant_id, event)])
        if taken:
            return taken[0]
        try:
            return await inbox.find(
                connection, event.channel, event.account_id, event.key, customer_id=body.customer_id
            )
        except NotFound as error:
            raise Conflict("used for another customer's message", field="Idempotency-Key") from error


def _answer(execution: Execution) -> dict[str, Any]:
    reply = execution.reply
    return {
        "turn_id": execution.id,
        "execution_id": execution.id,
        "parts": [to_jsonable(part) for part in reply.parts] if reply else [],
        "products": [product(card) for card in reply.cards] if reply else [],
        "intent": reply.intent.value if reply else None,
        "filters": to_jsonable(reply.filters) if reply else None,
        "handover": _handover(reply),
        "silence_reason": execution.silence_reason,
    }


def _handover(reply: Reply | None) -> dict[str, str] | None:
    return {"reason": reply.handover.reason} if reply and reply.handover else None


def product(card: Card) -> dict[str, Any]:
    body: dict[str, Any] = to_jsonable(card)
    return body | {"id": body.pop("product_id")}
