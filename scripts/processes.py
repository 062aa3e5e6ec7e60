"""What the processes of an installation that a script started use: CPU by title, memory of all."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil


def cpu_s(title: str) -> float:
    """Of all processes below whose command line holds the title, as Ray names a worker after its actor."""
    return _cpu_s(_titled(title))


def postgres_cpu_s(data: Path) -> float:
    """Its connections that have been closed included."""
    first, *connections = _postgres(data)
    gone = first.cpu_times()
    return _cpu_s((first, *connections)) + gone.children_user + gone.children_system


def cpu_s_each(title: str) -> dict[int, float]:
    """As `cpu_s`, by pid."""
    return _each(_titled(title))


def postgres_cpu_s_each(data: Path) -> dict[int, float]:
    return _each(_postgres(data))


def _each(processes: Iterable[psutil.Process]) -> dict[int, float]:
    return {process.pid: _cpu_s([process]) for process in processes}


def _cpu_s(processes: Iterable[psutil.Process]) -> float:
    spent = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent += times.user + times.system
    return spent


def memory_mb(data: Path, title: str = "") -> float:
    """PSS, where pages that several share count once: of all and PostgreSQL, or of those of the title."""
    total = 0
    for process in _titled(title) if title else (*_below(), *_postgres(data)):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total / 1e6


def _titled(title: str) -> Iterator[psutil.Process]:
    for process in _below():
        with suppress(psutil.NoSuchProcess):
            if title in " ".join(process.cmdline()):
                yield process


def _below() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def _postgres(data: Path) -> Iterator[psutil.Process]:
    """It is nobody's child; its first process has its pid in the first line of a file."""
    first = psutil.Process(int((data / "postgres" / "postmaster.pid").read_text().split()[0]))
    yield from (first, *first.children(recursive=True))
