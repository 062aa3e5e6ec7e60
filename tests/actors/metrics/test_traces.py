from datetime import UTC, datetime, timedelta

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

import logs
from actors.metrics.traces import TurnTraces
from models.merchant import Merchant
from models.search import NO_FILTERS
from models.turn import Intent, Memory, Reply, Step, Turn

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TURN = Turn(
    id="turn-7",
    merchant=Merchant(id="m1", name="Blue Door"),
    channel="instagram",
    surface="dm",
    text="a secret",
    now=NOW,
)


def step(name: str, after_ms: float, took_ms: float, status: str = "ok", **data: object) -> Step:
    at = NOW + timedelta(milliseconds=after_ms)
    return Step(name=name, status=status, started_at=at, duration_ms=took_ms, data=data)


def traced(*steps: Step) -> dict[str, ReadableSpan]:
    exporter = InMemorySpanExporter()
    traces = TurnTraces(exporter)
    reply = Reply(
        parts=(),
        cards=(),
        intent=Intent.PRODUCT_SEARCH,
        confidence=0.9,
        filters=NO_FILTERS,
        memory=Memory(),
        rung="model",
        steps=steps,
        cost_microdollars=900,
    )
    traces.kept(TURN, "somebody", reply, NOW + timedelta(seconds=2))
    traces.flush()
    return {span.name: span for span in exporter.get_finished_spans()}


def took_ms(span: ReadableSpan) -> float:
    assert span.start_time
    assert span.end_time
    return (span.end_time - span.start_time) / 1_000_000


def test_a_turn_is_a_span_and_its_steps_are_below_it_with_their_times() -> None:
    spans = traced(step("model_call", 10, 800), step("search_products", 820, 30))
    turn, call, search = spans["turn"], spans["model_call"], spans["search_products"]
    assert [took_ms(span) for span in (turn, call, search)] == [2000, 800, 30]
    assert turn.parent is None
    for one in (call, search):
        assert one.parent
        assert one.parent.span_id == turn.context.span_id
    assert turn.attributes
    assert turn.attributes["shopkeep.intent"] == "product_search"
    assert turn.attributes["shopkeep.cost_microdollars"] == 900


def test_numbers_and_names_go_out_and_nobodys_words() -> None:
    spans = traced(
        step("model_call", 0, 5, model="m", tokens={"prompt": 7, "completion": 2}, messages=["a secret"]),
        step("search_products", 0, 5, query="a secret", found=3),
    )
    call = spans["model_call"].attributes
    assert call
    assert (call["shopkeep.model"], call["gen_ai.usage.prompt_tokens"]) == ("m", 7)
    told = " ".join(str(span.attributes) for span in spans.values())
    assert "a secret" not in told
    assert "somebody" not in told
    assert logs.customer("m1", "somebody") in told


def test_a_step_that_failed_is_an_error() -> None:
    spans = traced(step("model_call", 0, 5, "failed"), step("rules", 5, 5))
    assert spans["model_call"].status.status_code is StatusCode.ERROR
    assert spans["rules"].status.status_code is StatusCode.UNSET
