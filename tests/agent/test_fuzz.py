"""Whatever customers write, in whatever order: the rules answer, truly, and within the surface's limits."""

import random

import pytest

from agent.ladder import Ladder
from agent.language import languages
from models.turn import PartType, Reply
from scripts.evaluation.chat import Chat, failed_steps
from scripts.evaluation.journeys import KNOWN, read_journeys
from tests.agent.shop import MERCHANT, MemoryCatalogue

SAID = [said.text for journey in read_journeys(KNOWN) for said in journey.turns]
TABLES = [
    table
    for known in languages().values()
    for table in (known.colors, known.concepts, known.signs, known.budget, known.policies)
]
WORDS = [
    *(word for text in SAID for word in text.split()),
    *(" ".join(phrase) for table in TABLES for phrases in table.values() for phrase in phrases),
    *("$50", "80 €", "9", "M", "0", "-5", "1,299.99", "9" * 30, "Marina Summer Dress", "💙", "{wish}", "%s"),
]


@pytest.mark.parametrize("seed", range(12))
async def test_any_conversation_is_answered(rules: Ladder, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same conversations in every run
    chat = Chat(rules, MemoryCatalogue(), MERCHANT)
    chat.surface = chance.choice(["dm", "comment"])
    for _ in range(8):
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 9)))
        check(await chat.say(chance.choice([text, text, chance.choice(SAID)])), chat.surface)


def check(reply: Reply, surface: str) -> None:
    assert reply.rung == "rules"
    # A customer's own words in a label may claim something; a template takes its place.
    assert set(failed_steps(reply)) <= {"grounding"}
    texts = [part.text for part in reply.parts if part.type is PartType.TEXT]
    assert texts or (surface == "comment" and reply.silence)
    assert all(0 < len(text.encode()) <= 1000 for text in texts)
    assert len({card.product_id for card in reply.cards}) == len(reply.cards) <= 10
    public = [part.text for part in reply.parts if part.type is PartType.COMMENT]
    assert len(public) == (1 if surface == "comment" and texts else 0)
    assert all(0 < len(text) <= 300 for text in public)
