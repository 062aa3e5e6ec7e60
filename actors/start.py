"""Brings every named actor up. Safe to call from any process, any number of times."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ray

from actors import placement
from actors.catalog import CatalogActor
from actors.conversation import ConversationActor
from actors.delivery import DeliveryActor
from actors.jobs import JobActor
from actors.placement import NAMESPACE, Directory, Handle
from settings import Settings
from version import version


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    kind: Any  # a Ray actor class
    name: str
    arguments: tuple[object, ...]


def directory(configuration: Settings) -> Directory:
    return Directory(
        catalog_actors=configuration.catalog_actors,
        conversation_shards=configuration.conversation_shards,
        delivery_shards=configuration.delivery_shards,
    )


def start_actors(configuration: Settings, application: str) -> list[Any]:
    """Their handles. Does not wait until they are up. One that runs another version is replaced."""
    return [_current(wanted, version(configuration)) for wanted in _all(configuration, application)]


def _all(configuration: Settings, application: str) -> Iterator[Wanted]:
    where = directory(configuration)
    for number in range(configuration.catalog_actors):
        name = placement.catalog_name(number)
        yield Wanted(kind=CatalogActor, name=name, arguments=(name,))
    for shard in range(configuration.conversation_shards):
        yield Wanted(
            kind=ConversationActor,
            name=placement.conversation_name(shard),
            arguments=(shard, where, application),
        )
    for shard in range(configuration.delivery_shards):
        yield Wanted(
            kind=DeliveryActor,
            name=placement.delivery_name(shard),
            arguments=(shard, configuration.delivery_shards),
        )
    yield Wanted(kind=JobActor, name=placement.JOBS, arguments=(where,))


def _current(wanted: Wanted, version: str) -> Handle:
    try:
        running = ray.get_actor(wanted.name, namespace=NAMESPACE)
    except ValueError:
        return _create(wanted)
    if ray.get(running.version.remote()) == version:
        return running
    ray.kill(running)
    return _create(wanted)


def _create(wanted: Wanted) -> Handle:
    return wanted.kind.options(
        name=wanted.name,
        namespace=NAMESPACE,
        lifetime="detached",
        get_if_exists=True,
        # It comes back by itself, and a call that was under way is made again:
        # every method may be repeated.
        max_restarts=-1,
        max_task_retries=-1,
        max_concurrency=1000,
        num_cpus=0,
    ).remote(*wanted.arguments)
