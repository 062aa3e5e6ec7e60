"""What Instagram's own ledger and the record of the installation say together: lost, doubled, reordered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import TypeVar

from scripts.chaos.ledger import Accepted
from scripts.chaos.plan import Message
from scripts.chaos.record import Heard, Record, Said
from scripts.chaos.victims import EVERYTHING, MACHINE

Row = TypeVar("Row", Heard, Said)

# Whose death may come between Instagram's answer and our record of it.
SENDERS = ("delivery actor", MACHINE, EVERYTHING)
# A row is dated when its transaction begins, a turn once it has read: what came between them, on a busy
# machine, need not have been seen.
SEEN_AFTER = timedelta(seconds=1)
# A call takes no longer; what had left when its sender died may be taken a moment later.
CALL_S, MOMENT_S = 10.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """`slowest_s`: until the last of those who waited for an answer just then got a part."""

    victim: str
    at: float
    waiting: int
    median_s: float
    slowest_s: float


@dataclass(slots=True, kw_only=True)
class Verdict:
    """`lost`, `doubled` and `reordered` are faults, each in words."""

    messages: int = 0
    turns: int = 0
    parts: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    paused: int = 0  # customers for whom an echo of ours passed for a person
    allowed: int = 0  # parts that left twice because their sender died
    late: int = 0  # turns over messages that came in after newer ones had been read

    @property
    def faults(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.reordered, *["paused"] * self.paused]


def judge(
    accepted: Mapping[str, Message],
    record: Record,
    ledger: Mapping[str, Sequence[Accepted]],
    kills: Sequence[Killed],
) -> Verdict:
    """`accepted`: what webhooks were answered 200 for, by mid. `ledger` by customer."""
    verdict = Verdict(messages=len(accepted), paused=record.paused)
    verdict.turns = len({heard.turn_id for heard in record.heard if heard.turn_id})
    verdict.parts = sum(map(len, ledger.values()))
    verdict.lost += _unheard(accepted, record.heard)
    verdict.doubled += [f"{each.mid} is heard twice" for each in record.heard if len(each.lines) > 1]
    said = _by_customer(record.said)
    answered = {part.turn_id for part in record.said if part.status == "sent"}
    verdict.lost += [
        f"{heard.mid}: nothing of {heard.turn_id} was sent"
        for heard in record.heard
        if heard.status == "answered" and heard.turn_id not in answered
    ]
    for customer_id in {*said, *ledger}:
        _compare(verdict, said.get(customer_id, []), ledger.get(customer_id, []), kills)
    for heard in _by_customer(record.heard).values():
        _order_of_turns(verdict, heard)
    return verdict


def _unheard(accepted: Mapping[str, Message], heard: Iterable[Heard]) -> Iterator[str]:
    """Messages that have no answer on record."""
    known = {each.mid: each for each in heard}
    for mid, message in accepted.items():
        if mid not in known:
            yield f"{mid} is not in the inbox"
        elif known[mid].status != "answered":
            yield f"{mid} is {known[mid].status} ({known[mid].reason})"
        elif message.text not in known[mid].lines:
            yield f"{mid} is not in its conversation"


def _compare(
    verdict: Verdict, said: Sequence[Said], left: Sequence[Accepted], kills: Sequence[Killed]
) -> None:
    """One customer's parts: each on record as sent left, in this order, and nothing else did."""
    verdict.lost += [
        f"{part.turn_id}: a part is {part.status} ({part.reason})"
        for part in said
        if part.status != "sent" and part.reason != "overtaken"
    ]
    sent = {part.mid: (place, part) for place, part in enumerate(said) if part.status == "sent"}
    arrived = {each.mid for each in left}
    verdict.lost += [f"{mid} is on record as sent and never arrived" for mid in sent if mid not in arrived]
    places = [sent[each.mid][0] for each in left if each.mid in sent]
    if places != sorted(places):
        verdict.reordered.append(f"{left[0].customer_id}: parts left in the order {places}")
    for place, each in enumerate(left):
        if each.mid in sent:
            continue
        twin = _twin(each, left, place, sent)
        if twin is None:
            verdict.doubled.append(f"{each.customer_id}: {each.mid} left and is no part on record")
        elif _allowed(each, twin, kills):
            verdict.allowed += 1
        else:
            verdict.doubled.append(f"{each.customer_id}: {each.mid} is {twin.mid} once more")


def _twin(
    each: Accepted, left: Sequence[Accepted], place: int, sent: Mapping[str | None, tuple[int, Said]]
) -> Said | None:
    """The part on record that this one is a double of: beside it in the ledger, nothing else between them."""
    for neighbours in (left[place + 1 :], reversed(left[:place])):
        for other in neighbours:
            if other.mid in sent:
                part = sent[other.mid][1]
                if part.shown == each.shown:
                    return part
                break
            if other.shown != each.shown:
                break
    return None


def _allowed(each: Accepted, twin: Said, kills: Iterable[Killed]) -> bool:
    """Its sender died after Instagram took it, and before anybody had it on record."""
    return any(
        kill.victim in SENDERS
        and kill.at - CALL_S < each.at < kill.at + MOMENT_S
        and twin.sent_at is not None
        and twin.sent_at.timestamp() > kill.at
        for kill in kills
    )


def _order_of_turns(verdict: Verdict, heard: Sequence[Heard]) -> None:
    """One customer's. No turn is about messages that are all older than those of the turn before."""
    turns: dict[str, list[Heard]] = defaultdict(list)
    for each in heard:
        if each.turn_id:
            turns[each.turn_id].append(each)
    in_order = sorted(turns.values(), key=lambda turn: turn[0].read_at or turn[0].received_at)
    for before, after in pairwise(in_order):
        newest = max(after, key=lambda each: each.at)
        if newest.at >= min(each.at for each in before):
            continue
        read_at = before[0].read_at
        if read_at is None or newest.received_at < read_at - SEEN_AFTER:
            verdict.reordered.append(
                f"{newest.customer_id}: {newest.mid} was there and came after newer ones"
            )
        else:
            verdict.late += 1


def _by_customer(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return found
