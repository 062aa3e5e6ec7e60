"""The physical limit: route -> actor -> deployment -> actor, with nothing in them.

    python -m scripts.bare_chain --port 8100

Prints "ready" when it answers; Ctrl-C or TERM ends it. `--two` is a bare app of two deployments.
"""

import argparse
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from launch.environment import ray_environment
from launch.secrets import made_once


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--two", action="store_true")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bare-") as folder:
        token_file = Path(folder) / "token"
        made_once(token_file)
        os.environ.update(ray_environment(sockets=Path(folder), auth_token_file=token_file))
        _run(chosen.port, two=chosen.two)


def _run(port: int, *, two: bool) -> None:
    import ray  # noqa: PLC0415 - reads the environment when it is imported
    from ray import serve  # noqa: PLC0415 - same

    ray.init(address="local", object_store_memory=256 * 1024 * 1024)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    serve.start(http_options={"port": port})
    serve.run(_two() if two else _chain())
    print("ready", flush=True)
    stop.wait()
    serve.shutdown()
    ray.shutdown()


Handle = Any  # Ray's handles carry no types


class Back:
    async def answer(self) -> str:
        return "ok"


class Route:
    def __init__(self, back: Handle) -> None:
        self._back = back

    async def __call__(self, _: object) -> str:
        return str(await self._back.answer.remote())


class Catalog:
    async def search(self) -> str:
        return "ok"


class Agent:
    def __init__(self, catalog: Handle) -> None:
        self._catalog = catalog

    async def answer(self) -> str:
        return str(await self._catalog.search.remote())


class Conversation:
    def __init__(self, agent_of: Callable[[], Handle]) -> None:
        self._agent_of = agent_of
        self._agent: Handle = None

    async def turn(self) -> str:
        # On first use: the application starts after this actor.
        self._agent = self._agent or self._agent_of()
        return str(await self._agent.answer.remote())


class Door:
    def __init__(self, conversation: Handle, _agent: Handle) -> None:
        self._conversation = conversation

    async def __call__(self, _: object) -> str:
        return str(await self._conversation.turn.remote())


def _deployment(kind: type) -> Handle:
    from ray import serve  # noqa: PLC0415 - same

    return serve.deployment(kind, max_ongoing_requests=1000, ray_actor_options={"num_cpus": 0})


def _two() -> Handle:
    return _deployment(Route).bind(_deployment(Back).bind())


def _chain() -> Handle:
    import ray  # noqa: PLC0415 - same
    from ray import serve  # noqa: PLC0415 - same

    actor = ray.remote(num_cpus=0, max_concurrency=1000)
    conversation = actor(Conversation).remote(lambda: serve.get_deployment_handle("Agent", "default"))
    return _deployment(Door).bind(conversation, _deployment(Agent).bind(actor(Catalog).remote()))


if __name__ == "__main__":
    main()
