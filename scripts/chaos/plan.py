"""What a run does, drawn from one seed before it begins: who writes what, and who is killed when."""

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.bench import WISHES

BURST_SIZES = (1, 1, 2, 2, 3)
LONGEST_GAP_S = 0.4
TWICE = 0.05
# Of those that have an older one in their burst, which is about half of all.
BEFORE_AN_OLDER_ONE = 0.053
# Part of the way to the next kill that one may come earlier or later.
JITTER = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`written`: its place in its burst; some arrive in another. `gap_s`: the pause before it arrives."""

    mid: str
    text: str
    written: int
    gap_s: float
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """`bursts`: messages in order of arrival. Each burst comes when the one before has been answered."""

    id: str
    account: int
    bursts: tuple[tuple[Message, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Once so many messages have been accepted."""

    after: int
    victim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    seed: int
    customers: tuple[Customer, ...]
    kills: tuple[Kill, ...]

    @property
    def messages(self) -> list[Message]:
        return [message for customer in self.customers for burst in customer.bursts for message in burst]

    def lines(self) -> Iterator[str]:
        """For people. The last number is the same for the same plan only."""
        messages = self.messages
        bursts = [burst for customer in self.customers for burst in customer.bursts]
        swapped = sum(
            any(later.written < message.written for later in burst[place:])
            for burst in bursts
            for place, message in enumerate(burst)
        )
        yield f"seed {self.seed}: plan {zlib.crc32(repr(self).encode()):08x}"
        yield f"{len(self.customers)} customers, {len(messages)} messages in {len(bursts)} bursts"
        yield (
            f"{_share(sum(message.copies > 1 for message in messages), messages)} sent twice, "
            f"{_share(swapped, messages)} before an older one"
        )
        for kill in self.kills:
            yield f"kill -9 {kill.victim} after {kill.after} messages"


def draw(
    seed: int,
    *,
    customers: int,
    messages: int,
    accounts: int,
    victims: Sequence[str] = (),
    prefix: str = "99000000001",
) -> Plan:
    """`victims` in any order: theirs is drawn. `prefix` begins every customer's id."""
    dice = random.Random(seed)  # noqa: S311 - to be the same again, not to be secret
    return Plan(
        seed=seed,
        customers=tuple(
            Customer(
                id=f"{prefix}{number:04d}",
                account=number % accounts,
                bursts=tuple(_bursts(dice, f"chaos-{prefix}-{number}", messages)),
            )
            for number in range(customers)
        ),
        kills=tuple(_kills(dice, victims, customers * messages)),
    )


def _bursts(dice: random.Random, name: str, messages: int) -> Iterator[tuple[Message, ...]]:
    said = 0
    while said < messages:
        size = min(messages - said, dice.choice(BURST_SIZES))
        burst = [
            Message(
                mid=f"{name}-{said + place}",
                text=dice.choice(WISHES),
                written=place,
                gap_s=round(dice.uniform(0, LONGEST_GAP_S), 3),
                copies=2 if dice.random() < TWICE else 1,
            )
            for place in range(size)
        ]
        for place in range(1, size):
            if dice.random() < BEFORE_AN_OLDER_ONE:
                burst[place - 1 : place + 1] = burst[place], burst[place - 1]
        yield tuple(burst)
        said += size


def _kills(dice: random.Random, victims: Sequence[str], messages: int) -> Iterator[Kill]:
    step = messages / (len(victims) + 1)
    for number, victim in enumerate(dice.sample(victims, len(victims)), start=1):
        yield Kill(after=round(step * (number + dice.uniform(-JITTER, JITTER))), victim=victim)


def _share(part: int, whole: Sequence[object]) -> str:
    return f"{part} ({part / len(whole):.1%})"
