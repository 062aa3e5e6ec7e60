"""DeliveryActor: sends what the outbox holds; a merchant hashes to one, so a rate limit has one owner."""

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence

import aiohttp
import ray
from sqlalchemy.ext.asyncio import AsyncConnection

import logs
from actors.courier import Courier
from actors.metrics.deliveries import DeliveryMetrics
from actors.metrics.process import instruments
from actors.placement import shard_of
from actors.tracked_links import CODE_BYTES, TrackedLinks
from channels.instagram.channel import InstagramChannel
from channels.instagram.client import InstagramClient
from models.message import ConversationKey
from settings import settings
from store import outbox
from store.database import connect
from store.outbox import Delivery
from store.vault import Vault
from version import version

log = logging.getLogger(__name__)

SWEEP_S = 2.0
# What a call elsewhere may take that does not say it better itself.
CALL_S = 60.0
# How long an echo may still turn an unknown outcome into a sent part.
ECHO_PATIENCE_S = 15.0
# The same where the sender died: its successor took a while, and the customers behind it still wait.
ABANDONED_PATIENCE_S = 4.0


@ray.remote
class DeliveryActor:
    def __init__(self, shard: int, shards: int) -> None:
        configuration = settings()
        logs.configure(configuration.log_level, configuration.log_format)
        self._shard, self._shards = shard, shards
        self._engine = connect(configuration.require_database_url)
        client = InstagramClient(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_S)),
            graph_url=configuration.instagram_graph_url,
            api_version=configuration.instagram_api_version,
            app_url=configuration.public_url,
        )
        channel = InstagramChannel(client)
        vault = Vault([key.get_secret_value() for key in configuration.encryption_keys])
        self._courier = Courier(
            engine=self._engine,
            channels={channel.name: channel},
            open_token=vault.open,
            monotonic=time.monotonic,
            links=TrackedLinks(self._engine, lambda: secrets.token_urlsafe(CODE_BYTES))
            if configuration.reachable
            else None,
            metrics=DeliveryMetrics(instruments("delivery")),
        )
        self._merchants: set[str] = set()
        self._took_over = asyncio.Event()
        self._news = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._deliver()), loop.create_task(self._sweep())]

    async def version(self) -> str:
        return version(settings())

    async def notify(self, merchant_ids: Sequence[str]) -> None:
        """They have something to send. Losing this call only costs the time to the next sweep."""
        self._merchants.update(merchant_ids)
        self._news.set()

    async def show_typing(self, key: ConversationKey) -> None:
        """A courtesy while an answer is made."""
        await self._courier.show_typing(key)

    async def _sweep(self) -> None:
        while True:
            try:
                async with self._engine.begin() as connection:
                    mine = await self._mine(connection)
                    if not self._took_over.is_set():
                        # Nothing has been claimed yet: this was sent by an earlier life of this actor.
                        await outbox.abandon(connection, list(mine))
                    await outbox.expire(connection, list(mine))
                    await outbox.release(
                        connection,
                        list(mine),
                        ECHO_PATIENCE_S,
                        abandoned_s=ABANDONED_PATIENCE_S,
                        held=self._courier.held,
                    )
                    await outbox.give_way(connection, list(mine))
                self._took_over.set()
                self._merchants = mine
                if mine:
                    self._news.set()
            except Exception:
                log.exception("the sweep failed; it is tried again")
            await asyncio.sleep(SWEEP_S)

    async def _mine(self, connection: AsyncConnection) -> set[str]:
        """Merchants of this shard that have something to send."""
        found = await outbox.merchants_with_work(connection)
        return {each for each in found if shard_of(each, self._shards) == self._shard}

    async def _deliver(self) -> None:
        await self._took_over.wait()
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                claimed = await self._courier.take(list(self._merchants))
            except Exception:
                log.exception("nothing could be claimed; the sweep tries again")
                continue
            for delivery in claimed:
                task = asyncio.get_running_loop().create_task(self._send(delivery))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)

    async def _send(self, delivery: Delivery) -> None:
        try:
            await self._courier.send(delivery)
        except Exception:
            # It stays `sending`: its echo or the sweep decides.
            log.exception("part %s: its end could not be recorded", delivery.id)
        # The next part of this conversation may go now.
        self._news.set()
