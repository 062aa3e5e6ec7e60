"""Instagram goes down while customers keep writing, and comes back; what became of the replies?

    python -m scripts.outage --seed 7 --minutes 10

An installation of its own on free ports, and a stand-in for Instagram that is down for so long: limits with
and without headers, 500 and 503, no answer in time and cut connections before and after a part was taken,
some with their echo lost. The judge is the ledger of the stand-in. The same seed draws the same messages
and faults.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlalchemy.ext.asyncio import AsyncEngine

from launch.ports import free_ports
from launch.running import Running
from models.codec import from_json
from scripts.bench import ADMIN_TOKEN, TOKENS
from scripts.outage import crowd
from scripts.outage.judge import Row, Verdict, judge, read, taken_for_a_person
from scripts.processes import memory_mb
from scripts.started import started
from store.database import connect
from tests.standins import outage
from tests.standins.instagram import Instagram
from tests.standins.meta_webhooks import APP_SECRET

QUIET_S = 20.0  # before and after
DRAIN_S = 300.0
LOOK_S = 0.5
# Longer than a call of ours may take.
TIMEOUT_S = 12.0
SENDER = "DeliveryActor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    verdict: Verdict
    rows: Sequence[Row]
    down_at: float  # by time.time(), like the next
    up_at: float
    memory_mb: tuple[float, float, float]  # of the senders: before, at the end of the outage, at the end
    refused_webhooks: int
    paused: int

    @property
    def passed(self) -> bool:
        return not (self.verdict.faults or self.refused_webhooks or self.paused)


async def run(base: str, data: Path, instagram: Instagram, chosen: argparse.Namespace) -> Result:
    await _connect_accounts(base, list(TOKENS.items())[: chosen.accounts])
    dice = random.Random(chosen.seed)  # noqa: S311 - to be the same again, not to be secret
    lasts_s = chosen.minutes * 60
    lines = crowd.draw(
        dice,
        seconds=lasts_s + 2 * QUIET_S,
        per_s=chosen.per_second,
        accounts=chosen.accounts,
        down=(QUIET_S, QUIET_S + lasts_s),
    )
    drawn = outage.faults(dice, timeout_s=TIMEOUT_S)
    playing = asyncio.create_task(crowd.play(lines, instagram, time.monotonic()))
    await asyncio.sleep(QUIET_S)
    before_mb = memory_mb(data, SENDER)
    down_at = time.time()
    instagram.faults.outage = lambda: next(drawn)
    await asyncio.sleep(lasts_s)
    instagram.faults.outage = None
    up_at = time.time()
    down_mb = memory_mb(data, SENDER)
    refused = await playing
    engine = connect(from_json(Running, (data / "running.json").read_bytes()).database_url)
    rows = await _settled(engine)
    await instagram.settle()
    paused = await taken_for_a_person(engine)
    await engine.dispose()
    return Result(
        verdict=judge(rows, instagram.ledger, instagram.faults.met),
        rows=rows,
        down_at=down_at,
        up_at=up_at,
        memory_mb=(before_mb, down_mb, memory_mb(data, SENDER)),
        refused_webhooks=refused,
        paused=paused,
    )


async def _connect_accounts(base: str, accounts: Sequence[tuple[str, str]]) -> None:
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for account_id, token in accounts:
            body = {"account_id": account_id, "access_token": token}
            async with session.put(f"{base}/api/merchants/demo/instagram", json=body) as answer:
                answer.raise_for_status()


async def _settled(engine: AsyncEngine) -> list[Row]:
    """What is in the outbox once nothing waits any more, or it has waited too long."""
    deadline = time.monotonic() + DRAIN_S
    while True:
        rows = await read(engine)
        if time.monotonic() > deadline or not any(row.status in ("pending", "sending") for row in rows):
            return rows
        await asyncio.sleep(LOOK_S)


def lines(result: Result, instagram: Instagram) -> Iterator[str]:
    verdict, ledger = result.verdict, instagram.ledger
    waited = {row.mid for row in result.rows if row.created_at < result.up_at}
    drained = [sent.at - result.up_at for sent in ledger if sent.at > result.up_at and sent.mid in waited]
    yield f"{len(result.rows)} parts on record, {len(ledger)} in Instagram's ledger"
    yield f"webhooks refused to the end: {result.refused_webhooks}, taken for a person: {result.paused}"
    yield from (f"  {number:6} {end}" for end, number in sorted(verdict.ends.items()))
    yield f"left twice, the answer cut off and the echo lost: {verdict.doubled}"
    yield f"left once in that way and not sent again (window closed, private reply): {verdict.unknown}"
    yield f"faults: {len(verdict.faults)}"
    yield from (f"  {fault}" for fault in verdict.faults[:20])
    yield f"refused by Instagram for a reason of their own: {dict(instagram.refused) or 'none'}"
    if drained:
        yield (
            f"{len(drained)} parts had waited: the first left {min(drained):.1f} s after Instagram was back, "
            f"half of them by {sorted(drained)[len(drained) // 2]:.1f} s, the last at {max(drained):.1f} s"
        )
    yield "most parts of one account in any second: " + ", ".join(
        f"{kind} {number}" for kind, number in sorted(verdict.fastest.items())
    )
    yield from _calls(result, instagram)
    yield "memory of the senders before, at the end of the outage, at the end: " + ", ".join(
        f"{mb:.0f} MB" for mb in result.memory_mb
    )


def _calls(result: Result, instagram: Instagram) -> Iterator[str]:
    met = instagram.faults.met
    minutes = Counter((each.path, int((each.at - result.down_at) // 60)) for each in met)
    busiest = max(minutes.values(), default=0)
    after = max((n for (_, minute), n in minutes.items() if minute > 0), default=0)
    yield f"calls during the outage: {len(met)}; of one account at most {busiest} in a minute, later {after}"
    yield "| what became of a call | calls |"
    yield "| --- | --- |"
    for kind, number in sorted(Counter(outage.what(each.fault) for each in met).items()):
        yield f"| {kind} | {number} |"


async def measure(chosen: argparse.Namespace) -> list[str]:
    port, instagram_port = free_ports(2)
    base = f"http://127.0.0.1:{port}"
    accounts = dict(list(TOKENS.items())[: chosen.accounts])
    with tempfile.TemporaryDirectory(prefix="outage-") as folder:
        environment = {
            "DATA_DIR": folder,
            "PORT": str(port),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "BURST_QUIET_SECONDS": "0.5",
            "INSTAGRAM_APP_SECRET": APP_SECRET,
            "INSTAGRAM_GRAPH_URL": f"http://127.0.0.1:{instagram_port}",
        }
        instagram = Instagram(
            port=instagram_port,
            webhook_url=f"{base}/webhooks/instagram",
            accounts=accounts,
            echo="after",
            enforce_window=True,
        )
        # The start of the installation is waited for in a thread; the stand-in answers meanwhile.
        installation = started("launcher", until="Ready after", environment=environment)
        async with instagram:
            await asyncio.to_thread(installation.__enter__)
            try:
                result = await run(base, Path(folder), instagram, chosen)
            finally:
                await asyncio.to_thread(installation.__exit__, *sys.exc_info())
        return [*lines(result, instagram), "passed" if result.passed else "FAILED"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--per-second", type=float, default=2.5, help="new customers in a second")
    parser.add_argument("--accounts", type=int, default=6)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}, {chosen.minutes:g} minutes, {chosen.per_second:g} customers/s", flush=True)
    found = asyncio.run(measure(chosen))
    print("\n".join(found))
    sys.exit(found[-1] == "FAILED")


if __name__ == "__main__":
    main()
