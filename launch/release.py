"""The code that runs, apart from the checkout: a `git pull` does not change what a process starts with.

Each version is kept in a folder of its own below DATA_DIR/releases, so that the one before is at hand when a
new one has to be taken back. Ray carries it to every node, as the `working_dir` of its runtime environment.
"""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.codec import from_json, to_json
from settings import ENV_FILE, Settings, env_file

ROOT = Path(__file__).resolve().parent.parent
KEPT = 5
_STARTED = "started.json"


def keep(data: Path, root: Path = ROOT) -> Path:
    """The folder of the code in `root`, copied when it is new; without the secrets in `.env`."""
    files = sorted(_files(root))
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    folder = data / "releases" / digest.hexdigest()[:12]
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for file in files:
            to = unfinished / file.relative_to(root)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, to)
        unfinished.rename(folder)
    _prune(data, folder)
    return folder


def _files(root: Path) -> Iterator[Path]:
    """The modules at the top and everything in the rooms; no tests, no documentation."""
    yield from root.glob("*.py")
    yield root / "requirements.txt"
    for room in [root / "migrations", *(file.parent for file in root.glob("*/__init__.py"))]:
        yield from (file for file in room.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def runtime_env(folder: Path, configuration: Settings) -> dict[str, Any]:
    """What Ray is told of the processes that run it. Paths are the same on every node."""
    places = {"DATA_DIR": str(configuration.data_dir.resolve()), ENV_FILE: str(env_file().resolve())}
    return {"working_dir": str(folder), "env_vars": places}


def history(data: Path) -> list[Path]:
    """The releases that answered once they were started, the one that runs now first."""
    try:
        names = from_json(list[str], (data / "releases" / _STARTED).read_bytes())
    except FileNotFoundError:
        return []
    return [folder for name in names if (folder := data / "releases" / name).exists()]


def note_started(data: Path, folder: Path) -> None:
    names = [folder.name, *(each.name for each in history(data) if each != folder)]
    unfinished = data / "releases" / f"{_STARTED}.unfinished"
    unfinished.write_text(to_json(names[:KEPT]))
    unfinished.replace(data / "releases" / _STARTED)


def _prune(data: Path, newest: Path) -> None:
    """Those that nobody would go back to."""
    spared = {newest, *history(data)}
    for folder in (data / "releases").iterdir():
        if folder.is_dir() and folder not in spared:
            shutil.rmtree(folder)
