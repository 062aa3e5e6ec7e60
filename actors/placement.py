"""Which actor has whom. Names are fixed, so every process finds every actor by itself."""

import zlib
from collections.abc import Iterator
from typing import Any

import ray

NAMESPACE = "shopkeep"
APPLICATION = "shopkeep"  # of Serve
Handle = Any  # Ray's handles carry no types
JOBS = "jobs"


def catalog_name(number: int) -> str:
    return f"catalog-{number}"


def conversation_name(shard: int) -> str:
    return f"conversation-{shard}"


def delivery_name(shard: int) -> str:
    return f"delivery-{shard}"


def shard_of(text: str, shards: int) -> int:
    return zlib.crc32(text.encode()) % shards


class Directory:
    """Actor handles by name. A handle outlives its actor's restarts, so it is looked up once."""

    def __init__(self, *, catalog_actors: int, conversation_shards: int, delivery_shards: int) -> None:
        self.catalog_actors = catalog_actors
        self.conversation_shards = conversation_shards
        self.delivery_shards = delivery_shards
        self._handles: dict[str, Handle] = {}

    def catalog(self, name: str) -> Handle:
        return self._handle(name)

    def conversation(self, bucket: int) -> Handle:
        return self._handle(conversation_name(bucket % self.conversation_shards))

    def delivery(self, merchant_id: str) -> Handle:
        return self._handle(delivery_name(shard_of(merchant_id, self.delivery_shards)))

    def jobs(self) -> Handle:
        return self._handle(JOBS)

    def all(self) -> Iterator[Handle]:
        yield from (self.catalog(catalog_name(number)) for number in range(self.catalog_actors))
        yield from (self.conversation(shard) for shard in range(self.conversation_shards))
        yield from (self._handle(delivery_name(shard)) for shard in range(self.delivery_shards))
        yield self.jobs()

    def _handle(self, name: str) -> Handle:
        if name not in self._handles:
            self._handles[name] = ray.get_actor(name, namespace=NAMESPACE)
        return self._handles[name]
