"""What a search leaves in the log of its turn: days in figures are counted from it (store/turn_facts.py)."""

from datetime import UTC, datetime

from agent.desk import Desk
from agent.trace import Trace
from models.search import NO_FILTERS, Filters
from models.turn import Turn
from tests.agent.shop import MERCHANT, MemoryCatalogue

NOW = datetime(2026, 6, 1, tzinfo=UTC)


async def test_a_search_says_what_it_was_asked_found_and_gave_up(catalogue: MemoryCatalogue) -> None:
    trace = Trace(lambda: NOW, lambda: 0.0)
    turn = Turn(id="t", merchant=MERCHANT, channel="simulator", surface="dm", text="a dress", now=NOW)
    desk = Desk(turn, catalogue, trace)
    await desk.search("dress", NO_FILTERS)
    await desk.nearest("dress", Filters(price_max=1))
    plain, relaxed = trace.steps
    assert (plain.name, plain.status, plain.data["query"]) == ("search_products", "ok", "dress")
    assert plain.data["found"] > 0
    assert (list(plain.data["relaxed"]), plain.data["remembered"]) == ([], False)
    assert list(relaxed.data["relaxed"]) == ["price"]
