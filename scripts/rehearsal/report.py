"""What a rehearsal came to, in lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scripts.rehearsal.day import DAY_S, HOUR_S, clock
from scripts.rehearsal.saturation import p99_s, saturated
from scripts.rehearsal.shops import Sale
from scripts.rehearsal.street import OK, Answer
from scripts.rehearsal.watch import GENERATOR, Sample

LARGEST = 6  # tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What is on record of all that was accepted, once nothing waits but replies to comments. `bytes_added`
    to each table and its indexes.
    """

    messages: Mapping[str, int]  # by how they ended
    comments: Mapping[str, int]
    parts: Mapping[str, int]
    turns: int
    bytes_added: Mapping[str, int]
    settled_s: float  # after the day


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    samples: Sequence[Sample]
    answers: Sequence[Answer]
    accepted: int
    given_up: int
    late_s: float
    sale: Sale
    cpu_s: Mapping[str, float]  # by station, over the day and until all was settled
    memory_mb: float
    ends: Ends

    @property
    def lost(self) -> int:
        return self.accepted - sum(self.ends.messages.values()) - sum(self.ends.comments.values())


def lines(result: Result) -> Iterator[str]:
    yield from _hours(result)
    yield ""
    yield from _first(result)
    yield ""
    ends = result.ends
    yield f"accepted {result.accepted}, lost {result.lost}, given up {result.given_up}"
    for what, numbers in (("messages", ends.messages), ("comments", ends.comments), ("parts", ends.parts)):
        yield f"{what}: " + (
            ", ".join(f"{name} {count}" for name, count in sorted(numbers.items())) or "none"
        )
    yield f"settled {ends.settled_s:.0f} s after the day; the sender was at most {result.late_s:.2f} s late"
    yield f"the sale changed {result.sale.changed} products in {result.sale.took_s:.1f} s"
    yield ""
    yield from _costs(result)


def _hours(result: Result) -> Iterator[str]:
    yield "hour   webhooks  p99 ms  refused  cores used  fullest process      in memory  unanswered  unsent"
    for hour in range(24):
        seen = [sample for sample in result.samples if sample.at_s // HOUR_S == hour]
        answers = [answer for answer in result.answers if answer.at_s // HOUR_S == hour]
        if seen:
            yield f"{clock(hour * HOUR_S)}  {_answered(answers)}  {_busy(seen)}"


def _answered(answers: Sequence[Answer]) -> str:
    refused = sum(each.status != OK for each in answers)
    return f"{len(answers):8}  {p99_s([each.took_s for each in answers]) * 1000:6.0f}  {refused:7}"


def _busy(seen: Sequence[Sample]) -> str:
    share, station = max(
        (share, station)
        for sample in seen
        for station, share in sample.fullest.items()
        if station != GENERATOR
    )
    cores = sum(sum(sample.cores.values()) for sample in seen) / len(seen)
    return (
        f"{cores:10.2f}  {station:12} {share:7.0%}  {max(sample.memory for sample in seen):9.0%}"
        f"  {max(sample.queues.unanswered_s for sample in seen):8.1f} s"
        f"  {max(sample.queues.unsent_s for sample in seen):4.1f} s"
    )


def _first(result: Result) -> Iterator[str]:
    found = saturated([sample for sample in result.samples if sample.at_s < DAY_S], result.answers)
    yield "saturated, first things first:" if found else "nothing was saturated"
    yield from (f"  {each}" for each in found)
    waiting = max((sample.queues.comment_replies for sample in result.samples), default=0)
    yield f"replies to comments that waited for Instagram's 750 an hour, and their lines: {waiting} at most"


def _costs(result: Result) -> Iterator[str]:
    turns = max(1, result.ends.turns)
    each = {station: spent * 1000 / turns for station, spent in result.cpu_s.items()}
    ours = sum(ms for station, ms in each.items() if station not in (GENERATOR, "stand-ins"))
    yield f"{result.ends.turns} turns, of each {ours:.1f} ms of CPU, sale, pauses and all:"
    yield "  " + ", ".join(f"{station} {ms:.1f}" for station, ms in each.items())
    stored = sorted(result.ends.bytes_added.items(), key=lambda table: -table[1])[:LARGEST]
    yield f"and {sum(result.ends.bytes_added.values()) / turns / 1000:.1f} kB in the database, most of them:"
    yield "  " + ", ".join(f"{table} {size / turns / 1000:.1f}" for table, size in stored)
    yield f"memory in all: {result.memory_mb:.0f} MB"
