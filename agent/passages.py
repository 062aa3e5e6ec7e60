"""What a shop has written about itself, found by a question."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.language import Language
from agent.words import Words, tokens_of
from models.merchant import Merchant

_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A policy with its name, or a stored question with its answer."""

    topic: str
    text: str


def passages_on(question: str, shop: Merchant, spoken: Sequence[Language]) -> list[Passage]:
    """The best few: on the question's subjects, and with most of its words. The shop's language first."""
    subjects, asked = _subjects(question, spoken), _words(question, spoken)
    scored = [(_score(one, subjects, asked, spoken), -at, one) for at, one in enumerate(_passages(shop))]
    best = sorted((one for one in scored if one[0]), key=lambda one: one[:2], reverse=True)
    return [passage for _, _, passage in best[:_MOST]]


def _passages(shop: Merchant) -> Iterator[Passage]:
    yield from (Passage(topic=name, text=text) for name, text in shop.policies.items())
    yield from (Passage(topic=one.question, text=one.answer) for one in shop.faq)


def _score(passage: Passage, subjects: set[str], asked: set[str], spoken: Sequence[Language]) -> int:
    """The topic counts more than the text under it."""
    about = _subjects(passage.topic, spoken) | {passage.topic.lower()}
    return (
        3 * len(subjects & about)
        + 2 * len(asked & _words(passage.topic, spoken))
        + len(asked & _words(passage.text, spoken))
    )


def _subjects(text: str, spoken: Sequence[Language]) -> set[str]:
    words = Words(text)
    return {name for one in spoken for _, name, _ in words.named(one.policy_index)}


def _words(text: str, spoken: Sequence[Language]) -> set[str]:
    tokens = [token for token in tokens_of(text) if not any(token in one.filler for one in spoken)]
    return {spoken[0].stem(token) for token in tokens}
