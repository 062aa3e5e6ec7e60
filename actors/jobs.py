"""JobActor: owns background work. Jobs are rows; whoever holds the lease goes on from the cursor."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp
import ray

import logs
from actors.account_upkeep import AccountUpkeep
from actors.chores import POLL_S, Chore, happened, sparingly
from actors.comment_poll import CommentPoll
from actors.figure_roll_ups import FigureRollUps
from actors.fleet import RayFleet
from actors.gateway import Gateway
from actors.import_check import KIND as IMPORT_CHECK
from actors.import_check import ImportCheck
from actors.import_undo import KIND as IMPORT_UNDO
from actors.import_undo import ImportUndo
from actors.imports import ImportJob
from actors.merchant_erasure import MerchantErasure
from actors.metrics.levels import LevelMetrics
from actors.metrics.process import instruments
from actors.placement import Directory
from actors.placing import Placing
from actors.retention import RetentionJob
from actors.roll_ups import RollUps
from actors.shopify_clients import ShopifyClients
from actors.shopify_erasure import ShopifyErasure
from actors.shopify_rereads import ShopifyRereads
from actors.shopify_sync import KIND as SHOPIFY_SYNC
from actors.shopify_sync import ShopifySync
from actors.shopify_upkeep import ShopifyUpkeep
from actors.upload_upkeep import UploadUpkeep
from actors.watch import Watch
from channels.instagram.account_api import AccountApi
from channels.instagram.post_api import PostApi
from settings import settings
from sources.shopify.subscriptions import PATH as WEBHOOKS
from store import (
    audit,
    bulk_changes,
    deletions,
    erasures,
    events,
    installation,
    invitations,
    jobs,
    sessions,
    shopify_stores,
    sign_in_failures,
)
from store.database import autocommit, connect
from store.files import files_at
from store.jobs import Job
from store.vault import Vault
from version import version

LEASE_S = 30.0
HOUR_S = 3600.0
# What a call elsewhere may take that does not say it better itself.
CALL_S = 60.0
# A long job keeps no short one waiting. Each of these holds a database connection only for moments.
WORKERS = 4
# What has its time, whosever it is.
PRUNED = (
    *(installation, jobs, events, sessions, invitations, sign_in_failures),
    *(audit, bulk_changes, deletions),
)


@ray.remote
class JobActor:
    def __init__(self, directory: Directory) -> None:
        configuration = settings()
        logs.configure(configuration.log_level, configuration.log_format)
        self._engine = connect(configuration.require_database_url)
        self._gateway = Gateway(self._engine, directory)
        self._news = asyncio.Event()
        self._changes = asyncio.Event()
        self._roll_ups = RollUps(self._engine, self._gateway.refresh_popularity)
        self._figures = FigureRollUps(self._engine)
        self._watch = Watch(self._engine, self._gateway)
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_S))
        api = AccountApi(
            session,
            graph_url=configuration.instagram_graph_url,
            api_version=configuration.instagram_api_version,
        )
        vault = Vault([key.get_secret_value() for key in configuration.encryption_keys])
        self._upkeep = AccountUpkeep(self._engine, api, vault)
        self._shopify = ShopifyClients(self._engine, vault, session, configuration)
        address = f"{configuration.public_url}{WEBHOOKS}" if configuration.reachable else None
        self._rereads = ShopifyRereads(self._engine, self._gateway, self._shopify)
        self._stores = ShopifyUpkeep(self._engine, self._shopify, address=address)
        posts = PostApi(
            session,
            graph_url=configuration.instagram_graph_url,
            api_version=configuration.instagram_api_version,
        )
        self._placing = Placing(
            self._engine, RayFleet(directory), dedicated_products=configuration.dedicated_products
        )
        self._misplaced = asyncio.Event()
        self._retention = RetentionJob(self._engine)
        self._levels = LevelMetrics(self._engine, instruments("jobs"))
        every = timedelta(seconds=configuration.comment_poll_seconds)
        self._comments = CommentPoll(self._engine, posts, vault, self._gateway.notify, every=every)
        self._files = files_at(configuration.uploads_location)
        self._uploads = UploadUpkeep(self._engine, self._files)
        self._comments_every = configuration.comment_poll_seconds
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(chore.keep_doing()) for chore in self._chores()]

    def _chores(self) -> Iterator[Chore]:
        news, changes = partial(happened, self._news), partial(happened, self._changes)
        misplaced, a_while = partial(happened, self._misplaced), partial(asyncio.sleep, POLL_S)
        an_hour = partial(asyncio.sleep, HOUR_S)
        poll = partial(asyncio.sleep, min(POLL_S, self._comments_every))
        for _ in range(WORKERS):
            yield Chore(self._work, "a job stopped; it goes on when its lease has run out", news)
        yield Chore(self._roll_up, "the roll-up stopped; the next one begins where it was", a_while)
        yield Chore(self._count_figures, "the figures were not counted; it is tried again", a_while)
        yield Chore(self._watch.look, "nobody could look whether everything answers", a_while)
        yield Chore(self._upkeep.run, "the accounts were not looked after; it is tried again", a_while)
        yield Chore(self._look_after_stores, "the stores were not looked after; it is tried again", a_while)
        yield Chore(self._rereads.begin, "changes of stores were not read; it is tried again", changes)
        yield Chore(self._comments.run, "comments were not asked for; it is tried again", poll)
        yield Chore(self._uploads.run, "uploads nobody needs were not erased; it is tried again", an_hour)
        yield Chore(self._levels.read, "what waits was not counted; it is tried again", a_while)
        yield Chore(self._retire, "what is too old was not deleted; it is tried again", an_hour)
        yield Chore(self._placing.run, "merchants were not placed; it is tried again", misplaced)

    async def version(self) -> str:
        return version(settings())

    async def notify(self) -> None:
        """A new job, or a store that told of a change. Losing this only costs the time to the next look."""
        self._news.set()
        self._changes.set()

    async def place(self) -> None:
        """Some merchant belongs elsewhere. Losing this call only costs the time to the next look."""
        self._misplaced.set()

    async def _work(self) -> None:
        while await self._next():
            pass
        async with self._engine.begin() as connection:
            for kept in PRUNED:
                await kept.prune(connection)

    async def _roll_up(self) -> None:
        await sparingly(self._roll_ups.run)

    async def _count_figures(self) -> None:
        await sparingly(self._figures.run)

    async def _retire(self) -> None:
        await self._retention.run(datetime.now(UTC))

    async def _look_after_stores(self) -> None:
        if await self._stores.run():
            self._news.set()

    async def _next(self) -> bool:
        async with self._engine.begin() as connection:
            job = await jobs.lease(connection, LEASE_S)
        if job is None:
            return False
        await self._run(job)
        return True

    async def _run(self, job: Job) -> None:
        if job.kind == erasures.MERCHANT_JOB:
            await MerchantErasure(self._engine, self._files, job, lease_s=LEASE_S).run()
            return
        if job.kind == erasures.STORE_JOB:
            await ShopifyErasure(self._engine, self._gateway, job, lease_s=LEASE_S).run()
            return
        if job.kind != SHOPIFY_SYNC:
            await self._import(job)
            return
        async with autocommit(self._engine) as connection:
            store = await shopify_stores.get(connection, job.merchant_id)
        client = self._shopify.of(job.merchant_id, store.shop)
        await ShopifySync(self._engine, self._gateway, job, client, lease_s=LEASE_S).run()

    async def _import(self, job: Job) -> None:
        if job.kind == IMPORT_CHECK:
            await ImportCheck(self._engine, self._files, job, lease_s=LEASE_S).run()
        elif job.kind == IMPORT_UNDO:
            await ImportUndo(self._engine, self._gateway, job, lease_s=LEASE_S).run()
        else:
            await ImportJob(self._engine, self._gateway, self._files, job, lease_s=LEASE_S).run()
