"""What an evaluation says at its end: tables of rates, and the conversations that failed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.turn import Intent
from scripts.evaluation.playing import Answered, Played, transcript

# A journey played several times: it passes when it passes every time.
Runs = Sequence[Played]

ENGLISH_AIM, OTHER_AIM = 0.90, 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    met: int
    of: int

    @property
    def share(self) -> float:
        return self.met / self.of if self.of else 1.0

    def __str__(self) -> str:
        return f"{self.met} of {self.of} ({self.share:.0%})"


def by_language(played: Sequence[Runs]) -> dict[str, Rate]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for runs in played:
        groups[runs[0].journey.language].append(all(one.passed for one in runs))
    return {language: _rate(passed) for language, passed in sorted(groups.items())}


def by_intent(played: Sequence[Runs]) -> dict[Intent, Rate]:
    """Of the turns that expect this intent and no other, how many got it."""
    groups: dict[Intent, list[bool]] = defaultdict(list)
    for one in _answers(played):
        if len(one.said.intent) == 1:
            groups[one.said.intent[0]].append(one.reply.intent == one.said.intent[0])
    return {intent: _rate(groups[intent]) for intent in Intent if intent in groups}


def wrong_facts(played: Sequence[Runs]) -> Rate:
    return _rate([bool(one.wrong_facts) for one in _answers(played)])


def aims_missed(languages: Mapping[str, Rate], wrong: Rate) -> list[str]:
    """A sentence for each; none when all is as it should be."""
    missed = [
        f"{language}: {rate}, the aim is {aim:.0%}"
        for language, rate in languages.items()
        if rate.share < (aim := ENGLISH_AIM if language == "en" else OTHER_AIM)
    ]
    return [*missed, *([f"wrong facts in {wrong} answers, the aim is none"] if wrong.met else [])]


def tables(played: Mapping[str, Sequence[Runs]]) -> Iterator[str]:
    """One table of passed journeys per set and language, one of intents, and a turn's own time."""
    every = [runs for sets in played.values() for runs in sets]
    yield "| journeys | " + " | ".join(by_language(every)) + " | answers with wrong facts |"
    yield "| --- |" + " ---: |" * (len(by_language(every)) + 1)
    for name, some in played.items():
        rates = by_language(some)
        cells = [str(rates.get(language, "")) for language in by_language(every)]
        yield f"| {name} | {' | '.join(cells)} | {wrong_facts(some)} |"
    yield ""
    yield "| intent expected | recognised |"
    yield "| --- | ---: |"
    yield from (f"| {intent} | {rate} |" for intent, rate in by_intent(every).items())
    yield ""
    times = sorted(one.own_ms for one in _answers(every))
    middle, slow = _at(times, 0.5), _at(times, 0.95)
    yield f"Own time of a turn: p50 {middle:.1f} ms, p95 {slow:.1f} ms ({len(times)} turns)"
    rungs: dict[str, int] = defaultdict(int)
    for one in _answers(every):
        rungs[one.reply.rung] += 1
    yield "Answered by: " + ", ".join(f"{rung} {count}" for rung, count in rungs.items())


def failures(played: Sequence[Runs]) -> Iterator[str]:
    """The first run that failed of every journey that did."""
    for runs in played:
        failed = [one for one in runs if not one.passed]
        if failed:
            again = f" ({len(failed)} of {len(runs)} runs)" if len(runs) > 1 else ""
            yield transcript(failed[0]) + again


def _answers(played: Sequence[Runs]) -> Iterator[Answered]:
    return (answer for runs in played for one in runs for answer in one.answers)


def _rate(met: Sequence[bool]) -> Rate:
    return Rate(met=sum(met), of=len(met))


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
