"""Three machines with one installation, and what they need of the world."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from launch.running import Running, announced
from store.database import autocommit, connect
from tests.cluster.api import Api
from tests.cluster.launching import AUTHORIZED, environment
from tests.cluster.shops import Shop, connect_account, dress, open_shop
from tests.conftest import NewDatabase
from tests.machines.cluster import FRONT_PORT, Cluster
from tests.machines.machine import Machine, impossible
from tests.machines.network import Network, network
from tests.machines.passing_on import Connection, passing_on
from tests.machines.playing import Game
from tests.machines.redis import redis
from tests.standins.instagram import Instagram

HERE = Path(__file__).parent
TIMEOUT_S = 900
MACHINES = 3
ACCOUNTS = 2
# Who was on the way to a machine that was cut off begins again.
PATIENCE = aiohttp.ClientTimeout(total=10)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = impossible()
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.machines)
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Not below /tmp: every machine has a /tmp of its own, and this is on all of them."""
    with tempfile.TemporaryDirectory(prefix="shopkeep-", dir="/var/tmp") as made:
        yield Path(made)


@pytest.fixture(scope="session")
def cables() -> Iterator[Network]:
    with network() as made:
        yield made


@pytest.fixture(scope="session")
async def database(cables: Network, new_database: NewDatabase) -> AsyncIterator[str]:
    """As the machines reach it: the server of the tests listens on a socket in the file system only."""
    here = await new_database()
    url = make_url(here)
    # As docs/machines.md advises: a machine that is cut off takes its locks with it.
    engine = connect(here)
    async with autocommit(engine) as connection:
        patience = "SET idle_in_transaction_session_timeout = '10s'"
        await connection.execute(text(f'ALTER DATABASE "{url.database}" {patience}'))
    await engine.dispose()
    socket = f"{url.query['host']}/.s.PGSQL.5432"

    async def server() -> Connection:
        return await asyncio.open_unix_connection(socket)

    async with passing_on(cables.outside, server) as port:
        yield f"postgresql://{url.username}@{cables.outside}:{port}/{url.database}"


@pytest.fixture(scope="session")
async def instagram(cables: Network) -> AsyncIterator[Instagram]:
    async with Instagram(host=cables.outside, echo="after") as standin:
        yield standin


@pytest.fixture(scope="session")
async def cluster(
    folder: Path, cables: Network, database: str, instagram: Instagram
) -> AsyncIterator[Cluster]:
    async with redis(cables.outside) as of_redis:
        settings = {
            "DATABASE_URL": database,
            "DATA_DIR": "/tmp/var",  # noqa: S108 - each machine's own
            "UPLOADS_URL": str(folder / "uploads"),
            "ENCRYPTION_KEYS": "what all machines encrypt with",
            "RAY_AUTH_TOKEN": "what lets a machine join the others",
            "NODES": str(MACHINES),
            "CONVERSATION_SHARDS": "3",
            "FRONT_REPLICAS": "2",
            "AGENT_REPLICAS": "2",
            "INSTAGRAM_GRAPH_URL": instagram.url,
            "INSTAGRAM_APP_SECRET": instagram.app_secret,
            "BURST_QUIET_SECONDS": "0.2",
            **of_redis,
        }
        machines = [
            Machine(
                number=number,
                network=cables,
                disk=folder / f"machine-{number}",
                environment=environment(folder, FRONT_PORT, settings),
            )
            for number in range(1, MACHINES + 1)
        ]
        started = Cluster(machines=machines)
        try:
            await started.boot()
            await started.start()
            yield started
        finally:
            started.end()


@pytest.fixture(scope="session")
async def shop(
    cables: Network, cluster: Cluster, instagram: Instagram, folder: Path, database: str
) -> AsyncIterator[Shop]:
    """Reached through a load balancer in front of all machines. What is lost on the way is sent again."""
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with (
        passing_on(cables.outside, cluster.front) as port,
        aiohttp.ClientSession(connector=connector, timeout=PATIENCE) as session,
    ):
        way_in = f"http://{cables.outside}:{port}"
        instagram.webhook_url = f"{way_in}/webhooks/instagram"
        opened = await open_shop(Api(session=session, url=way_in, headers=AUTHORIZED))
        await opened.add(*(dress(name, "Blue", "Black") for name in ("linen", "silk", "office", "summer")))
        with announced(folder, Running(ray_address="", database_url=database)):
            yield opened


@pytest.fixture(scope="session")
async def game(shop: Shop, instagram: Instagram, folder: Path) -> Game:
    accounts = [await connect_account(shop, instagram) for _ in range(ACCOUNTS)]
    return Game(data=folder, shop=shop, accounts=accounts, instagram=instagram)
