"""Secrets nobody set: made once, kept under the data folder for this user's eyes only."""

import os
import secrets
from pathlib import Path


def made_once(file: Path) -> str:
    """The secret in the file; a new one when there is none."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as unfinished_file:
            unfinished_file.write(secrets.token_urlsafe(32))
        unfinished.replace(file)
    return file.read_text().strip()
