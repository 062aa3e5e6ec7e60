"""What was full, and since when: the first of it is what a larger installation needs more of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import quantiles

from scripts.rehearsal.day import clock
from scripts.rehearsal.street import OK, Answer
from scripts.rehearsal.watch import GENERATOR, Sample

# One second of it is a hiccup.
LASTING = 3
# An answer is promised in seconds; the burst's quiet time is part of what waits in the inbox.
LATE_S = 10.0
FULL = 0.95
ALMOST_ALL_MEMORY = 0.9
# PostgreSQL's 100, less what people and backups need.
CONNECTIONS = 90
SLOW_WEBHOOK_S = 1.0
# Webhooks are judged by tenths of an hour of the day.
_BUCKET_S = 360.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saturated:
    at_s: float
    what: str

    def __str__(self) -> str:
        return f"{clock(self.at_s)}  {self.what}"


def saturated(samples: Sequence[Sample], answers: Sequence[Answer]) -> list[Saturated]:
    """Each thing once, when it first was, in order."""
    found = [*_of_samples(samples), *_of_webhooks(answers)]
    return sorted(found, key=lambda each: each.at_s)


def _of_samples(samples: Sequence[Sample]) -> Iterator[Saturated]:
    checks: list[tuple[str, Callable[[Sample], bool]]] = [
        ("all processors of the machine are busy", lambda s: s.machine >= FULL),
        ("the memory of the machine is almost used up", lambda s: s.memory >= ALMOST_ALL_MEMORY),
        (f"messages wait longer than {LATE_S:g} s for an answer", lambda s: s.queues.unanswered_s > LATE_S),
        (f"answers wait longer than {LATE_S:g} s to be sent", lambda s: s.queues.unsent_s > LATE_S),
        ("the database has no more connections to spare", lambda s: s.queues.connections >= CONNECTIONS),
    ]
    stations = [station for station in (samples[0].fullest if samples else ()) if station != GENERATOR]
    checks += [(f"a process of {station} fills its core", _fills(station)) for station in stations]
    for what, is_so in checks:
        for at in range(len(samples) - LASTING + 1):
            if all(map(is_so, samples[at : at + LASTING])):
                yield Saturated(at_s=samples[at].at_s, what=what)
                break


def _fills(station: str) -> Callable[[Sample], bool]:
    return lambda sample: sample.fullest[station] >= FULL


def _of_webhooks(answers: Sequence[Answer]) -> Iterator[Saturated]:
    in_order = sorted(answers, key=lambda answer: answer.at_s)
    if (refused := next((each for each in in_order if each.status != OK), None)) is not None:
        yield Saturated(at_s=refused.at_s, what=f"a webhook is answered {refused.status or 'too late'}")
    for bucket, group in groupby(in_order, key=lambda answer: answer.at_s // _BUCKET_S):
        if p99_s([answer.took_s for answer in group]) > SLOW_WEBHOOK_S:
            at_s = bucket * _BUCKET_S
            yield Saturated(at_s=at_s, what=f"webhooks take longer than {SLOW_WEBHOOK_S:g} s (p99)")
            break


def p99_s(seconds: Sequence[float]) -> float:
    if len(seconds) < 2:  # noqa: PLR2004 - no percentiles of one
        return max(seconds, default=0.0)
    return quantiles(seconds, n=100, method="inclusive")[98]
