"""A day of some shops, drawn from one seed before it is played, and how fast its hours go by."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
# How much is written in each hour beside the others: little at night, most in the evening. Made up.
CURVE = (1, 0.6, 0.4, 0.3, 0.3, 0.5, 1, 2, 3, 4, 5, 5.5, 6, 5.5, 5, 5, 5.5, 6, 7, 8, 8.5, 8, 5, 2.5)
SALE_AT_S = 12 * HOUR_S
VIRAL_AT_S, VIRAL_S = 19 * HOUR_S, 600.0
VIRAL_POST = "18100000000000001"
# Of all comments under the post; the others praise, and need no answer.
ASKING = 0.6
_QUESTIONS = ("how much is this?", "price please", "do you have it in M?", "is this still available?")
_PRAISE = ("love it 😍", "so pretty!", "🔥🔥🔥", "@my.sister look")
_MESSAGES = 4


class Kind(StrEnum):
    MESSAGE = "message"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`at_s`: since midnight, as the day itself counts."""

    at_s: float
    kind: Kind
    shop: int
    customer_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """The day goes by `speed` times as fast as a real one, the post's ten minutes `viral_speed` times."""

    speed: float
    viral_speed: float

    def real_s(self, at_s: float) -> float:
        """Seconds of the clock since the day began."""
        viral = min(max(at_s - VIRAL_AT_S, 0.0), VIRAL_S)
        return (at_s - viral) / self.speed + viral / self.viral_speed

    def at_s(self, real_s: float) -> float:
        """What time it is then."""
        if real_s <= (begins := self.real_s(VIRAL_AT_S)):
            return real_s * self.speed
        if real_s <= (ends := self.real_s(VIRAL_AT_S + VIRAL_S)):
            return VIRAL_AT_S + (real_s - begins) * self.viral_speed
        return VIRAL_AT_S + VIRAL_S + (real_s - ends) * self.speed


def draw(seed: int, *, questions: Sequence[Sequence[str]], messages: int, comments: int) -> list[Written]:
    """In order. `questions` of each shop, two or more. The first shop is asked twice as much as the second,
    three times as much as the third; the comments are all under a post of the second.
    """
    chance = random.Random(seed)  # noqa: S311 - to be the same again, not to be secret
    drawn = [*_talk(chance, questions, messages), *_flood(chance, comments)]
    return sorted(drawn, key=lambda written: written.at_s)


def _talk(chance: random.Random, questions: Sequence[Sequence[str]], messages: int) -> Iterator[Written]:
    """Customers who write a few times, some minutes between."""
    busy = tuple(accumulate(1 / rank for rank in range(1, len(questions) + 1)))
    for number in range(-(-messages // _MESSAGES)):
        (shop,) = chance.choices(range(len(questions)), cum_weights=busy)
        (hour,) = chance.choices(range(24), weights=CURVE)
        at_s = hour * HOUR_S + chance.uniform(0, HOUR_S)
        for _ in range(min(_MESSAGES, messages - number * _MESSAGES)):
            yield Written(
                at_s=at_s % DAY_S,
                kind=Kind.MESSAGE,
                shop=shop,
                customer_id=f"9900000{number:07}",
                text=chance.choice(questions[shop]),
            )
            at_s += chance.uniform(60, 600)


def _flood(chance: random.Random, comments: int) -> Iterator[Written]:
    for number in range(comments):
        yield Written(
            at_s=VIRAL_AT_S + chance.uniform(0, VIRAL_S),
            kind=Kind.COMMENT,
            shop=1,
            customer_id=f"9800000{number:07}",
            text=chance.choice(_QUESTIONS if chance.random() < ASKING else _PRAISE),
        )


def clock(at_s: float) -> str:
    """`19:05`."""
    minutes = int(at_s // 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
