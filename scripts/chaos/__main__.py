"""Customers write while processes are killed with -9; Instagram's ledger says whether anybody noticed.

    python -m scripts.chaos --seed 7 --customers 1000 --messages 5 --kills all

An installation of its own on free ports, against a stand-in for Instagram. The same seed is the same plan:
who writes what, what comes twice or out of order, who is killed after how many messages.
"""

import argparse
import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import psutil

from launch.ports import free_ports
from scripts.bench import ADMIN_TOKEN, TOKENS, connect_accounts
from scripts.chaos.crowd import Crowd
from scripts.chaos.ledger import Ledger
from scripts.chaos.plan import Plan, draw
from scripts.chaos.run import Outcome, run
from scripts.chaos.victims import ALL, Installation
from scripts.started import started
from tests.standins.meta_webhooks import APP_SECRET


async def on_its_own(plan: Plan, at_once: int) -> Outcome:
    """Starts all that it takes, and ends it."""
    port, instagram_port = free_ports(2)
    url, instagram = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{instagram_port}"
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        stack.enter_context(
            started(
                "tests.standins.instagram", "--port", str(instagram_port), "--echo", "after",
                "--webhook", f"{url}/webhooks/instagram",
                *(f"--account={account}:{token}" for account, token in TOKENS.items()), until="http",
            )
        )  # fmt: skip
        environment = {
            "DATA_DIR": folder,
            "PORT": str(port),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "INSTAGRAM_APP_SECRET": APP_SECRET,
            "INSTAGRAM_GRAPH_URL": instagram,
        }

        async def start() -> psutil.Process:
            launcher = started("launcher", until="Ready after", environment=environment)
            await asyncio.to_thread(stack.enter_context, launcher)
            return _launcher()

        installation = Installation(data=Path(folder), launcher=await start(), restart=start)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await connect_accounts(session, url)
            crowd = Crowd(
                session=session,
                webhook=f"{url}/webhooks/instagram",
                accounts=list(TOKENS),
                ledger=Ledger(session, instagram),
                at_once=at_once,
            )
            return await run(plan, installation, crowd)


def _launcher() -> psutil.Process:
    """The one that was started last: in a test there may be others."""
    alive = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    launchers = [child for child in alive if child.cmdline()[-1] == "launcher"]
    return max(launchers, key=lambda process: process.create_time())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=5, help="of each customer")
    parser.add_argument("--at-once", type=int, default=40, help="customers who talk at the same time")
    parser.add_argument("--kills", default="all", help=f"all, none or a comma list of: {', '.join(ALL)}")
    chosen = parser.parse_args()
    named = [name.strip() for name in chosen.kills.split(",")]
    victims = {"all": ALL, "none": ()}.get(chosen.kills, tuple(named))
    if unknown := [name for name in victims if name not in ALL]:
        parser.error(f"--kills: nobody is called {unknown[0]!r}; there are {', '.join(ALL)}")
    plan = draw(
        chosen.seed,
        customers=chosen.customers,
        messages=chosen.messages,
        accounts=len(TOKENS),
        victims=victims,
    )
    print("\n".join(plan.lines()), flush=True)
    outcome = asyncio.run(on_its_own(plan, chosen.at_once))
    print("\n".join(outcome.lines()))
    raise SystemExit(1 if outcome.verdict.faults else 0)


if __name__ == "__main__":
    main()
