"""Puts the code of the folder it is run from in the place of what runs: `python -m scripts.deploying.rolling`

A process of its own, run from the release: what it imports is what will run. With --try it only imports it.
"""

import asyncio
import os
import sys
from importlib import import_module
from pathlib import Path

from launch import release
from scripts.attached import attached
from settings import Settings, settings
from version import version

HERE = Path(__file__).resolve().parents[2]


class NotReplaced(RuntimeError):
    pass


def roll(configuration: Settings) -> None:
    """Returns when all of it runs this code, and says so. RuntimeError when it does not."""
    environment = release.runtime_env(HERE, configuration)
    with attached(configuration, runtime_env=environment) as running:
        os.environ["DATABASE_URL"] = running.database_url
        settings.cache_clear()
        from launch import applications  # noqa: PLC0415 - imports Ray

        applications.run()
        asyncio.run(_require_replaced(running.database_url, configuration))


async def _require_replaced(database_url: str, configuration: Settings) -> None:
    from actors.calls import call  # noqa: PLC0415 - as above
    from actors.start import directory  # noqa: PLC0415
    from store import placement  # noqa: PLC0415
    from store.database import autocommit, connect  # noqa: PLC0415

    engine = connect(database_url)
    try:
        async with autocommit(engine) as connection:
            merchants_at = await placement.actors(connection)
    finally:
        await engine.dispose()
    expected = version(configuration)
    for actor in directory(configuration).all(merchants_at):
        if (found := await call(actor.version)) != expected:
            raise NotReplaced(f"an actor runs {found}, and should run {expected}")


def imports() -> None:
    """All that any process of it begins with."""
    for module in ("launch.applications", "web.app", "web.console.app"):
        import_module(module)


if __name__ == "__main__":
    imports() if "--try" in sys.argv else roll(settings())
