"""One running installation for all tests here, and what they reach it with."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from launch.ports import free_ports
from tests.cluster.api import Api
from tests.cluster.launching import AUTHORIZED, Launcher, running, scratch_folder, with_standins
from tests.cluster.second import Second, second_installation
from tests.cluster.shops import Account, Shop, connect_account, open_shop
from tests.standins.instagram import Instagram
from tests.standins.shopify import ShopifyStandin

HERE = Path(__file__).parent
# Starting the installation is part of the first test's time.
TIMEOUT_S = 300
OLD_APP_SECRET = "ig_secret_before_its_rotation"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.cluster)
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


@pytest.fixture(scope="session")
async def instagram() -> AsyncIterator[Instagram]:
    async with Instagram() as standin:
        yield standin


@pytest.fixture(scope="session")
async def shopify() -> AsyncIterator[ShopifyStandin]:
    async with ShopifyStandin() as standin:
        yield standin


@pytest.fixture(scope="session")
async def launcher(folder: Path, instagram: Instagram, shopify: ShopifyStandin) -> AsyncIterator[Launcher]:
    (port,) = free_ports(1)
    settings = with_standins(instagram, shopify) | {
        "APP_URL": "http://shopkeep.example",  # reachable, as far as anybody can tell
        "INSTAGRAM_APP_SECRET": f"{instagram.app_secret},{OLD_APP_SECRET}",
    }
    async with running(folder, port, settings) as launched:
        instagram.webhook_url = f"{launched.url}/webhooks/instagram"
        yield launched


@pytest.fixture(scope="session")
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    # No cookies are kept: a test that enters like a browser says which it sends.
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


@pytest.fixture(scope="session")
def nobody(launcher: Launcher, session: aiohttp.ClientSession) -> Api:
    """A client that sends no credentials."""
    return Api(session=session, url=launcher.url, headers={})


@pytest.fixture(scope="session")
def api(nobody: Api) -> Api:
    return Api(session=nobody.session, url=nobody.url, headers=AUTHORIZED)


@pytest.fixture(scope="session")
async def second(session: aiohttp.ClientSession) -> AsyncIterator[Second]:
    async with second_installation(session) as installed:
        yield installed


@pytest.fixture
async def shop(api: Api) -> Shop:
    """New and empty, in US dollars."""
    return await open_shop(api)


@pytest.fixture(scope="session")
def demo(api: Api) -> Shop:
    """The shop every new installation starts with. Shared: tests differ by their customers."""
    return Shop(api=api, id="demo")


@pytest.fixture
async def account(shop: Shop, instagram: Instagram) -> Account:
    return await connect_account(shop, instagram)


@pytest.fixture(scope="session")
async def demo_account(demo: Shop, instagram: Instagram) -> Account:
    return await connect_account(demo, instagram)
