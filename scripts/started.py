"""Programs a script starts and ends again, by their own process, whatever happens in between."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 180.0


class NotStarted(RuntimeError):
    pass


@contextmanager
def started(
    *command: str, until: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, float]]:
    """`python -m command`, up when its output holds `until`: (that line, the seconds it took)."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-u", "-m", *command],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=Path(__file__).resolve().parent.parent,
        )
        try:
            yield _line(process, output.fileno(), until), time.monotonic() - began
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _line(process: "subprocess.Popen[bytes]", output: int, until: str) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        text = os.pread(output, 1_000_000, 0).decode(errors="replace")
        for line in text.splitlines():
            if until in line:
                return line
        if process.poll() is not None:
            raise NotStarted(f"it ended with {process.returncode}:\n{text}")
        time.sleep(0.02)
    raise NotStarted(f"no {until!r} within {PATIENCE_S:g} s")
