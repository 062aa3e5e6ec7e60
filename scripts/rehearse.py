"""A day of some shops on this machine, faster than a real one, and what was full first.

    python -m scripts.rehearse --seed 7 --shops 10 --messages 3000 --speed 240 --viral-speed 4

Customers write as days go, little at night and most in the evening. At noon the first shop takes ten per cent
off everything it has; at seven in the evening a post of the second goes viral: thousands of comments in ten
minutes. An installation of its own on free ports, against a stand-in for Instagram, with the rules. The same
seed is the same day.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import aiohttp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from launch.ports import free_ports
from launch.running import find
from scripts.bench import ADMIN_TOKEN, cpu
from scripts.processes import memory_mb
from scripts.rehearsal.day import SALE_AT_S, Tempo, draw
from scripts.rehearsal.report import Ends, Result, lines
from scripts.rehearsal.shops import Api, Sale, Shop, account, hold_sale, open_shop
from scripts.rehearsal.street import Street
from scripts.rehearsal.watch import Watch, read_queues
from scripts.started import started
from settings import Settings
from store.database import autocommit, connect
from tests.standins.meta_webhooks import APP_SECRET

SETTLED_S = 600.0
LOOK_S = 1.0


async def rehearse(base: str, data: Path, chosen: argparse.Namespace) -> Result:
    engine = connect(find(Settings(data_dir=data)).database_url)
    tempo = Tempo(speed=chosen.speed, viral_speed=chosen.viral_speed)
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=600)) as owner,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as meta,
    ):
        api = Api(session=owner, url=base)
        wares = [chosen.sale, *[chosen.products] * (chosen.shops - 1)]
        shops = [await open_shop(api, number, size) for number, size in enumerate(wares)]
        day = draw(
            chosen.seed,
            questions=[shop.questions for shop in shops],
            messages=chosen.messages,
            comments=chosen.comments,
        )
        street = Street(
            session=meta,
            webhook=f"{base}/webhooks/instagram",
            accounts=[shop.account_id for shop in shops],
            tempo=tempo,
        )
        watch = Watch(engine, data, lambda: street.at_s)
        spent, sizes = cpu(data), await _sizes(engine)
        async with asyncio.TaskGroup() as group:
            playing = group.create_task(street.play(day))
            sale = group.create_task(_sale(street, api, shops[0]))
            watching = group.create_task(watch.go_on())
            await asyncio.wait([playing, sale])
            over = time.monotonic()
            await _settle(engine)
            settled_s = time.monotonic() - over
            watching.cancel()
    result = Result(
        samples=watch.samples,
        answers=street.answers,
        accepted=street.accepted,
        given_up=street.given_up,
        late_s=street.late_s,
        sale=sale.result(),
        cpu_s={station: now - spent[station] for station, now in cpu(data).items()},
        memory_mb=memory_mb(data),
        ends=await _ends(engine, sizes, settled_s),
    )
    await engine.dispose()
    return result


async def _sale(street: Street, api: Api, shop: Shop) -> Sale:
    await street.wait_until(SALE_AT_S)
    return await hold_sale(api, shop)


async def _settle(engine: AsyncEngine) -> None:
    """Until nothing waits but for Instagram's hour."""
    deadline = time.monotonic() + SETTLED_S
    while time.monotonic() < deadline:
        async with autocommit(engine) as connection:
            queues = await read_queues(connection)
        if not queues.unanswered and not queues.unsent:
            return
        await asyncio.sleep(LOOK_S)


async def _ends(engine: AsyncEngine, sizes: Mapping[str, int], settled_s: float) -> Ends:
    async with autocommit(engine) as connection:

        async def counted(sql: str) -> Mapping[str, int]:
            return {row[0]: row[1] for row in await connection.execute(text(sql))}

        heard = "SELECT status, count(*) FROM inbox WHERE kind = '{}' AND key LIKE '%rehearsed%' GROUP BY 1"
        return Ends(
            messages=await counted(heard.format("message")),
            comments=await counted(heard.format("comment")),
            parts=await counted("SELECT status, count(*) FROM outbox GROUP BY 1"),
            turns=await connection.scalar(text("SELECT count(*) FROM executions")) or 0,
            bytes_added={table: size - sizes[table] for table, size in (await _sizes(engine)).items()},
            settled_s=settled_s,
        )


async def _sizes(engine: AsyncEngine) -> Mapping[str, int]:
    """Bytes of each table with its indexes."""
    statement = text("SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables")
    async with autocommit(engine) as connection:
        return {row[0]: row[1] for row in await connection.execute(statement)}


def measure(chosen: argparse.Namespace) -> Result:
    port, instagram_port = free_ports(2)
    base = f"http://127.0.0.1:{port}"
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        accounts = [f"--account={':'.join(account(number))}" for number in range(chosen.shops)]
        instagram = ("tests.standins.instagram", "--port", str(instagram_port), "--echo", "after")
        webhook = ("--webhook", f"{base}/webhooks/instagram")
        stack.enter_context(started(*instagram, *webhook, *accounts, until="http"))
        environment = {
            "DATA_DIR": folder,
            "PORT": str(port),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "INSTAGRAM_APP_SECRET": APP_SECRET,
            "INSTAGRAM_GRAPH_URL": f"http://127.0.0.1:{instagram_port}",
        }
        stack.enter_context(started("launcher", until="Ready after", environment=environment))
        return asyncio.run(rehearse(base, Path(folder), chosen))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--shops", type=int, default=10)
    parser.add_argument("--products", type=int, default=500, help="of each shop but the first")
    parser.add_argument(
        "--sale", type=int, default=5000, help="products of the first shop, all on sale at noon"
    )
    parser.add_argument("--messages", type=int, default=3000, help="of the whole day")
    parser.add_argument("--comments", type=int, default=10_000, help="under one post in ten minutes")
    parser.add_argument("--speed", type=float, default=240, help="how much faster than a real day")
    parser.add_argument("--viral-speed", type=float, default=4, help="the same of the post's ten minutes")
    chosen = parser.parse_args()
    if chosen.shops < 2:  # noqa: PLR2004 - one has a sale, another a post
        parser.error("--shops: at least 2")
    print(
        f"{os.cpu_count()} cores, seed {chosen.seed}: {chosen.messages} messages, "
        f"{chosen.comments} comments, {chosen.shops} shops; the day {chosen.speed:g} times as fast, "
        f"the post's ten minutes {chosen.viral_speed:g} times",
        flush=True,
    )
    print("\n".join(lines(measure(chosen))))


if __name__ == "__main__":
    main()
