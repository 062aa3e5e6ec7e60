"""Nobody calls a provider that takes nothing, and all go on as soon as one has got through."""

import pytest

from channels.circuit import LONGEST_WAIT_S, WORKED_LATELY_S, Circuit
from tests.standins.clock import Clock

ANNA, BEN, MIA = 1, 2, 3


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(clock=clock)


def down(circuit: Circuit) -> None:
    circuit.failed(11, ANNA)
    circuit.failed(12, BEN)


def one_fails(circuit: Circuit, part_id: int) -> None:
    circuit.let_try(part_id)
    circuit.failed(part_id, MIA)
    circuit.ended(part_id)


def test_one_conversation_that_fails_stops_nobody(circuit: Circuit) -> None:
    for part_id in range(10):
        circuit.failed(part_id, ANNA)
    assert circuit.closed
    assert circuit.admits(99)


def test_two_stop_everybody_unless_something_got_through_between_them(circuit: Circuit) -> None:
    circuit.failed(11, ANNA)
    circuit.worked(12)
    circuit.failed(13, BEN)
    assert circuit.closed
    circuit.failed(14, ANNA)
    assert not circuit.closed
    assert not circuit.admits(99)


def test_after_a_while_one_part_tries_and_no_other(circuit: Circuit, clock: Clock) -> None:
    down(circuit)
    assert not circuit.wants_one
    clock.now += 1
    assert circuit.wants_one
    circuit.let_try(21)
    assert not circuit.wants_one
    assert circuit.admits(21)
    assert not circuit.admits(22)


def test_when_it_gets_through_the_rest_may_follow(circuit: Circuit, clock: Clock) -> None:
    down(circuit)
    clock.now += 1
    circuit.let_try(21)
    circuit.worked(21)
    circuit.ended(21)
    assert circuit.closed
    assert circuit.admits(22)


def test_the_waits_between_tries_double_up_to_half_a_minute(circuit: Circuit, clock: Clock) -> None:
    down(circuit)
    waits = []
    for part_id in range(20, 28):
        began = clock.now
        while not circuit.wants_one:
            clock.now += 0.5
        waits.append(clock.now - began)
        one_fails(circuit, part_id)
    assert waits == [1, 2, 4, 8, 16, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_after_an_outage_the_next_one_begins_with_a_short_wait(circuit: Circuit, clock: Clock) -> None:
    down(circuit)
    clock.now += 1
    one_fails(circuit, 21)
    clock.now += 2
    circuit.let_try(22)
    circuit.worked(22)
    circuit.ended(22)
    down(circuit)
    clock.now += 1
    assert circuit.wants_one


def test_a_part_that_ended_without_a_call_leaves_the_try_to_the_next(circuit: Circuit, clock: Clock) -> None:
    down(circuit)
    clock.now += 1
    circuit.let_try(21)
    circuit.ended(21)
    assert circuit.wants_one


def test_what_was_on_its_way_before_decides_nothing(circuit: Circuit, clock: Clock) -> None:
    down(circuit)
    clock.now += 1
    circuit.failed(13, MIA)
    assert circuit.wants_one
    circuit.worked(14)
    assert not circuit.closed


def test_a_limit_stops_everybody_at_once_and_a_shorter_one_changes_nothing(
    circuit: Circuit, clock: Clock
) -> None:
    circuit.limited(60)
    circuit.limited(1)
    assert not circuit.closed
    clock.now += 59
    assert not circuit.wants_one
    clock.now += 1
    assert circuit.wants_one


def test_a_part_that_got_through_may_be_the_last_one_for_a_while(circuit: Circuit, clock: Clock) -> None:
    circuit.worked(11, rest_s=6)
    assert not circuit.admits(12)
    clock.now += 6
    circuit.let_try(12)
    circuit.worked(12, rest_s=6)
    circuit.ended(12)
    assert not circuit.wants_one


def test_it_is_known_for_a_while_that_something_got_through(circuit: Circuit, clock: Clock) -> None:
    assert not circuit.worked_lately
    circuit.worked(11)
    assert circuit.worked_lately
    clock.now += WORKED_LATELY_S
    assert not circuit.worked_lately
