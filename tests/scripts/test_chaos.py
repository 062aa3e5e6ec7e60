"""The judge of the chaos run finds what it is there to find; the plan is the seed's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scripts.chaos.judge import Killed, Verdict, judge
from scripts.chaos.ledger import Accepted
from scripts.chaos.plan import Message, draw
from scripts.chaos.record import Heard, Record, Said
from scripts.chaos.victims import ALL

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def message(mid: str) -> Message:
    return Message(mid=mid, text=f"text of {mid}", written=0, gap_s=0, copies=1)


def heard(mid: str, minute: int, turn: str, **more: object) -> Heard:
    """Written and received in that minute, and read by its turn a moment later."""
    at = NOON + timedelta(minutes=minute)
    each = Heard(
        customer_id="ada",
        mid=mid,
        at=at,
        received_at=at,
        status="answered",
        reason=None,
        turn_id=turn,
        read_at=at + timedelta(seconds=2),
        lines=(f"text of {mid}",),
    )
    return replace(each, **more)  # type: ignore[arg-type]


def said(mid: str | None, minute: int, turn: str, text: str, **more: object) -> Said:
    each = Said(
        customer_id="ada",
        turn_id=turn,
        shown=(text,),
        status="sent",
        reason=None,
        mid=mid,
        sent_at=NOON + timedelta(minutes=minute),
    )
    return replace(each, **more)  # type: ignore[arg-type]


def left(*parts: tuple[str, str], minute: float = 2) -> list[Accepted]:
    """(id, text) in the order in which Instagram took them, all in that minute."""
    at = (NOON + timedelta(minutes=minute)).timestamp()
    return [
        Accepted(order=order, at=at, customer_id="ada", mid=mid, shown=(text,))
        for order, (mid, text) in enumerate(parts)
    ]


HEARD = (heard("m1", 0, "t1"), heard("m2", 1, "t2"))
SAID = (said("p1", 2, "t1", "one"), said("p2", 3, "t2", "two"))
LEFT = left(("p1", "one"), ("p2", "two"))


def verdict(
    heard: Sequence[Heard] = HEARD,
    said: Sequence[Said] = SAID,
    left: Sequence[Accepted] = LEFT,
    kills: Sequence[Killed] = (),
    paused: int = 0,
) -> Verdict:
    accepted = {mid: message(mid) for mid in ("m1", "m2")}
    return judge(accepted, Record(heard=heard, said=said, paused=paused), {"ada": left}, kills)


def test_all_is_well_when_each_message_has_its_turn_and_each_part_its_place() -> None:
    found = verdict()
    assert found.faults == []
    assert (found.messages, found.turns, found.parts) == (2, 2, 2)


@pytest.mark.parametrize(
    "found",
    [
        verdict(heard=HEARD[:1]),
        verdict(heard=(HEARD[0], heard("m2", 1, "t2", status="waiting"))),
        verdict(heard=(HEARD[0], heard("m2", 1, "t2", lines=()))),
        verdict(heard=(HEARD[0], heard("m2", 1, "t3"))),
        verdict(said=(*SAID, said(None, 3, "t2", "three", status="failed"))),
        verdict(left=LEFT[:1]),
    ],
    ids=["not taken", "waits", "not in the conversation", "no reply", "a part failed", "never arrived"],
)
def test_what_has_no_answer_is_lost(found: Verdict) -> None:
    assert len(found.lost) == 1
    assert found.doubled + found.reordered == []


@pytest.mark.parametrize(
    "found",
    [
        verdict(left=left(("p1", "one"), ("p1b", "one"), ("p2", "two"))),
        verdict(left=left(("p1", "one"), ("p2", "two"), ("x", "from nowhere"))),
        verdict(heard=(HEARD[0], heard("m2", 1, "t2", lines=("text of m2", "text of m2")))),
    ],
    ids=["a part twice", "a part that is not ours", "a message twice"],
)
def test_what_left_or_was_heard_twice_is_doubled(found: Verdict) -> None:
    assert len(found.doubled) == 1
    assert found.lost + found.reordered == []


def killed(victim: str, minute: float) -> Killed:
    at = (NOON + timedelta(minutes=minute)).timestamp()
    return Killed(victim=victim, at=at, waiting=1, median_s=1, slowest_s=1)


TWICE = left(("p1a", "one"), ("p1", "one"), ("p2", "two"), minute=1.99)


def test_a_part_may_leave_twice_when_its_sender_died_before_it_was_on_record() -> None:
    found = verdict(left=TWICE, kills=[killed("delivery actor", 1.995)])
    assert (found.faults, found.allowed) == ([], 1)


@pytest.mark.parametrize(
    "kill",
    [killed("catalog actor", 1.995), killed("delivery actor", 2.5), killed("delivery actor", 1.9)],
    ids=["somebody else died", "it was on record by then", "it had not left by then"],
)
def test_a_part_that_left_twice_for_another_reason_is_a_fault(kill: Killed) -> None:
    found = verdict(left=TWICE, kills=[kill])
    assert (len(found.doubled), found.allowed) == (1, 0)


def test_parts_that_left_in_another_order_are_reordered() -> None:
    assert len(verdict(left=left(("p2", "two"), ("p1", "one"))).reordered) == 1


def test_a_turn_over_older_messages_is_reordered_if_they_were_there_and_late_if_not() -> None:
    older = heard("m2", 1, "t2", at=NOON - timedelta(minutes=1))
    there = replace(older, received_at=NOON)
    assert len(verdict(heard=(HEARD[0], there)).reordered) == 1
    for not_seen in (older, replace(older, received_at=NOON + timedelta(seconds=1.5))):
        found = verdict(heard=(HEARD[0], not_seen))
        assert (found.faults, found.late) == ([], 1)


def test_an_assistant_that_stepped_back_for_nobody_is_a_fault() -> None:
    assert verdict(paused=1).faults == ["paused"]


def test_the_same_seed_is_the_same_plan() -> None:
    one, same, other = (draw(seed, customers=100, messages=5, accounts=3, victims=ALL) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    assert len(one.messages) == 500
    assert len({message.mid for message in one.messages}) == 500
    assert sorted(kill.victim for kill in one.kills) == sorted(ALL)
    assert [kill.after for kill in one.kills] == sorted(kill.after for kill in one.kills)
