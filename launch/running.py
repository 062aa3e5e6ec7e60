"""Where the installation of a data folder can be reached, for scripts that work with one that runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launch.processes import OwnProcesses
from models.codec import from_json, to_json
from settings import Settings

_FILE = "running.json"


class NotRunning(Exception):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    ray_address: str
    database_url: str


@contextmanager
def announced(data: Path, running: Running) -> Iterator[None]:
    """On record while entered."""
    file = data / _FILE
    # The address of a database may hold its password.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
        written.write(to_json(running))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def find(configuration: Settings) -> Running:
    """Started by the launcher on this data folder, else the cluster this machine is a node of. NotRunning."""
    data = configuration.data_dir.resolve()
    launched = OwnProcesses(data / "processes.json").running_launcher() is not None
    if launched and (data / _FILE).exists():
        return from_json(Running, (data / _FILE).read_bytes())
    if configuration.database_url is None:
        raise NotRunning(
            f"nothing runs on the data folder {data}: start it with `make run`, name the right folder in "
            "DATA_DIR or, on a node of a cluster, set DATABASE_URL"
        )
    address = os.environ.get("RAY_ADDRESS", "auto")
    return Running(ray_address=address, database_url=configuration.database_url)
