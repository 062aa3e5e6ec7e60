"""`make run`: all of it in the foreground. Ctrl-C or TERM ends what it started, and nothing else."""

import asyncio
import hashlib
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launch.environment import ray_environment
from launch.ports import PortTaken, require_free
from launch.postgres import EmbeddedPostgres
from launch.processes import OwnProcesses
from launch.secrets import made_once
from settings import Settings, settings
from store.migrations import TooNew

WATCH_S = 2.0
END_PATIENCE_S = 0.5
ENTRY_LINK_S = 3600.0


def main() -> int:
    stop = threading.Event()
    _listen(stop)
    configuration = settings()
    data = configuration.data_dir.resolve()
    data.mkdir(parents=True, exist_ok=True)
    processes = OwnProcesses(data / "processes.json")
    try:
        _make_way(configuration, processes)
    except (PortTaken, AlreadyRunning) as error:
        print(f"Shopkeep does not start: {error}", file=sys.stderr)
        return 1
    try:
        with _everything(configuration, data, processes, stop) as postgres:
            while not stop.wait(WATCH_S):
                processes.record()
                if postgres:
                    postgres.keep_running()
            print("Stopping ...", flush=True)
    except TooNew as error:
        print(f"Shopkeep does not start: {error}", file=sys.stderr)
        return 1
    print("Stopped.")
    return 0


def _listen(stop: threading.Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())


class AlreadyRunning(Exception):
    pass


def _make_way(configuration: Settings, processes: OwnProcesses) -> None:
    """End our own leftovers, touch nothing else, and be sure that the port is free."""
    if (pid := processes.running_launcher()) is not None:
        raise AlreadyRunning(
            f"PORT {configuration.port} is taken: it already runs on the data folder "
            f"{configuration.data_dir} (process {pid}). For a second one: "
            f"DATA_DIR=var2 PORT={configuration.port + 1} make run"
        )
    if ended := processes.end_leftovers(END_PATIENCE_S):
        print(f"Ended {ended} processes that a crashed run had left behind.")
    require_free("PORT", configuration.port)


@contextmanager
def _everything(
    configuration: Settings, data: Path, processes: OwnProcesses, stop: threading.Event
) -> Iterator[EmbeddedPostgres | None]:
    """Up on entering, down on leaving, however far it got."""
    began = time.monotonic()
    postgres: EmbeddedPostgres | None = None
    # Unix sockets allow no long paths, and a checkout may lie deep.
    sockets = Path(tempfile.mkdtemp(prefix="shopkeep-"))
    try:
        print("Starting Shopkeep: PostgreSQL, Ray, actors. This takes about half a minute.", flush=True)
        if configuration.database_url is None:
            postgres = EmbeddedPostgres(data / "postgres")
            os.environ["DATABASE_URL"] = postgres.start()
        _settle_environment(configuration, data, sockets)
        settings.cache_clear()
        from launch import cluster  # noqa: PLC0415 - Ray reads the environment when it is imported

        # Ray puts handlers of its own in place of ours.
        with cluster.running(settings(), processes, lambda: _listen(stop)) as dashboard:
            code = secrets.token_urlsafe(16)
            asyncio.run(cluster.furnish(settings(), hashlib.sha256(code.encode()).hexdigest(), ENTRY_LINK_S))
            print(_welcome(settings(), code, dashboard, time.monotonic() - began), flush=True)
            yield postgres
    finally:
        processes.end(END_PATIENCE_S)
        if postgres:
            postgres.stop()
        shutil.rmtree(sockets, ignore_errors=True)


def _settle_environment(configuration: Settings, data: Path, sockets: Path) -> None:
    """What every process of ours will read."""
    os.environ.setdefault("ADMIN_TOKEN", made_once(data / "admin_token"))
    os.environ.setdefault("ENCRYPTION_KEYS", made_once(data / "encryption_key"))
    os.environ["DATA_DIR"] = str(data)
    os.environ["PORT"] = str(configuration.port)
    auth_token_file = data / "ray_token"
    made_once(auth_token_file)
    os.environ.update(ray_environment(sockets=sockets, auth_token_file=auth_token_file))


def _welcome(configuration: Settings, code: str, dashboard: str, seconds: float) -> str:
    local = f"http://localhost:{configuration.port}"
    return f"""
Ready after {seconds:.0f} s.

  Come in                  {local}/enter?code={code}
                           (works once, within an hour: look around, or set up your account)
  Console                  {local}/console/
                           (from then on, with your e-mail and password)
  API                      {local}/api   documentation: {local}/api/docs
  Token for the API        {configuration.require_admin_token}
  Ray dashboard            {dashboard}
                           (asks for the token in {configuration.data_dir / "ray_token"})

Ctrl-C stops it.
"""


if __name__ == "__main__":
    raise SystemExit(main())
