"""Turns as traces of OpenTelemetry: one span for the turn, one below it for each step.

Built when a turn is kept, from the times in its execution log: what is traced is what the inspector shows.
Of a step's data numbers and names go out, never words of customers or prompts.
"""

from datetime import datetime, timedelta
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context

import logs
from models.turn import Reply, Step, Turn

# Of a step's data.
_TOLD: Final = ("model", "found", "relaxed", "remembered", "cost_microdollars", "language")


class TurnTraces:
    def __init__(self, exporter: SpanExporter) -> None:
        provider = TracerProvider(resource=Resource({"service.name": "shopkeep"}))
        # From a thread of its own: a collector that is away holds up no turn.
        provider.add_span_processor(BatchSpanProcessor(exporter))
        self._provider = provider
        self._tracer = provider.get_tracer("shopkeep.turns")

    def kept(self, turn: Turn, customer_id: str, reply: Reply, now: datetime) -> None:
        span = self._tracer.start_span("turn", start_time=_at(turn.now))
        span.set_attributes(
            {
                "shopkeep.turn": turn.id,
                "shopkeep.merchant": turn.merchant.id,
                "shopkeep.customer": logs.customer(turn.merchant.id, customer_id),
                "shopkeep.channel": turn.channel,
                "shopkeep.surface": turn.surface,
                "shopkeep.rung": reply.rung,
                "shopkeep.intent": reply.intent.value,
                "shopkeep.products": len(reply.cards),
                "shopkeep.cost_microdollars": reply.cost_microdollars,
            }
        )
        for step in reply.steps:
            self._step(span, step)
        span.end(_at(now))

    def flush(self) -> None:
        self._provider.force_flush()

    def _step(self, turn: Span, step: Step) -> None:
        began = step.started_at
        span = self._tracer.start_span(step.name, context=set_span_in_context(turn), start_time=_at(began))
        told = {name: step.data[name] for name in _TOLD if isinstance(step.data.get(name), (str, int, float))}
        span.set_attributes({f"shopkeep.{name}": value for name, value in told.items()})
        for kind, number in (step.data.get("tokens") or {}).items():
            span.set_attribute(f"gen_ai.usage.{kind}_tokens", number)
        if step.status != "ok":
            span.set_status(Status(StatusCode.ERROR))
        span.end(_at(began + timedelta(milliseconds=step.duration_ms)))


def _at(moment: datetime) -> int:
    """Nanoseconds since 1970, to the microsecond."""
    return round(moment.timestamp() * 1_000_000) * 1_000


def traces(endpoint: str) -> TurnTraces:
    """To a collector that speaks OTLP over HTTP; `endpoint` as in http://localhost:4318."""
    return TurnTraces(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces"))
