"""The way from an agent to a catalog actor and back, alone and in a shop that changes; many shops in memory.

    python -m scripts.benchmark_catalog [--products 20000] [--searches 100] [--updates 200] [--seconds 10]
                                        [--merchants 50] [--each 1000]

Starts an installation of its own on a folder that is gone afterwards. In the same run the same answers come
from an actor that does nothing: what Ray takes for them on this machine. Calls begin at a steady pace.
"""

import argparse
import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncEngine

from launch.ports import free_ports
from scripts.attached import attached
from scripts.measured import Measured, show
from scripts.processes import cpu_s
from scripts.started import started
from settings import Settings

if TYPE_CHECKING:
    from actors.placement import Directory

CATALOG = "ray::CatalogActor"
# CPU that it takes in a second of rest.
IDLE_S = 0.1


async def measure(database_url: str, configuration: Settings, chosen: argparse.Namespace) -> None:
    # Ray reads the environment when it is imported.
    from actors.start import directory  # noqa: PLC0415
    from scripts.catalog_density import Density  # noqa: PLC0415
    from store.database import connect  # noqa: PLC0415

    engine, where = connect(database_url), directory(configuration)
    if chosen.products:
        await measure_calls(engine, where, chosen)
    if chosen.merchants:
        density = Density(engine, where, configuration.data_dir)
        await density.measure(chosen.merchants, chosen.each)
    await engine.dispose()


async def measure_calls(engine: AsyncEngine, where: "Directory", chosen: argparse.Namespace) -> None:
    from scripts import catalog_load as load  # noqa: PLC0415 - see above

    stage = await load.staged(engine, where, "benchmark", chosen.products)
    rate, seconds = chosen.searches, chosen.seconds
    await load.searches(stage, rate, 2)  # connections, weights
    await settled()
    print(f"{chosen.products} products, {rate:g} searches a second for {seconds:g} s, {os.cpu_count()} cores")
    bare, bare_s = await load.bare(stage, rate, seconds)
    show("a bare actor, same answers", bare)
    show_cpu(bare_s, bare)
    began = cpu_s(CATALOG)
    alone = await load.searches(stage, rate, seconds)
    show("searches", alone)
    alone_s = cpu_s(CATALOG) - began
    show_cpu(alone_s, alone)
    print(f"and {chosen.updates:g} new prices a second")
    async with asyncio.TaskGroup() as group:
        searching = group.create_task(load.searches(stage, rate, seconds))
        updating = group.create_task(load.updates(stage, chosen.updates, seconds))
    put, seen = updating.result()
    show("searches", searching.result())
    show("until a put is answered", put)
    show("until a search shows it", seen)
    both_s = cpu_s(CATALOG) - began - alone_s
    show_cpu(both_s - alone_s, put)


async def settled() -> None:
    """Until the actor has built its graph of vectors, and writes no snapshot."""
    spent = -1.0
    while (now := cpu_s(CATALOG)) > spent + IDLE_S:
        spent = now
        await asyncio.sleep(1)


def show_cpu(seconds: float, measured: Measured) -> None:
    each_ms = seconds / max(len(measured.seconds), 1) * 1000
    print(f"    the actor's CPU for each       {each_ms:7.2f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--products", type=int, default=20_000, help="of the shop that is searched; 0: none")
    parser.add_argument("--searches", type=float, default=100)
    parser.add_argument("--updates", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--merchants", type=int, default=50, help="held in memory at once; 0: none")
    parser.add_argument("--each", type=int, default=1000, help="products of each of them")
    chosen = parser.parse_args()
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        own = {"DATA_DIR": folder, "PORT": str(port)}
        with started("launcher", until="Ready after", environment=own):
            configuration = Settings(data_dir=Path(folder), port=port)
            with attached(configuration) as running:
                asyncio.run(measure(running.database_url, configuration, chosen))


if __name__ == "__main__":
    main()
