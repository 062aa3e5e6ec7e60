"""Programs of a release, run from its own folder: another version may import other modules."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from launch.environment import SERVE
from settings import ENV_FILE, env_file

PATIENCE_S = 600.0


class Failed(Exception):
    """What it printed last, and where the rest is."""


@dataclass(frozen=True, slots=True)
class OwnCode:
    """`data`: of the installation; `log`: what the programs print goes there, too."""

    data: Path
    log: Path

    def run(self, release: Path, module: str, *arguments: str) -> str:
        """`python -m module arguments`; the last line of what it printed. Failed."""
        places = {"PYTHONPATH": str(release), "DATA_DIR": str(self.data)}
        environment = {**os.environ, **SERVE, **places, ENV_FILE: str(env_file().resolve())}
        # -B: what it leaves beside the code would be carried to every node.
        command = [sys.executable, "-B", "-m", module, *arguments]
        with self.log.open("a+") as log:
            log.write(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {release.name} {' '.join(command[3:])}\n")
            log.flush()
            began = log.tell()
            try:
                done = subprocess.run(  # noqa: S603 - our own
                    command, cwd=release, env=environment, stdout=log, stderr=log,
                    timeout=PATIENCE_S, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired as error:
                raise Failed(f"no end within {PATIENCE_S:g} s ({self.log} says more)") from error
            log.seek(began)
            last = (log.read().strip().splitlines() or [""])[-1]
        if done.returncode:
            raise Failed(f"{last} ({self.log} says more)")
        return last
