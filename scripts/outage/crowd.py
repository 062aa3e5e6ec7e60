"""Who writes what and when, drawn from one seed before it begins."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scripts.bench import ACCOUNTS, WISHES
from tests.standins.instagram import WINDOW_S, Instagram

WRITES_ON = 0.4
COMMENTS = 0.05
WINDOW_CLOSES = 0.05
WEBHOOK_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`at`: seconds from the beginning. `age_s`: it was written so long ago. `comment_id` of a comment."""

    at: float
    customer_id: str
    account_id: str
    text: str
    age_s: float = 0.0
    comment_id: str | None = None


def draw(
    dice: random.Random, *, seconds: float, per_s: float, accounts: int, down: tuple[float, float]
) -> list[Line]:
    """`down`: from when until when nothing gets through. In order of time."""
    lines: list[Line] = []
    for number in range(round(seconds * per_s)):
        at = number / per_s
        line = Line(
            at=at,
            customer_id=f"99000000002{number:05d}",
            account_id=ACCOUNTS[number % accounts],
            text=dice.choice(WISHES),
        )
        lines.extend(_of_one(dice, line, seconds, down))
    return sorted(lines, key=lambda line: line.at)


def _of_one(dice: random.Random, line: Line, seconds: float, down: tuple[float, float]) -> Iterator[Line]:
    begins, ends = down
    kind = dice.random()
    if kind < COMMENTS:
        yield replace(line, comment_id=f"179{line.customer_id}")
    elif kind < COMMENTS + WINDOW_CLOSES and begins <= line.at < ends:
        # The window closes before Instagram is back.
        open_s = dice.uniform(0, ends - line.at)
        yield replace(line, age_s=WINDOW_S - open_s)
    else:
        yield line
        if dice.random() < WRITES_ON:
            later = min(seconds, line.at + dice.uniform(3, 60))
            yield replace(line, at=later, text=dice.choice(WISHES))


async def play(lines: Sequence[Line], instagram: Instagram, began: float) -> int:
    """How many webhooks were not taken in the end. `began`: by time.monotonic()."""
    async with asyncio.TaskGroup() as group:
        posting = []
        for number, line in zip(itertools.count(), lines, strict=False):
            await asyncio.sleep(max(0.0, began + line.at - time.monotonic()))
            posting.append(group.create_task(_bring(line, instagram, number)))
    return sum(task.result() != 200 for task in posting)  # noqa: PLR2004 - HTTP


async def _bring(line: Line, instagram: Instagram, number: int) -> int:
    if line.comment_id:
        return await instagram.customer_comments(
            line.customer_id,
            line.text,
            line.comment_id,
            account_id=line.account_id,
            attempts=WEBHOOK_ATTEMPTS,
        )
    return await instagram.customer_says(
        line.customer_id,
        line.text,
        mid=f"outage-{number}",
        timestamp=int((time.time() - line.age_s) * 1000),
        account_id=line.account_id,
        attempts=WEBHOOK_ATTEMPTS,
    )
