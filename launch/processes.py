"""The processes of this installation, on record: a crash may leave some, and they are ours to end."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from models.codec import from_json, to_json

# The kernel counts start times in hundredths of a second.
CLOCK_S = 0.05


@dataclass(frozen=True, slots=True)
class Identity:
    """A pid alone may be somebody else's by now."""

    pid: int
    began: float


@dataclass(frozen=True, slots=True)
class Run:
    launcher: Identity
    started: tuple[Identity, ...] = ()


class OwnProcesses:
    def __init__(self, file: Path) -> None:
        self._file = file
        me = psutil.Process()
        self._run = Run(Identity(me.pid, me.create_time()))

    def record(self) -> None:
        """Everything below this process as of now; what was seen before stays on the list."""
        seen = {*self._run.started, *_descendants()}
        if len(seen) > len(self._run.started):
            self._run = Run(self._run.launcher, tuple(seen))
            unfinished = self._file.with_suffix(".unfinished")
            unfinished.write_text(to_json(self._run))
            unfinished.replace(self._file)

    def end(self, patience_s: float) -> None:
        """What this run started and still runs."""
        self.record()
        _end(_alive(self._run.started), patience_s)
        self._file.unlink(missing_ok=True)

    def end_leftovers(self, patience_s: float) -> int:
        """What a run that crashed left behind; how many processes there were."""
        crashed = self._last_run()
        left = _with_descendants(_alive(crashed.started)) if crashed else []
        _end(left, patience_s)
        self._file.unlink(missing_ok=True)
        return len(left)

    def running_launcher(self) -> int | None:
        """The pid of a launcher that is at work on this data folder."""
        last = self._last_run()
        return last.launcher.pid if last and _alive([last.launcher]) else None

    def _last_run(self) -> Run | None:
        if not self._file.exists():
            return None
        try:
            return from_json(Run, self._file.read_bytes())
        except ValueError:
            return None  # not ours to interpret


def _descendants() -> Iterator[Identity]:
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            yield Identity(process.pid, process.create_time())


def _alive(seen: Iterable[Identity]) -> list[psutil.Process]:
    alive = []
    for identity in seen:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(identity.pid)
            if (
                abs(process.create_time() - identity.began) < CLOCK_S
                and process.status() != psutil.STATUS_ZOMBIE
            ):
                alive.append(process)
    return alive


def _with_descendants(processes: list[psutil.Process]) -> list[psutil.Process]:
    """And what they started since the record was written: a change of routes starts HAProxy anew."""
    found = {process.pid: process for process in processes}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found |= {child.pid: child for child in process.children(recursive=True)}
    return list(found.values())


def _end(processes: list[psutil.Process], patience_s: float) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(processes, timeout=patience_s)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=patience_s)
