"""The processes of this installation, on record: a crash may leave some, and they are ours to end."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil


class OwnProcesses:
    """A process is known by pid and start time: a pid alone may be somebody else's by now."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: set[tuple[int, float]] = set()

    def record(self) -> None:
        """Everything below this process as of now; what was seen before stays on the list."""
        seen = self._seen | set(_descendants())
        if seen == self._seen:
            return
        self._seen = seen
        me = psutil.Process()
        unfinished = self._file.with_suffix(".unfinished")
        unfinished.write_text(json.dumps({"launcher": [me.pid, me.create_time()], "started": sorted(seen)}))
        unfinished.replace(self._file)

    def end(self, patience_s: float) -> None:
        """What this run started and still runs."""
        self._seen |= set(_descendants())
        _end(_alive(self._seen), patience_s)
        self._file.unlink(missing_ok=True)

    def end_leftovers(self, patience_s: float) -> int:
        """What a run that crashed left behind; how many processes there were."""
        recorded = self._recorded()
        left = _alive(_pairs(recorded.get("started", [])))
        _end(left, patience_s)
        self._file.unlink(missing_ok=True)
        return len(left)

    def running_launcher(self) -> int | None:
        """The pid of a launcher that is at work on this data folder."""
        alive = _alive(_pairs(self._recorded().get("launcher", [])))
        return next((process.pid for process in alive if process.pid != os.getpid()), None)

    def _recorded(self) -> dict[str, list[list[float]]]:
        if not self._file.exists():
            return {}
        recorded: dict[str, list[list[float]]] = json.loads(self._file.read_text())
        return recorded


def _pairs(rows: Iterable[list[float]]) -> list[tuple[int, float]]:
    return [(int(pid), began) for pid, began in rows]


def _descendants() -> Iterable[tuple[int, float]]:
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            yield process.pid, process.create_time()


def _alive(seen: Iterable[tuple[int, float]]) -> list[psutil.Process]:
    alive = []
    for pid, began in seen:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            # The clock's resolution is a hundredth of a second.
            if abs(process.create_time() - began) < 0.05 and process.status() != psutil.STATUS_ZOMBIE:  # noqa: PLR2004
                alive.append(process)
    return alive


def _end(processes: list[psutil.Process], patience_s: float) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(processes, timeout=patience_s)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=patience_s)
