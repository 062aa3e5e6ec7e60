"""What comes in from Instagram at a fixed pace, and whether all that was answered 200 is kept.

    python -m scripts.benchmark_webhook [--rate 200] [--events 5] [--seconds 30] [--kind seen|messages]

`seen`: reads and reactions, which are put on record and need nobody. `messages`: each wants an answer, so
that the assistant works beside it. Starts an installation of its own on a folder that is gone afterwards.
"""

import argparse
import asyncio
import os
import tempfile
from contextlib import ExitStack
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
WARM_S = 3.0
LOOK_AT_S = 10.0


async def measure(data: Path, port: int, chosen: argparse.Namespace) -> None:
    await open_accounts(port)
    door = Door(HOST, port)
    await pour(door, webhooks(chosen, port, WARM_S, "warm"), chosen.rate)
    await asyncio.sleep(1)
    prepared = webhooks(chosen, port, chosen.seconds, "run")
    memory = [memories(data)]
    before = spent(data)
    looking = asyncio.create_task(look(data))
    answers = await pour(door, prepared, chosen.rate)
    after = spent(data)
    memory += [await looking, memories(data)]
    door.close()
    show(answers, chosen)
    for name in before:
        each_ms = (after[name] - before[name]) / len(prepared) * 1000
        print(f"  {name.removeprefix('ray::'):32} {each_ms:6.2f} ms of CPU for each webhook")
    for name in memory[0]:
        each = " / ".join(f"{at[name]:.0f}" for at in memory)
        print(f"  {name.removeprefix('ray::'):32} {each} MB before / after {LOOK_AT_S:g} s / at the end")
    await judge(data, answers)


def webhooks(chosen: argparse.Namespace, port: int, seconds: float, run: str) -> list[Webhook]:
    count = round(chosen.rate * seconds)
    return made(chosen.kind, ACCOUNTS, count, chosen.events, host=f"{HOST}:{port}", run=run)


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


def show(answers: Answers, chosen: argparse.Namespace) -> None:
    rate = f"{chosen.rate:g} webhooks/s of {chosen.events} ({chosen.kind})"
    print(f"{rate} for {chosen.seconds:g} s, {os.cpu_count()} cores; from the moment each was due:")
    for status, count in sorted(answers.statuses.items()):
        print(f"  {status or 'no answer'} {count:7}   {percentiles(answers.seconds[status])}")
    print(f"  the sender was late by at most {answers.late_s * 1000:.0f} ms")


async def judge(data: Path, answers: Answers) -> None:
    """Each event of a webhook that was answered 200 is there once; of the others some may be."""
    engine = connect(find(Settings(data_dir=data)).database_url)
    async with autocommit(engine) as connection:
        found = await connection.execute(text("SELECT key FROM inbox WHERE key LIKE '%run-%'"))
        there = [row.key for row in found]
    await engine.dispose()
    lost, doubled = len(set(answers.kept) - set(there)), len(there) - len(set(there))
    taken = answers.statuses[OK]
    print(f"  answered 200: {taken} with {len(answers.kept)} events, {lost} of them lost, {doubled} doubled")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=200, help="webhooks a second")
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
        asyncio.run(measure(Path(folder), port, chosen))


if __name__ == "__main__":
    main()
