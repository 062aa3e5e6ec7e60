"""Full context -> short context -> rules -> apology: a turn always gets an answer.

`Ladder.answer` never raises, except when it is cancelled.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from agent.answer import Answer
from agent.apology import apologise
from agent.catalogue import Catalogue
from agent.comments import silence, why_silent
from agent.compose import compose
from agent.cost import price_of
from agent.desk import Desk
from agent.endpoint import Endpoint
from agent.language import languages
from agent.model import ModelAgent
from agent.prompt import FULL, SHORT
from agent.restocked import NOT_TOLD, before, tell
from agent.rules.rules_agent import RulesAgent
from agent.trace import Clock, Monotonic, Trace
from models.budget import BudgetState, state_of
from models.turn import Reply, Turn

log = logging.getLogger(__name__)

# What the rules need at most, however late it is: a stalled process must not end in an apology.
_LEAST_S = 1.0


class Rung(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def costs(self) -> bool:
        """Whether it is passed by once the merchant's budget of the day is used up."""
        ...

    async def draft(self, desk: Desk, deadline: float) -> Answer:
        """Any exception sends the turn one rung down. `deadline` is a time of the monotonic clock."""
        ...


class Ladder:
    def __init__(
        self,
        rungs: Sequence[tuple[Rung, float]],
        *,
        clock: Clock,
        monotonic: Monotonic,
        endpoint: Endpoint | None = None,
    ) -> None:
        """Each rung with the second of the turn at which the next one takes over."""
        self._rungs = rungs
        self._free = [(rung, until) for rung, until in rungs if not rung.costs]
        self._clock = clock
        self._monotonic = monotonic
        self._endpoint = endpoint

    async def answer(self, turn: Turn, catalogue: Catalogue) -> Reply:
        trace = Trace(self._clock, self._monotonic)
        began = self._monotonic()
        desk = Desk(turn, catalogue, trace)
        if turn.surface == "comment" and (reason := await self._why_silent(desk)):
            return silence(desk, reason)
        news = await self._news(desk) if turn.restocked else None
        if turn.restocked and not (turn.text or turn.attachments):
            return news or silence(desk, NOT_TOLD)
        reply = await self._reply(desk, began)
        return before(news, reply) if news else reply

    async def _news(self, desk: Desk) -> Reply | None:
        """None where it has to wait for another turn."""
        try:
            with desk.trace.step("restocked"):
                async with asyncio.timeout(_LEAST_S):
                    return await tell(desk)
        except Exception:  # noqa: BLE001 - the answer is what counts; the reason is in the trace
            return None

    async def _reply(self, desk: Desk, began: float) -> Reply:
        for rung, until in self._affordable(desk):
            try:
                return await self._climb(desk, rung, began + until)
            except Exception:  # noqa: BLE001, S112 - whatever failed is in the trace; the next rung answers
                continue
        return apologise(desk)

    def _affordable(self, desk: Desk) -> Sequence[tuple[Rung, float]]:
        if not desk.turn.merchant.use_model:
            return self._free
        budget, spent = desk.turn.merchant.model_budget_per_day, desk.turn.spent_microdollars
        if state_of(budget, spent) is not BudgetState.USED_UP:
            return self._rungs
        with desk.trace.step("budget_used_up", budget_cents=budget, spent_microdollars=spent):
            return self._free

    async def _why_silent(self, desk: Desk) -> str | None:
        try:
            with desk.trace.step("comment") as data:
                async with asyncio.timeout(_LEAST_S):
                    reason = await why_silent(desk)
                data["silence"] = reason
        except Exception:  # noqa: BLE001 - in doubt somebody asked something
            return None
        return reason

    async def _climb(self, desk: Desk, rung: Rung, deadline: float) -> Reply:
        with desk.trace.step(rung.name):
            async with asyncio.timeout(max(deadline - self._monotonic(), _LEAST_S)):
                answer = await rung.draft(desk, deadline)
        return compose(desk, answer, rung.name)

    async def close(self) -> None:
        if self._endpoint:
            await self._endpoint.close()


def build_ladder(
    *,
    openai_api_key: str | None,
    openai_base_url: str | None,
    model: str,
    clock: Clock,
    monotonic: Monotonic,
    patience_s: float = 10.0,
) -> Ladder:
    """Without a key the rules answer first. `patience_s` is all a turn may take."""
    languages()  # a broken language file fails the start, not a turn
    rules: tuple[Rung, float] = (RulesAgent(), patience_s)
    if not openai_api_key:
        return Ladder([rules], clock=clock, monotonic=monotonic)
    if price_of(model) is None:
        log.warning("%s has no price in agent/prices.toml: no budget counts what it costs", model)
    endpoint = Endpoint(openai_api_key, openai_base_url, model, monotonic)
    rungs: list[tuple[Rung, float]] = [
        (ModelAgent("model", endpoint, FULL), patience_s * 0.65),
        (ModelAgent("model_short", endpoint, SHORT), patience_s * 0.9),
        rules,
    ]
    return Ladder(rungs, clock=clock, monotonic=monotonic, endpoint=endpoint)
