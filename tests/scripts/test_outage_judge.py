"""The judge of an outage finds what it is there to find."""

from typing import Any

import pytest

from scripts.outage.judge import ALLOWED, Row, judge
from tests.standins.faults import Fault, Met
from tests.standins.instagram import Sent

ANNA = "990000000000001"


def row(number: int, **rest: Any) -> Row:
    values: dict[str, Any] = {
        "id": number,
        "customer_id": ANNA,
        "comment_id": None,
        "kind": "text",
        "text": f"line {number}",
        "status": "sent",
        "reason": None,
        "mid": f"mid-{number}",
        "created_at": 0.0,
        "expires_at": 1000.0,
    }
    return Row(**{**values, **rest})


def sent(number: int, *, mid: str = "", at: float | None = None) -> Sent:
    return Sent(
        order=number,
        at=float(number) if at is None else at,
        account_id="1",
        recipient_id=ANNA,
        comment_id=None,
        mid=mid or f"mid-{number}",
        kind="text",
        text=f"line {number}",
        elements=[],
    )


def cut(mid: str, *, mute: bool) -> Met:
    return Met(at=0.0, path="/", fault=Fault(do="cut_after", mute=mute), mid=mid)


def test_what_left_once_and_in_order_is_no_fault() -> None:
    verdict = judge([row(1), row(2)], [sent(1), sent(2)], [])
    assert verdict.faults == []
    assert dict(verdict.ends) == {"sent": 2}


def test_what_was_to_bridge_the_wait_need_not_leave_after_the_reply() -> None:
    assert (
        judge([row(1, status="cancelled", reason="overtaken", mid=None), row(2)], [sent(2)], []).faults == []
    )


@pytest.mark.parametrize(
    ("rows", "ledger"),
    [
        ([row(1), row(2)], [sent(1)]),
        ([row(1), row(2)], [sent(2), sent(1, at=3)]),
        ([row(1, expires_at=0.5)], [sent(1)]),
        ([row(1)], [sent(1), sent(1, mid="again")]),
        ([row(1, status="sending", mid=None)], []),
        ([row(1, status="failed", reason="provider_failed", mid=None)], []),
        ([row(1, status="failed", reason="outcome_unknown", mid=None)], []),
    ],
    ids=[
        "lost",
        "reordered",
        "after its window",
        "twice",
        "unfinished",
        "given up",
        "unknown, but no comment",
    ],
)
def test_a_fault_is_found(rows: list[Row], ledger: list[Sent]) -> None:
    assert judge(rows, ledger, []).faults


def test_more_than_an_account_may_send_is_a_fault() -> None:
    numbers = range(ALLOWED["text"] + 1)
    ledger = [sent(number, at=number / 200) for number in numbers]
    assert judge([row(number) for number in numbers], ledger, []).faults
    slower = [sent(number, at=number / 90) for number in numbers]
    assert not judge([row(number) for number in numbers], slower, []).faults


def test_what_left_twice_is_excused_only_where_nobody_could_know() -> None:
    ledger = [sent(1, mid="first"), sent(1)]
    assert judge([row(1)], ledger, [cut("first", mute=False)]).faults
    verdict = judge([row(1)], ledger, [cut("first", mute=True)])
    assert (verdict.faults, verdict.doubled, verdict.unknown) == ([], 1, 0)


def test_what_left_unseen_and_was_then_too_late_is_counted_by_itself() -> None:
    rows = [row(1, status="failed", reason="outside_window", mid=None)]
    verdict = judge(rows, [sent(1, mid="first")], [cut("first", mute=True)])
    assert (verdict.faults, verdict.doubled, verdict.unknown) == ([], 0, 1)


def test_the_busiest_second_is_found_wherever_it_begins() -> None:
    times = [0.0, 0.9, 1.0, 1.5, 1.8, 1.95, 5.0]
    ledger = [sent(number, at=at) for number, at in enumerate(times)]
    assert judge([row(number) for number in range(len(times))], ledger, []).fastest == {"text": 4}
