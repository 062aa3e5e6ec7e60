"""Why a reply says what it says: the inspector of a turn, and the turn played again beside it."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from models.search import Filters
from models.turn import Reply
from store import conversations, executions
from store.database import autocommit
from store.executions import Execution
from web.auditing import changes_nothing
from web.console.bubbles import safe
from web.console.customer_side import preferred
from web.console.desk import TheDesk
from web.console.traces import SCORES, Step, trace
from web.pages import texts
from web.replays import Played, replay

router = APIRouter(prefix="/{m}/executions/{execution_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One playing of a turn, ready to be shown."""

    reply: Reply | None
    silence_reason: str | None
    duration_ms: float
    steps: list[Step]
    remembered: Filters
    model: str | None
    tokens: int

    @property
    def cards(self) -> tuple[Any, ...]:
        return tuple(map(safe, self.reply.cards)) if self.reply else ()

    @property
    def texts(self) -> list[str]:
        return [part.text for part in self.reply.parts if not part.cards] if self.reply else []

    @property
    def grounded(self) -> bool | None:
        """None: nothing had to be checked."""
        checks = [step for step in self.steps if step.name == "grounding"]
        return not checks[-1].failed if checks else None


def told(played: Played) -> Told:
    steps = trace(played.steps, played.duration_ms)
    calls = [step for step in steps if step.kind == "call"]
    reply = played.reply
    return Told(
        reply=reply,
        silence_reason=played.silence_reason,
        duration_ms=played.duration_ms,
        steps=steps,
        # As it was then: nothing has faded.
        remembered=preferred(reply.memory.preferences, played.at) if reply else Filters(),
        model=calls[-1].model if calls else None,
        tokens=sum(
            sum((call.tokens or {}).get(kind, 0) for kind in ("prompt", "completion")) for call in calls
        ),
    )


def as_played(execution: Execution) -> Played:
    return Played(
        reply=execution.reply,
        silence_reason=execution.silence_reason,
        steps=execution.steps,
        duration_ms=execution.duration_ms,
        at=execution.started_at,
    )


@router.get("")
async def inspector(desk: TheDesk, execution_id: str) -> HTMLResponse:
    async with autocommit(desk.here.engine) as connection:
        execution = await executions.get(connection, desk.shop.id, execution_id)
        conversation = await conversations.within(connection, desk.shop.id, execution.conversation_id)
    return desk.page(
        "executions/inspector.html",
        execution=execution,
        conversation=conversation,
        told=told(as_played(execution)),
        score_names=SCORES,
    )


@router.get("/replay")
async def ask_replay(desk: TheDesk, execution_id: str) -> HTMLResponse:
    """What a replay does, before it costs anything."""
    async with autocommit(desk.here.engine) as connection:
        execution = await executions.get(connection, desk.shop.id, execution_id)
    return desk.page("executions/replay.html", execution=execution, sides=None, score_names=SCORES)


@router.post("/replay")
@changes_nothing
async def played_again(desk: TheDesk, execution_id: str) -> HTMLResponse:
    replayed = await replay(desk.here, desk.shop, execution_id)
    return desk.page(
        "executions/replay.html",
        execution=replayed.execution,
        sides={"old": told(replayed.old), "new": told(replayed.new)},
        differs=replayed.differs,
        different=[texts("en")["executions"]["differences"][name] for name in replayed.differs],
        score_names=SCORES,
    )
