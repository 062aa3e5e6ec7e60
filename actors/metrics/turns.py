"""What a turn that was kept says about answering."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from actors.metrics import names
from actors.metrics.instruments import Instruments
from models.turn import Reply, Step

MICRODOLLARS = 1_000_000
# Steps that ask the catalogue for products by words or by a product.
_SEARCHES = frozenset({"search_products", "similar", "cheaper"})
# A failed step's reason begins with the exception's name; behind ours stands the endpoint's own.
_ERROR = re.compile(r"(?:EndpointFailed: )?(\w+)")


class TurnMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._tell = instruments

    def kept(self, reply: Reply | None, silence: str | None, heard_at: datetime, now: datetime) -> None:
        """`heard_at`: when the last message of the burst came in."""
        if silence:
            self._tell.count(names.SILENCES, reason=silence)
        if reply is None or reply.silence:
            return
        self._tell.count(names.TURNS, rung=reply.rung, intent=reply.intent.value)
        self._tell.observe(names.TURN_SECONDS, (now - heard_at).total_seconds(), rung=reply.rung)
        if reply.handover:
            self._tell.count(names.HANDOVERS, rung=reply.rung)
        self._steps(reply.steps)

    def begun_again(self, reply: Reply | None) -> None:
        """Nothing was kept, yet models may have been paid."""
        self._tell.count(names.DISCARDED)
        if reply:
            self._steps(reply.steps)

    def _steps(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._tell.observe(
                names.STEP_SECONDS, step.duration_ms / 1000, step=step.name, status=step.status
            )
            if step.name == "model_call":
                self._model_call(step.status, step.data)
            if step.name in _SEARCHES and step.status == "ok":
                found = "some" if step.data.get("found") else "none"
                self._tell.count(names.SEARCHES, found=found)

    def _model_call(self, status: str, data: dict[str, Any]) -> None:
        model = str(data["model"])
        named = _ERROR.match(str(data.get("reason", ""))) if status == "failed" else None
        error = named[1] if named else ""
        self._tell.count(names.MODEL_CALLS, model=model, status=status, error=error)
        self._tell.count(names.COST, data.get("cost_microdollars", 0) / MICRODOLLARS, model=model)
        for kind, number in data.get("tokens", {}).items():
            self._tell.count(names.MODEL_TOKENS, number, model=model, kind=kind)
