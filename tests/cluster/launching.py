"""`make run` as a process of its own, on a folder and a port of its own."""

import asyncio
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from settings import Settings
from tests.cluster.polling import until
from tests.standins.instagram import Instagram
from tests.standins.shopify import ShopifyStandin

ROOT = Path(__file__).resolve().parents[2]
START_S = 180.0
STOP_S = 30.0
ADMIN_TOKEN = "the-admin-token"
VERIFY_TOKEN = "the-verify-token"
AUTHORIZED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    folder: Path
    port: int
    process: asyncio.subprocess.Process
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def printed(self) -> str:
        return self.output.read_text()

    def entry_path(self) -> str:
        """The link that it prints for a browser; it works once."""
        found = re.search(r"/enter\?code=\S+", self.printed())
        assert found, self.printed()
        return found[0]

    def started(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, title: str) -> list[psutil.Process]:
        """Ray names a process after the actor in it."""
        return [process for process in self.started() if title in _title(process)]

    async def stop(self) -> int:
        """As Ctrl-C does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_S):
            return await self.process.wait()


def _title(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def environment(folder: Path, port: int, more: Mapping[str, str]) -> dict[str, str]:
    """This process's, without any setting of ours or of Ray's."""
    ours = {name.upper() for name in Settings.model_fields}
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith(("RAY_", "PYTEST_"))
    }
    own = {"DATA_DIR": str(folder / "var"), "PORT": str(port), "ADMIN_TOKEN": ADMIN_TOKEN}
    return {**clean, **own, "PYTHONPATH": str(ROOT), **more}


def with_standins(instagram: Instagram, shopify: ShopifyStandin) -> dict[str, str]:
    """The settings that lead to these instead of to the world."""
    return {
        "INSTAGRAM_APP_ID": instagram.app_id,
        "INSTAGRAM_GRAPH_URL": instagram.url,
        "INSTAGRAM_API_URL": instagram.url,
        "INSTAGRAM_LOGIN_URL": instagram.url,
        "INSTAGRAM_APP_SECRET": instagram.app_secret,
        "INSTAGRAM_WEBHOOK_VERIFY_TOKEN": VERIFY_TOKEN,
        "SHOPIFY_ADMIN_URL": shopify.admin_url,
        "SHOPIFY_API_SECRET": shopify.login.api_secret,
        "BURST_QUIET_SECONDS": "0.2",
    }


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """With a short path: PostgreSQL puts a socket below it."""
    made = Path(tempfile.mkdtemp(prefix="shopkeep-test-"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


async def launch(folder: Path, port: int, more: Mapping[str, str], *, output: str = "output.txt") -> Launcher:
    """Not waited for. It runs in `folder`, where no `.env` is."""
    with (folder / output).open("w") as written:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "launcher",
            cwd=folder,
            env=environment(folder, port, more),
            stdout=written,
            stderr=asyncio.subprocess.STDOUT,
        )
    return Launcher(folder=folder, port=port, process=process, output=folder / output)


async def ready(launcher: Launcher) -> None:
    async def welcomed() -> bool:
        assert launcher.process.returncode is None, launcher.printed()
        return "Ctrl-C stops it." in launcher.printed()

    await until(welcomed, what="the launcher's welcome", timeout_s=START_S)


@asynccontextmanager
async def running(folder: Path, port: int, more: Mapping[str, str]) -> AsyncIterator[Launcher]:
    """Up when entered; stopped in time and without a trace when left."""
    launcher = await launch(folder, port, more)
    try:
        await ready(launcher)
        yield launcher
        began = launcher.started()
        assert await launcher.stop() == 0, launcher.printed()
        assert [process for process in began if _runs(process)] == []
    finally:
        if launcher.process.returncode is None:
            await launcher.stop()


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
