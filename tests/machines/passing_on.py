"""Connections passed on, as a load balancer does: to whom is decided anew for each."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CONNECT_S = 1.0


@asynccontextmanager
async def passing_on(host: str, connect: Callable[[], Awaitable[Connection | None]]) -> AsyncIterator[int]:
    """Listens on that port while entered. Who calls while nobody can be reached is hung up on."""
    server = await asyncio.start_server(lambda *caller: _serve(caller, connect), host, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _serve(caller: Connection, connect: Callable[[], Awaitable[Connection | None]]) -> None:
    callee = await connect()
    if callee is None:
        caller[1].close()
        return
    async with asyncio.TaskGroup() as both:
        both.create_task(_pump(caller[0], callee[1]))
        both.create_task(_pump(callee[0], caller[1]))


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(65536):
            sink.write(piece)
            await sink.drain()
    sink.close()


async def reached(host: str, port: int) -> Connection | None:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(CONNECT_S):
            return await asyncio.open_connection(host, port)
    return None
