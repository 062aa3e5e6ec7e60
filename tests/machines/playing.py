"""Customers write while something happens to a machine; Instagram's ledger says whether anybody noticed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from scripts.chaos.crowd import Crowd
from scripts.chaos.ledger import Ledger
from scripts.chaos.plan import draw
from scripts.chaos.run import Outcome, run
from tests.cluster.shops import Account, Shop
from tests.standins.instagram import Instagram

CUSTOMERS, MESSAGES = 24, 4
Step = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """`data` is where the address of the database stands."""

    data: Path
    happens: Step
    ends: Step

    async def kill(self, _: str) -> None:
        await self.happens()

    async def recover(self, _: str) -> None:
        await self.ends()


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    data: Path
    shop: Shop
    accounts: list[Account]
    instagram: Instagram
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def play(self, victim: str, happens: Step, ends: Step) -> Outcome:
        """In the middle of the talk it happens; `ends` returns once it is over. `victim` is for the judge."""
        plan = draw(
            7,
            customers=CUSTOMERS,
            messages=MESSAGES,
            accounts=len(self.accounts),
            victims=(victim,),
            prefix=f"99{next(self._numbers):09d}",
        )
        crowd = Crowd(
            session=self.shop.api.session,
            webhook=str(self.instagram.webhook_url),
            accounts=[account.id for account in self.accounts],
            ledger=Ledger(self.shop.api.session, self.instagram.url),
            at_once=CUSTOMERS,
            secret=self.instagram.app_secret,
        )
        outcome = await run(plan, Mishap(data=self.data, happens=happens, ends=ends), crowd)
        print("\n".join(outcome.lines()), flush=True)  # noqa: T201 - figures for docs/machines.md
        assert outcome.verdict.faults == []
        assert outcome.verdict.messages == CUSTOMERS * MESSAGES
        return outcome
