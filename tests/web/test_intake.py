"""Events of many webhooks are kept together, each webhook answered for itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DataError

from models.errors import Unavailable
from models.message import EventKind, InboundEvent
from web import intake
from web.intake import Intake

NOW = datetime(2026, 11, 25, tzinfo=UTC)
EVENT = InboundEvent(
    channel="instagram", account_id="a", key="", kind=EventKind.MESSAGE, customer_id="c", at=NOW
)
POISON = "poison"


def events(*keys: str) -> tuple[InboundEvent, ...]:
    return tuple(replace(EVENT, key=key) for key in keys)


class Table:
    """Where events end: all of a statement or none. `gate` holds statements up, `away` is a lost database."""

    def __init__(self) -> None:
        self.statements: list[list[str]] = []
        self.kept: set[str] = set()
        self.gate = asyncio.Event()
        self.gate.set()
        self.away = False

    async def keep(self, heard: Sequence[InboundEvent]) -> None:
        keys = [event.key for event in heard]
        self.statements.append(keys)
        await self.gate.wait()
        if self.away:
            raise ConnectionRefusedError
        if any(key.startswith(POISON) for key in keys):
            raise DataError("INSERT", {}, _Refused())
        self.kept.update(keys)


class _Refused(Exception):
    sqlstate = "22P05"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def way_in(table: Table, clock: Clock) -> Intake:
    return Intake(table.keep, monotonic=clock)


async def come(way_in: Intake, *webhooks: tuple[str, ...]) -> list["asyncio.Task[None]"]:
    """One after another, as far as they get."""
    under_way = []
    for keys in webhooks:
        under_way.append(asyncio.ensure_future(way_in.take(events(*keys), 100)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return under_way


async def test_what_comes_during_a_statement_is_kept_by_the_next(way_in: Intake, table: Table) -> None:
    table.gate.clear()
    under_way = await come(way_in, ("a",), ("b", "c"), ("d",))
    assert not any(each.done() for each in under_way)
    table.gate.set()
    await asyncio.gather(*under_way)
    assert table.statements == [["a"], ["b", "c", "d"]]


async def test_one_webhook_that_cannot_be_kept_costs_no_other(way_in: Intake, table: Table) -> None:
    table.gate.clear()
    under_way = await come(way_in, ("a",), ("b",), (POISON, "c"), ("d",))
    table.gate.set()
    ends = await asyncio.gather(*under_way, return_exceptions=True)
    assert [type(end) for end in ends] == [type(None), type(None), DataError, type(None)]
    assert table.kept == {"a", "b", "d"}


async def test_a_database_that_is_away_is_said_to_all_and_asked_once(way_in: Intake, table: Table) -> None:
    table.gate.clear()
    under_way = await come(way_in, ("a",), ("b",), ("c",))
    table.away = True
    table.gate.set()
    ends = await asyncio.gather(*under_way, return_exceptions=True)
    assert all(isinstance(end, Unavailable) for end in ends)
    assert table.statements == [["a"], ["b", "c"]]
    table.away = False
    await way_in.take(events("a"), 100)
    assert table.kept == {"a"}


async def test_nobody_is_let_in_behind_one_who_waits_too_long(
    way_in: Intake, table: Table, clock: Clock
) -> None:
    table.gate.clear()
    under_way = await come(way_in, ("a",))
    clock.now = intake.MOST_WAITING_S
    under_way += await come(way_in, ("b",))
    assert way_in.full() is None
    clock.now += 0.1
    assert way_in.full()
    table.gate.set()
    await asyncio.gather(*under_way)
    assert way_in.full() is None


async def test_nobody_is_let_in_where_there_is_no_room(way_in: Intake, table: Table) -> None:
    table.gate.clear()
    filling = asyncio.ensure_future(way_in.take(events("a"), intake.MOST_WAITING_BYTES))
    await asyncio.sleep(0)
    assert way_in.full()
    table.gate.set()
    await filling
    assert way_in.full() is None


async def test_who_has_waited_too_long_is_told_so_and_kept_all_the_same(
    way_in: Intake, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ANSWER_S", 0.0)
    table.gate.clear()
    for keys in ("a", "b"):
        with pytest.raises(Unavailable, match="send them again"):
            await way_in.take(events(keys), 100)
    table.gate.set()
    monkeypatch.undo()
    await way_in.take(events("c"), 100)
    assert table.kept == {"a", "b", "c"}


async def test_a_statement_that_never_ends_is_given_up(
    way_in: Intake, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "STATEMENT_S", 0.0)
    table.gate.clear()
    with pytest.raises(Unavailable, match="does not answer"):
        await way_in.take(events("a"), 100)


STEPS = st.lists(
    st.one_of(
        st.lists(st.sampled_from(["a", "b", "c", "d", "e", POISON]), min_size=1, max_size=3).map(tuple),
        st.sampled_from(["hold", "let go", "lose the database", "find the database", "hang up"]),
    ),
    max_size=30,
)


@given(STEPS)
def test_whatever_happens_what_was_answered_is_kept(steps: list[tuple[str, ...] | str]) -> None:
    async def play() -> None:
        table = Table()
        way_in = Intake(table.keep)
        under_way: list[tuple[tuple[str, ...], asyncio.Task[None]]] = []
        for number, step in enumerate(steps):
            if isinstance(step, tuple):
                keys = tuple(f"{key}{number}" for key in step)
                (task,) = await come(way_in, keys)
                under_way.append((keys, task))
            elif step == "hang up" and under_way:
                under_way[-1][1].cancel()
            else:
                table.gate.clear() if step == "hold" else table.gate.set()
                table.away = step == "lose the database"
            answered = {key for keys, task in under_way if _kept(task) for key in keys}
            assert answered <= table.kept
        table.gate.set()
        await asyncio.gather(*(task for _, task in under_way), return_exceptions=True)
        for keys, task in under_way:
            # All of a webhook or nothing; who left before the answer may find its events there or not.
            assert table.kept.issuperset(keys) or (not _kept(task) and table.kept.isdisjoint(keys))
        assert way_in.full() is None

    asyncio.run(play())


def _kept(task: "asyncio.Task[None]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
