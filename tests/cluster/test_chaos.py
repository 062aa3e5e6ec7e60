"""Processes die in the middle of the work; no customer notices more than a pause."""

import aiohttp
import psutil
import pytest

from scripts.bench import TOKENS
from scripts.chaos.__main__ import on_its_own
from scripts.chaos.crowd import Crowd
from scripts.chaos.ledger import Ledger
from scripts.chaos.plan import draw
from scripts.chaos.run import Outcome, run
from scripts.chaos.victims import ALL, Installation
from tests.cluster.second import Second
from tests.cluster.shops import connect_account

ACCOUNTS = 4


async def test_no_message_is_lost_doubled_or_reordered_when_actors_are_killed(
    second: Second, session: aiohttp.ClientSession
) -> None:
    instagram = second.account.instagram
    accounts = [await connect_account(second.demo, instagram) for _ in range(ACCOUNTS)]
    plan = draw(
        5,
        customers=60,
        messages=5,
        accounts=ACCOUNTS,
        victims=("conversation actor", "delivery actor", "catalog actor", "conversation actor"),
    )
    crowd = Crowd(
        session=session,
        webhook=f"{second.launcher.url}/webhooks/instagram",
        accounts=[account.id for account in accounts],
        ledger=Ledger(session, instagram.url),
        at_once=30,
        secret=instagram.app_secret,
    )
    installation = Installation(
        data=second.launcher.folder / "var",
        launcher=psutil.Process(second.launcher.process.pid),
    )
    outcome = await run(plan, installation, crowd)
    check(outcome, messages=300)


@pytest.mark.slow
async def test_every_process_may_die_and_all_of_them_at_once() -> None:
    plan = draw(6, customers=200, messages=5, accounts=len(TOKENS), victims=ALL)
    check(await on_its_own(plan, at_once=40), messages=1000)


def check(outcome: Outcome, *, messages: int) -> None:
    assert outcome.verdict.faults == [], "\n".join(outcome.lines())
    assert outcome.verdict.messages == messages
