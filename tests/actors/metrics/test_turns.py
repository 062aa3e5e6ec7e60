from datetime import UTC, datetime, timedelta

from actors.metrics import names
from actors.metrics.turns import TurnMetrics
from models.search import NO_FILTERS
from models.turn import Handover, Intent, Memory, Reply, Step
from tests.actors.metrics.recorded import Recorded

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEARD_AT = NOW - timedelta(seconds=3)


def step(name: str, *, status: str = "ok", duration_ms: float = 20.0, **data: object) -> Step:
    return Step(name=name, status=status, started_at=NOW, duration_ms=duration_ms, data=data)


def reply(*steps: Step, silence: str | None = None, handover: Handover | None = None) -> Reply:
    return Reply(
        parts=(),
        cards=(),
        intent=Intent.PRODUCT_SEARCH,
        confidence=0.9,
        filters=NO_FILTERS,
        memory=Memory(),
        rung="model",
        silence=silence,
        handover=handover,
        steps=steps,
    )


def test_a_turn_is_counted_by_who_answered_and_what_was_wanted() -> None:
    heard = Recorded()
    TurnMetrics(heard).kept(reply(handover=Handover(reason="asked")), None, HEARD_AT, NOW)
    assert heard.counts(names.TURNS, "rung") == {"model": 1}
    assert heard.counts(names.TURNS, "intent") == {"product_search": 1}
    assert heard.counts(names.HANDOVERS, "rung") == {"model": 1}
    assert heard.observed[names.TURN_SECONDS, frozenset({("rung", "model")})] == [3.0]


def test_silence_is_counted_by_its_reason_and_is_no_answer() -> None:
    heard = Recorded()
    TurnMetrics(heard).kept(None, "paused", HEARD_AT, NOW)
    TurnMetrics(heard).kept(reply(silence="no_question"), "no_question", HEARD_AT, NOW)
    assert heard.counts(names.SILENCES, "reason") == {"paused": 1, "no_question": 1}
    assert not heard.counted[names.TURNS]


def test_searches_tell_whether_they_found_something() -> None:
    heard = Recorded()
    searches = (step("search_products", found=3), step("search_products", found=0), step("cheaper", found=2))
    broken = step("search_products", status="failed", reason="TimeoutError")
    TurnMetrics(heard).kept(reply(*searches, broken), None, HEARD_AT, NOW)
    assert heard.counts(names.SEARCHES, "found") == {"some": 2, "none": 1}
    took = heard.observed[names.STEP_SECONDS, frozenset({("step", "search_products"), ("status", "failed")})]
    assert took == [0.02]


def test_a_model_is_counted_by_calls_tokens_and_dollars_even_where_the_answer_was_thrown_away() -> None:
    heard = Recorded()
    tokens = {"prompt": 900, "cached": 0, "completion": 100}
    calls = reply(
        step("model_call", model="m", tokens=tokens, cost_microdollars=1500),
        step("model_call", status="failed", model="m", reason="EndpointFailed: AuthenticationError: Error"),
    )
    TurnMetrics(heard).kept(calls, None, HEARD_AT, NOW)
    TurnMetrics(heard).begun_again(calls)
    assert heard.counts(names.MODEL_CALLS, "status") == {"ok": 2, "failed": 2}
    assert heard.counts(names.MODEL_CALLS, "error") == {"": 2, "AuthenticationError": 2}
    assert heard.counts(names.MODEL_TOKENS, "kind") == {"prompt": 1800, "completion": 200}
    assert heard.counts(names.COST, "model") == {"m": 0.003}
    assert sum(heard.counted[names.DISCARDED].values()) == 1
