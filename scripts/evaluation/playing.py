"""A journey played from its first message to its last answer, and what was wrong on the way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from agent.ladder import Ladder
from agent.trace import Monotonic
from models.turn import Reply
from scripts.evaluation.chat import Chat, failed_steps, shown, text_of
from scripts.evaluation.journeys import Journey, Said
from scripts.evaluation.judge import Judge
from scripts.evaluation.shops import IndexedCatalogue, Shop
from scripts.evaluation.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One turn. `own_ms`: its time without the model's. `wrong_facts` are faults, too."""

    said: Said
    reply: Reply
    faults: tuple[str, ...]
    wrong_facts: tuple[str, ...]
    own_ms: float

    @property
    def right(self) -> bool:
        return not self.faults and not self.wrong_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    journey: Journey
    answers: tuple[Answered, ...]

    @property
    def passed(self) -> bool:
        return all(one.right for one in self.answers)


class Stage:
    """Where journeys are played: a shop, who answers there, and who judges."""

    def __init__(self, shop: Shop, catalogue: IndexedCatalogue, ladder: Ladder, monotonic: Monotonic) -> None:
        self.shop = shop
        self._catalogue = catalogue
        self._ladder = ladder
        self._judge = Judge(shop)
        self._truth = Truth(shop)
        self._monotonic = monotonic

    async def play(self, journey: Journey) -> Played:
        chat = Chat(self._ladder, self._catalogue, self.shop.merchant, journey.surface)
        before: Sequence[str] = ()
        heard: list[str] = []
        answers = []
        for said in journey.turns:
            began = self._monotonic()
            reply = await chat.say(said.text, attachments=said.attached)
            took_ms = (self._monotonic() - began) * 1000
            heard.append(said.text)
            faults = [
                *_rung_faults(reply),
                *self._judge.faults(reply, said, language=journey.language, before=before),
            ]
            before = shown(reply)
            answers.append(
                Answered(
                    said=said,
                    reply=reply,
                    faults=tuple(faults),
                    wrong_facts=tuple(self._truth.wrong(reply, heard)),
                    own_ms=took_ms - _model_ms(reply),
                )
            )
        return Played(journey=journey, answers=tuple(answers))

    async def play_all(self, journeys: Sequence[Journey], at_once: int) -> list[Played]:
        """In their order."""
        free = asyncio.Semaphore(at_once)

        async def one(journey: Journey) -> Played:
            async with free:
                return await self.play(journey)

        return list(await asyncio.gather(*map(one, journeys)))


def transcript(played: Played) -> str:
    """The conversation as it went, what was wrong below each answer."""
    lines = [f"{played.journey.language}: {played.journey.name}"]
    for one in played.answers:
        lines += [f"  > {line}" for line in one.said.text.splitlines()]
        lines += [f"  < {line}" for line in text_of(one.reply).splitlines()]
        lines += [f"    [{card.name} · {card.text}]" for card in one.reply.cards]
        lines += [f"    - {fault}" for fault in (*one.faults, *one.wrong_facts)]
    return "\n".join(lines)


def _rung_faults(reply: Reply) -> list[str]:
    if reply.rung == "apology" or (reply.rung == "rules" and failed_steps(reply)):
        return [f"answered by {reply.rung} after {failed_steps(reply)} failed"]
    return []


def _model_ms(reply: Reply) -> float:
    return sum(step.duration_ms for step in reply.steps if step.name == "model_call")
