"""Which actor has whom. Names are fixed, so every process finds every actor by itself."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import ray

NAMESPACE = "shopkeep"
APPLICATION = "shopkeep"  # of Serve
Handle = Any  # an actor or a method of one: Ray carries no types
JOBS = "jobs"
_DEDICATED = "catalog-dedicated-"


def catalog_name(number: int) -> str:
    return f"catalog-{number}"


def dedicated_name(merchant_id: str, epoch: int) -> str:
    """Of a merchant's own catalog actor. Every move has a name of its own, so that a handle kept from an
    earlier one leads to nobody rather than to the wrong process.
    """
    return f"{_DEDICATED}{hashlib.sha256(merchant_id.encode()).hexdigest()[:12]}-{epoch}"


def is_dedicated(name: str) -> bool:
    return name.startswith(_DEDICATED)


def conversation_name(shard: int) -> str:
    return f"conversation-{shard}"


def delivery_name(shard: int) -> str:
    return f"delivery-{shard}"


def shard_of(text: str, shards: int) -> int:
    return zlib.crc32(text.encode()) % shards


def named(name: str) -> Handle:
    """ValueError where there is no such actor."""
    return ray.get_actor(name, namespace=NAMESPACE)


class Named:
    """Who has this name. A handle outlives its actor's restarts; one that was replaced is looked up again."""

    def __init__(self, name: str, find: Callable[[str], Handle] = named) -> None:
        """ValueError where nobody has the name."""
        self._name = name
        self._find = find
        self.handle = find(name)

    def look_up(self) -> None:
        """As above."""
        self.handle = self._find(self._name)

    def __getattr__(self, method: str) -> "Method":
        if method.startswith("_"):  # asked for by pickle and the like
            raise AttributeError(method)
        return Method(self, method)


@dataclass(frozen=True, slots=True)
class Method:
    of: Named
    name: str

    def remote(self, *arguments: object, **named: object) -> Handle:
        return getattr(self.of.handle, self.name).remote(*arguments, **named)


class Directory:
    """Actors by name, each looked up once, and again by `call` when another has taken its name."""

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

    def shared_catalog(self, merchant_id: str) -> str:
        """The name of the catalog actor that a merchant shares with others."""
        return catalog_name(shard_of(merchant_id, self.catalog_actors))

    def catalogs(self, merchants_at: Iterable[str]) -> list[str]:
        """Names of all catalog actors: the shared ones, and those that the table says have a merchant."""
        return sorted({*map(catalog_name, range(self.catalog_actors)), *merchants_at})

    def all(self, merchants_at: Iterable[str]) -> Iterator[Handle]:
        """`merchants_at`: the catalog actors that the table says have a merchant."""
        yield from (self.catalog(name) for name in self.catalogs(merchants_at))
        yield from (self.conversation(shard) for shard in range(self.conversation_shards))
        yield from (self._handle(delivery_name(shard)) for shard in range(self.delivery_shards))
        yield self.jobs()

    def _handle(self, name: str) -> Handle:
        if name not in self._handles:
            self._handles[name] = Named(name)
        return self._handles[name]
