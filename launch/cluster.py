"""Ray, Serve and the actors on this machine."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ray
from ray import serve

from actors.gateway import Gateway
from actors.placement import APPLICATION
from actors.start import directory, start_actors
from launch import applications, release
from launch.demo import load_demo
from launch.processes import OwnProcesses
from launch.running import Running, announced
from settings import Settings
from store import installation, migrations
from store.database import connect

# Nothing large passes through the object store.
OBJECT_STORE_BYTES = 256 * 1024 * 1024


@contextmanager
def running(configuration: Settings, processes: OwnProcesses, ray_is_up: Callable[[], None]) -> Iterator[str]:
    """Yields the address of the dashboard once everything answers."""
    data = configuration.data_dir.resolve()
    code = release.keep(data)
    migrated = _Migration(configuration.require_database_url)
    migrated.start()
    context = ray.init(
        address="local",
        include_dashboard=True,
        object_store_memory=OBJECT_STORE_BYTES,
        namespace="shopkeep",
        logging_level=logging.WARNING,
        runtime_env=release.runtime_env(code, configuration),
    )
    try:
        ray_is_up()
        processes.record()
        migrated.done()
        actors = start_actors(configuration, APPLICATION)
        serve.start(http_options={"port": configuration.port})
        applications.run()
        ray.get([actor.version.remote() for actor in actors])
        processes.record()
        here = Running(
            ray_address=ray.get_runtime_context().gcs_address,
            database_url=configuration.require_database_url,
        )
        release.note_started(data, code)
        with announced(data, here):
            yield f"http://{context.dashboard_url}"
    finally:
        processes.record()
        # Not serve.shutdown(): it takes 3 s to drain what may be cut off at any point anyway. What it
        # would stop, HAProxy, is on record and ended with the rest.
        ray.shutdown()


class _Migration(threading.Thread):
    """Beside the start of Ray, which takes longer."""

    def __init__(self, database_url: str) -> None:
        super().__init__(daemon=True)
        self._database_url = database_url
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            migrations.upgrade(self._database_url)
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self._error = error

    def done(self) -> None:
        self.join()
        if self._error:
            raise self._error


async def furnish(configuration: Settings, entry_code_hash: str, entry_s: float) -> None:
    """The demo shop, if there is no other, and the way in for a browser."""
    engine = connect(configuration.require_database_url)
    await load_demo(Gateway(engine, directory(configuration)), configuration.public_url)
    async with engine.begin() as connection:
        await installation.issue(connection, entry_code_hash, entry_s)
    await engine.dispose()
