"""What comes in from Instagram at a fixed pace, and whether all that was answered 200 is kept.

    python -m scripts.benchmark_webhook [--rate 200 [2000 ...]] [--events 5] [--seconds 30] [--kind seen]

`seen`: reads and reactions, which are put on record and need nobody. `messages`: each wants an answer, so
that the assistant works beside it. Starts an installation of its own on a folder that is gone afterwards.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
from sqlalchemy import text

from launch.ports import free_ports
from launch.running import find
from scripts.bench import ACCOUNTS, ADMIN_TOKEN, TOKENS
from scripts.measured import percentiles
from scripts.processes import cpu_s, memory_mb, postgres_cpu_s
from scripts.started import started
from scripts.webhook_load import OK, Answers, Door, Webhook, made, pour
from settings import Settings
from store.database import autocommit, connect
from tests.standins.meta_webhooks import APP_SECRET

HOST = "127.0.0.1"
FRONT, HAPROXY = "ray::ServeReplica:shopkeep:Front", "haproxy"
OURS = (FRONT, HAPROXY, "ray::ConversationActor", "ray::ServeReplica:shopkeep:Agent")
WARM_S, REST_S = 3.0, 2.0
LOOK_AT_S = 10.0


@dataclass(frozen=True, slots=True)
class Plan:
    """`rate`: webhooks a second."""

    kind: str
    rate: float
    events: int
    seconds: float

    def webhooks(self, port: int, run: str) -> list[Webhook]:
        count = round(self.rate * self.seconds)
        return made(self.kind, ACCOUNTS, count, self.events, host=f"{HOST}:{port}", run=run)


async def measure(data: Path, port: int, plans: Sequence[Plan]) -> None:
    await open_accounts(port)
    warm = replace(plans[0], seconds=WARM_S)
    await pour(door := Door(HOST, port), warm.webhooks(port, "warm"), warm.rate)
    door.close()
    for number, plan in enumerate(plans):
        await asyncio.sleep(REST_S)
        await carry_out(data, port, plan, run=f"run{number}")


async def carry_out(data: Path, port: int, plan: Plan, *, run: str) -> None:
    prepared = plan.webhooks(port, run)
    door = Door(HOST, port)
    memory = [memories(data)]
    before = spent(data)
    looking = asyncio.create_task(look(data))
    answers = await pour(door, prepared, plan.rate)
    after = spent(data)
    memory += [await looking, memories(data)]
    door.close()
    show(answers, plan)
    for name in before:
        each_ms = (after[name] - before[name]) / len(prepared) * 1000
        print(f"  {name.removeprefix('ray::'):32} {each_ms:6.2f} ms of CPU for each webhook")
    for name in memory[0]:
        each = " / ".join(f"{at[name]:.0f}" for at in memory)
        print(f"  {name.removeprefix('ray::'):32} {each} MB before / after {LOOK_AT_S:g} s / at the end")
    await judge(data, answers, run)


async def open_accounts(port: int) -> None:
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    url = f"http://{HOST}:{port}/api/merchants/demo/instagram"
    async with aiohttp.ClientSession(headers=headers) as session:
        for account_id, token in TOKENS.items():
            account = {"account_id": account_id, "access_token": token}
            async with session.put(url, json=account) as answer:
                answer.raise_for_status()


async def look(data: Path) -> dict[str, float]:
    await asyncio.sleep(LOOK_AT_S)
    return await asyncio.to_thread(memories, data)


def memories(data: Path) -> dict[str, float]:
    return {name: memory_mb(data, name) for name in (FRONT, HAPROXY)} | {"everything": memory_mb(data)}


def spent(data: Path) -> dict[str, float]:
    here = os.times()
    return {
        **{name: cpu_s(name) for name in OURS},
        "PostgreSQL": postgres_cpu_s(data),
        "the sender": here.user + here.system,
    }


def show(answers: Answers, plan: Plan) -> None:
    rate = f"{plan.rate:g} webhooks/s of {plan.events} ({plan.kind})"
    print(f"{rate} for {plan.seconds:g} s, {os.cpu_count()} cores; from the moment each was due:")
    for status, count in sorted(answers.statuses.items()):
        print(f"  {status or 'no answer'} {count:7}   {percentiles(answers.seconds[status])}")
    print(f"  the sender was late by at most {answers.late_s * 1000:.0f} ms")


async def judge(data: Path, answers: Answers, run: str) -> None:
    """Each event of a webhook that was answered 200 is there once; of the others some may be."""
    engine = connect(find(Settings(data_dir=data)).database_url)
    async with autocommit(engine) as connection:
        found = await connection.execute(
            text("SELECT key FROM inbox WHERE key LIKE :run"), {"run": f"%{run}-%"}
        )
        there = [row.key for row in found]
    await engine.dispose()
    lost, doubled = len(set(answers.kept) - set(there)), len(there) - len(set(there))
    taken = answers.statuses[OK]
    print(f"  answered 200: {taken} with {len(answers.kept)} events, {lost} of them lost, {doubled} doubled")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--rate", type=float, nargs="+", default=[200.0], help="webhooks a second, one after another"
    )
    parser.add_argument("--events", type=int, default=5, help="in each of them")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--kind", choices=("seen", "messages"), default="seen")
    chosen = parser.parse_args()
    port, instagram_port = free_ports(2)
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        accounts = [f"--account={account}:{token}" for account, token in TOKENS.items()]
        instagram = ("tests.standins.instagram", "--port", str(instagram_port), *accounts)
        stack.enter_context(started(*instagram, until="http"))
        environment = {
            "DATA_DIR": folder,
            "PORT": str(port),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "INSTAGRAM_APP_SECRET": APP_SECRET,
            "INSTAGRAM_GRAPH_URL": f"http://{HOST}:{instagram_port}",
        }
        stack.enter_context(started("launcher", until="Ready after", environment=environment))
        plans = [Plan(chosen.kind, rate, chosen.events, chosen.seconds) for rate in chosen.rate]
        asyncio.run(measure(Path(folder), port, plans))


if __name__ == "__main__":
    main()
