"""A customer who writes turn after turn; what the assistant remembers is kept between them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from agent.catalogue import Catalogue
from agent.ladder import Ladder
from models.merchant import Merchant
from models.message import Message, Role
from models.turn import Memory, PartType, Reply, Turn
from scripts.evaluation.shops import NOW


class Chat:
    def __init__(self, ladder: Ladder, catalogue: Catalogue, merchant: Merchant, surface: str = "dm") -> None:
        self.ladder = ladder
        self.catalogue = catalogue
        self.merchant = merchant
        self.memory = Memory()
        self.history: list[Message] = []
        self.surface = surface
        self.spent_microdollars = 0
        self._numbers = count(1)

    async def say(self, text: str, *, attachments: Sequence[str] = (), **more: Any) -> Reply:  # noqa: ANN401 - other fields of a turn
        turn = Turn(
            id=f"turn-{next(self._numbers)}",
            merchant=self.merchant,
            channel="simulator",
            surface=self.surface,
            text=text,
            attachments=tuple(attachments),
            history=tuple(self.history[-10:]),
            memory=replace(self.memory, focus=more["featured"]) if "featured" in more else self.memory,
            now=NOW,
            spent_microdollars=self.spent_microdollars,
            **more,
        )
        reply = await self.ladder.answer(turn, self.catalogue)
        self.memory = reply.memory
        self.history.append(Message(role=Role.CUSTOMER, text=text, at=NOW))
        self.history += [
            Message(
                role=Role.ASSISTANT,
                text=part.text,
                at=NOW,
                product_ids=tuple(card.product_id for card in part.cards),
            )
            for part in reply.parts
        ]
        return reply

    def speaks(self, *languages: str) -> None:
        self.merchant = replace(self.merchant, languages=languages)


def text_of(reply: Reply) -> str:
    return "\n".join(part.text for part in reply.parts if part.type is PartType.TEXT)


def shown(reply: Reply) -> list[str]:
    return [card.product_id for card in reply.cards]


def failed_steps(reply: Reply) -> list[str]:
    return [step.name for step in reply.steps if step.status == "failed"]
