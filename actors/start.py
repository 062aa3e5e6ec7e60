"""Brings every named actor up. Safe to call from any process, any number of times."""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from actors import placement
from actors.catalog import CatalogActor
from actors.conversation import ConversationActor
from actors.delivery import DeliveryActor
from actors.jobs import JobActor
from actors.named import Wanted, current
from actors.placement import Directory
from settings import Settings
from store import placement as placed
from store.database import autocommit, connect
from version import version


def directory(configuration: Settings) -> Directory:
    return Directory(
        catalog_actors=configuration.catalog_actors,
        conversation_shards=configuration.conversation_shards,
        delivery_shards=configuration.delivery_shards,
    )


def start_actors(configuration: Settings, application: str) -> list[Any]:
    """Their handles. Does not wait until they are up. One that runs another version is replaced."""
    with ThreadPoolExecutor(1) as beside:  # the caller may have an event loop of its own
        merchants_at = beside.submit(asyncio.run, _merchants_at(configuration)).result()
    return current(list(_all(configuration, application, merchants_at)), version(configuration))


async def _merchants_at(configuration: Settings) -> list[str]:
    engine = connect(configuration.require_database_url)
    try:
        async with autocommit(engine) as connection:
            return await placed.actors(connection)
    finally:
        await engine.dispose()


def _all(configuration: Settings, application: str, merchants_at: Iterable[str]) -> Iterator[Wanted]:
    where = directory(configuration)
    for name in where.catalogs(merchants_at):
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
