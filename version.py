"""Which code a process runs. Detached actors outlive a deployment; this tells the old ones."""

import hashlib
from functools import lru_cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent
_ROOMS = ("actors", "agent", "channels", "indexes", "models", "sources", "store")


@lru_cache(maxsize=1)
def code_version() -> str:
    digest = hashlib.sha256()
    for room in _ROOMS:
        for file in sorted((_ROOT / room).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
