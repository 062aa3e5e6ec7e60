"""What the processes below this one use: CPU by title, memory of all."""

from collections.abc import Iterator
from contextlib import suppress

import psutil


def cpu_s(title: str) -> float:
    """Of all processes below whose command line holds the title, as Ray names a worker after its actor."""
    spent = 0.0
    for process in _below():
        with suppress(psutil.Error):
            if title in " ".join(process.cmdline()):
                times = process.cpu_times()
                spent += times.user + times.system
    return spent


def memory_mb() -> float:
    """Shared pages counted once: PSS of all processes below."""
    total = 0
    for process in _below():
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 1e6


def _below() -> Iterator[psutil.Process]:
    yield from psutil.Process().children(recursive=True)
