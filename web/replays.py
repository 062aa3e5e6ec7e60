"""A turn again, with today's catalogue and settings: nothing is sent, and nothing of it is kept."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from actors.fits import fits
from models.codec import from_jsonable, to_jsonable
from models.errors import Conflict
from models.merchant import Merchant
from models.turn import Reply, Turn
from store import executions, spending
from store.database import autocommit
from store.executions import Execution
from web.deps import Shopkeep

# By what two answers of the same turn may differ.
DIFFERENCES = ("text", "products", "intent", "filters", "rung", "handover", "silence_reason", "steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What one playing of the turn came to. `steps` are JSON, as in the log; `at`: the turn's moment."""

    reply: Reply | None
    silence_reason: str | None
    steps: Sequence[dict[str, Any]]
    duration_ms: float
    at: datetime

    @property
    def facts(self) -> dict[str, Any]:
        """What is compared."""
        reply = self.reply
        return {
            "text": [part.text for part in reply.parts if not part.cards] if reply else [],
            "products": [card.product_id for card in reply.cards] if reply else [],
            "intent": reply.intent.value if reply else None,
            "filters": to_jsonable(reply.filters) if reply else None,
            "rung": reply.rung if reply else None,
            "handover": reply.handover.reason if reply and reply.handover else None,
            "silence_reason": self.silence_reason,
            "steps": [(step["name"], step["status"]) for step in self.steps],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    execution: Execution
    old: Played
    new: Played

    @property
    def differs(self) -> tuple[str, ...]:
        old, new = self.old.facts, self.new.facts
        return tuple(name for name in DIFFERENCES if old[name] != new[name])


async def replay(here: Shopkeep, merchant: Merchant, execution_id: str) -> Replayed:
    """What it costs counts for today's budget, and where that is used up the rules answer.

    The moment stays that of the turn: what a customer liked then has not faded since. Conflict where what the
    turn was given is gone.
    """
    async with autocommit(here.engine) as connection:
        execution = await executions.get(connection, merchant.id, execution_id)
        spent = await spending.today(connection, merchant.id)
    turn = replace(_turn(execution, merchant), spent_microdollars=spent)
    began = time.monotonic()
    reply = await here.gateway.draft(turn)
    duration_ms = (time.monotonic() - began) * 1000
    if reply.cost_microdollars:
        async with autocommit(here.engine) as connection:
            await spending.add(connection, merchant.id, reply.cost_microdollars)
    fit = fits(here.settings.public_url)[turn.channel]
    reply = replace(reply, parts=fit(reply.parts, comment=turn.surface == "comment"))
    return Replayed(
        execution=execution,
        old=Played(
            reply=execution.reply,
            silence_reason=execution.silence_reason,
            steps=execution.steps,
            duration_ms=execution.duration_ms,
            at=turn.now,
        ),
        new=Played(
            reply=reply,
            silence_reason=reply.silence,
            steps=[to_jsonable(step) for step in reply.steps],
            duration_ms=duration_ms,
            at=turn.now,
        ),
    )


def _turn(execution: Execution, merchant: Merchant) -> Turn:
    """By the variant it was answered by, as it is today; where it is gone, as the profile is."""
    try:
        turn = from_jsonable(Turn, execution.turn | {"merchant": merchant})
    except ValidationError as error:
        raise Conflict(
            "what this turn was given has been erased, or is older than this version can play again"
        ) from error
    experiment = merchant.experiment
    if experiment and experiment.name == turn.experiment and (variant := experiment.named(turn.variant)):
        return replace(turn, merchant=merchant.varied(variant))
    return replace(turn, experiment="", variant="")
