"""The catalog actors as Ray runs them."""

import asyncio
from collections.abc import Sequence
from typing import cast

import ray
from ray.util import list_named_actors

from actors.calls import call
from actors.named import Wanted, create
from actors.placement import NAMESPACE, Directory, is_dedicated, named


class RayFleet:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def shared(self, merchant_id: str) -> str:
        return self._directory.shared_catalog(merchant_id)

    async def sizes(self, actor: str) -> dict[str, int]:
        return cast(dict[str, int], await call(self._directory.catalog(actor).sizes))

    def start(self, actor: str) -> None:
        from actors.catalog import CatalogActor  # noqa: PLC0415 - half a second, where none is started

        create(Wanted(kind=CatalogActor, name=actor, arguments=(actor,)))

    async def take(self, actor: str, merchant_id: str, was: str) -> None:
        await call(self._directory.catalog(actor).take, merchant_id, was)

    async def dedicated(self) -> Sequence[str]:
        everywhere = await asyncio.to_thread(list_named_actors, all_namespaces=True)
        return [
            each["name"]
            for each in everywhere
            if each["namespace"] == NAMESPACE and is_dedicated(each["name"])
        ]

    def end(self, actor: str) -> None:
        ray.kill(named(actor))
