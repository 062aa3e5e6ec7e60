"""Where the head keeps what it must not forget."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tests.cluster.polling import until
from tests.machines.passing_on import reached

PORT = 6390
INSTALLED = shutil.which("redis-server") is not None


@asynccontextmanager
async def redis(host: str) -> AsyncIterator[Mapping[str, str]]:
    """What a `.ray.env` says of it; nothing where it is not installed."""
    if not INSTALLED:
        yield {}
        return
    password = secrets.token_urlsafe()
    server = await asyncio.create_subprocess_exec(
        *("redis-server", "--bind", host, "--port", str(PORT), "--requirepass", password),
        *("--save", "", "--appendonly", "no"),
        stdout=asyncio.subprocess.DEVNULL,
    )

    async def answers() -> bool:
        connection = await reached(host, PORT)
        if connection:
            connection[1].close()
        return connection is not None

    try:
        await until(answers, what="Redis")
        yield {"RAY_REDIS_ADDRESS": f"{host}:{PORT}", "RAY_REDIS_PASSWORD": password}
    finally:
        server.terminate()
        await server.wait()
