"""Which code a process runs, in how many shards: detached actors outlive a deployment."""

import hashlib
from functools import lru_cache
from pathlib import Path

from settings import Settings

_ROOT = Path(__file__).resolve().parent
_ROOMS = ("actors", "agent", "channels", "indexes", "models", "sources", "store")


def version(configuration: Settings) -> str:
    """Shards of different counts would share customers, so a change of one replaces them all."""
    shards = (
        configuration.catalog_actors,
        configuration.conversation_shards,
        configuration.delivery_shards,
    )
    return f"{_code()}/{shards}"


@lru_cache(maxsize=1)
def _code() -> str:
    digest = hashlib.sha256()
    for room in _ROOMS:
        for file in sorted((_ROOT / room).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
