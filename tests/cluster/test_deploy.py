"""A new version takes the place of one that runs, and a broken one does not."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psutil
import pytest

from launch import release
from scripts.chaos import record
from scripts.chaos.crowd import Crowd
from scripts.chaos.judge import Killed, judge
from scripts.chaos.ledger import Ledger
from scripts.chaos.plan import draw
from scripts.deploy import DONE, REFUSED, TAKEN_BACK
from tests.cluster.launching import environment
from tests.cluster.second import Second, second_installation

pytestmark = pytest.mark.slow
WATCH_S = 6
DRAIN_S = 60.0


@pytest.fixture(scope="module")
async def installed(session: aiohttp.ClientSession) -> AsyncIterator[Second]:
    async with second_installation(session) as made:
        yield made


def checkout(installed: Second, name: str, file: str, line: str) -> Path:
    """This code with a line more at the end of a file."""
    folder = installed.launcher.folder / name
    (running, *_) = release.history(installed.launcher.folder / "var")
    shutil.copytree(running, folder)
    with (folder / file).open("a") as changed:
        changed.write(f"\n{line}\n")
    return folder


async def deploy(installed: Second, folder: Path) -> tuple[int, str]:
    """Exit status, and what was printed."""
    launcher = installed.launcher
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scripts.deploy", f"--watch={WATCH_S}", "--no-backup",
        cwd=folder,
        env=environment(launcher.folder, launcher.port, {"PYTHONPATH": str(folder)}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()


def processes(installed: Second, title: str) -> set[psutil.Process]:
    return set(installed.launcher.named(title))


async def test_customers_who_write_during_a_deploy_are_answered_once_and_in_order(
    installed: Second, session: aiohttp.ClientSession
) -> None:
    launcher, instagram = installed.launcher, installed.account.instagram
    old = processes(installed, "ConversationActor") | processes(installed, "DeliveryActor")
    assert old
    plan = draw(8, customers=80, messages=4, accounts=1, victims=())
    crowd = Crowd(
        session=session,
        webhook=f"{launcher.url}/webhooks/instagram",
        accounts=[installed.account.id],
        ledger=Ledger(session, instagram.url),
        at_once=8,
        secret=instagram.app_secret,
    )
    following = asyncio.create_task(crowd.ledger.follow())
    began = time.time()
    playing = asyncio.create_task(crowd.play(plan))
    status, printed = await deploy(installed, checkout(installed, "new", "actors/agent.py", "# newer"))
    assert status == DONE, printed
    await playing
    ended = time.time()
    customers = [customer.id for customer in plan.customers]
    heard = await record.read(launcher.folder / "var", customers, DRAIN_S)
    await crowd.ledger.look()
    following.cancel()
    ledger = {each: crowd.ledger.parts[each] for each in customers}
    # A sender is ended at some moment of it, and may have been at Instagram just then.
    replaced = [
        Killed(victim="delivery actor", at=at, waiting=0, median_s=0, slowest_s=0)
        for at in range(int(began), int(ended) + 1)
    ]
    verdict = judge(crowd.accepted, heard, ledger, replaced)
    assert verdict.faults == [], printed
    assert verdict.messages == 320
    assert not [each for each in old if each.is_running()]


async def test_a_version_that_finds_nothing_is_taken_back_and_customers_are_answered(
    installed: Second,
) -> None:
    (running, *_) = release.history(installed.launcher.folder / "var")
    broken = checkout(installed, "broken", "actors/owned_catalogue.py", "OwnedCatalogue.search = None")
    status, printed = await deploy(installed, broken)
    assert status == TAKEN_BACK, printed
    assert "TAKEN BACK" in printed
    assert release.history(installed.launcher.folder / "var")[0] == running
    await installed.account.says("990000000000901", "hello")
    await installed.account.replies("990000000000901")


async def test_a_version_that_cannot_be_imported_changes_nothing(installed: Second) -> None:
    before = processes(installed, "Actor")
    line = 'raise RuntimeError("no such version")'
    status, printed = await deploy(installed, checkout(installed, "torn", "web/app.py", line))
    assert status == REFUSED, printed
    assert "no such version" in printed
    assert processes(installed, "Actor") == before
