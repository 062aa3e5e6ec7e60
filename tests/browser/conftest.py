"""The console in real Chromium, on a whole running installation with the demo shop in it."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, StorageState, async_playwright

from launch.ports import free_ports
from tests.cluster.launching import Launcher, running, scratch_folder, with_standins
from tests.standins.instagram import Instagram
from tests.standins.shopify import ShopifyStandin

HERE = Path(__file__).parent
# Starting the installation is part of the first test's time.
TIMEOUT_S = 300
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

Accessible = Callable[[Page], Awaitable[None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            for mark in (pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(TIMEOUT_S)):
                item.add_marker(mark)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium here: apt install chromium"))


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
    settings = with_standins(instagram, shopify) | {"SHOPIFY_API_KEY": shopify.login.api_key}
    async with running(folder, port, settings) as launched:
        instagram.webhook_url = f"{launched.url}/webhooks/instagram"
        yield launched


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    # Its sandbox refuses to work for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def entered(launcher: Launcher, chromium: Browser) -> StorageState:
    """The cookies of whoever opened the link that was printed; it works once."""
    context = await chromium.new_context(base_url=launcher.url)
    await (await context.new_page()).goto(launcher.entry_path())
    state = await context.storage_state()
    await context.close()
    return state


@pytest.fixture
async def stranger(launcher: Launcher, chromium: Browser) -> AsyncIterator[Page]:
    """A tab without a session."""
    async with await chromium.new_context(base_url=launcher.url) as context:
        yield await context.new_page()


@pytest.fixture
async def page(launcher: Launcher, chromium: Browser, entered: StorageState) -> AsyncIterator[Page]:
    """A tab of an operator. What its console or policy complains of fails the test."""
    async with await chromium.new_context(base_url=launcher.url, storage_state=entered) as context:
        opened = await context.new_page()
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        yield opened
        # An answer such as 422 is written to the browser's console, too, and is none of its troubles.
        assert [one for one in complaints if "Failed to load resource" not in one] == []


@pytest.fixture
async def plain(launcher: Launcher, chromium: Browser, entered: StorageState) -> AsyncIterator[Page]:
    """A tab that runs no script."""
    context = await chromium.new_context(
        base_url=launcher.url, storage_state=entered, java_script_enabled=False
    )
    async with context:
        yield await context.new_page()


@pytest.fixture
async def axe() -> Accessible:
    """Nothing that the rules of accessibility forbid."""

    async def accessible(page: Page) -> None:
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

    return accessible
