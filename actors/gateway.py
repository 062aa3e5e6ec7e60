"""What the web asks of the actors. The only place that knows how to reach them."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from ray.exceptions import RayTaskError
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import MOST_AT_ONCE, Answer, Change, Deletion, Products, Puts, weight
from actors.conversation import Answered
from actors.grouping import Grouped
from actors.merging import Put
from actors.placement import Directory, Handle, catalog_name, shard_of
from models.errors import ShopkeepError
from models.merchant import Merchant
from models.search import Filters, Order, SearchResult
from models.shape import Shape
from store import products
from store.conversations import Conversation
from store.database import autocommit
from store.inbox import Taken, bucket


class Gateway:
    def __init__(self, engine: AsyncEngine, directory: Directory) -> None:
        self.engine = engine
        self._directory = directory
        self._places: dict[str, str] = {}
        self._changes: dict[str, Grouped[Change, Products]] = {}

    def place_for(self, merchant_id: str) -> str:
        """The catalog actor a new merchant is given."""
        return catalog_name(shard_of(merchant_id, self._directory.catalog_actors))

    def notify(self, taken: Sequence[Taken]) -> None:
        """Fire and forget: the inbox is the truth, a sweep finds what is lost here."""
        by_shard: dict[Any, list[int]] = defaultdict(list)
        for event in taken:
            if event.waiting:
                by_shard[self._directory.conversation(event.bucket)].append(event.conversation_id)
        for actor, conversation_ids in by_shard.items():
            actor.notify.remote(conversation_ids)

    async def answered(self, taken: Taken, timeout_s: float) -> Answered:
        """Waits for the turn that takes this event."""
        actor = self._directory.conversation(taken.bucket)
        return cast(Answered, await _call(actor.wait, taken.conversation_id, taken.seq, timeout_s))

    async def search(
        self, merchant_id: str, query: str, filters: Filters, limit: int, *, order: Order, relax: bool
    ) -> SearchResult:
        actor = await self._catalog(merchant_id)
        found = await _call(actor.search, merchant_id, query, filters, limit, order=order, relax=relax)
        return cast(SearchResult, found)

    async def similar(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        actor = await self._catalog(merchant_id)
        return cast(SearchResult, await _call(actor.similar, merchant_id, product_id, filters, limit))

    async def cheaper(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        actor = await self._catalog(merchant_id)
        return cast(SearchResult, await _call(actor.cheaper, merchant_id, product_id, filters, limit))

    async def shape(self, merchant_id: str, filters: Filters) -> Shape:
        actor = await self._catalog(merchant_id)
        return cast(Shape, await _call(actor.shape, merchant_id, filters))

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products:
        """All of them or none; as they are now, with versions and kept variant ids."""
        return await self._changes_of(merchant.id).call(Puts(puts=tuple(puts), currency=merchant.currency))

    async def delete(self, merchant_id: str, product_id: str, expected_version: int | None) -> None:
        deletion = Deletion(product_id=product_id, expected_version=expected_version)
        await self._changes_of(merchant_id).call(deletion)

    async def rebuild(self, merchant_id: str) -> int:
        """The index anew, from the table, while the old one answers. How many products it holds."""
        actor = await self._catalog(merchant_id)
        return cast(int, await _call(actor.rebuild, merchant_id))

    async def refresh_popularity(self, merchant_id: str) -> None:
        actor = await self._catalog(merchant_id)
        await _call(actor.refresh_popularity, merchant_id)

    async def pause(self, conversation: Conversation, reason: str) -> None:
        await _call(self._conversation(conversation).pause, conversation.id, reason)

    async def resume(self, conversation: Conversation) -> None:
        await _call(self._conversation(conversation).resume, conversation.id)

    async def reset(self, conversation: Conversation) -> None:
        await _call(self._conversation(conversation).reset, conversation.id)

    async def say(self, conversation: Conversation, text: str) -> None:
        await _call(self._conversation(conversation).say, conversation.id, text)

    def delivery_ready(self, merchant_id: str) -> None:
        """Something may go out that could not before."""
        self._directory.delivery(merchant_id).notify.remote(merchant_id)

    def job_started(self) -> None:
        self._directory.jobs().notify.remote()

    async def check(self) -> None:
        """Raises unless every shard answers."""
        for actor in self._directory.all():
            await actor.version.remote()

    def _changes_of(self, merchant_id: str) -> Grouped[Change, Products]:
        """What comes while a call is under way leaves together after it: a call costs more than its load."""
        if merchant_id not in self._changes:
            self._changes[merchant_id] = Grouped(
                partial(self._change, merchant_id), size=weight, most=MOST_AT_ONCE
            )
        return self._changes[merchant_id]

    async def _change(self, merchant_id: str, changes: Sequence[Change]) -> list[Answer]:
        actor = await self._catalog(merchant_id)
        return cast(list[Answer], await _call(actor.change, merchant_id, list(changes)))

    def _conversation(self, conversation: Conversation) -> Handle:
        return self._directory.conversation(bucket(conversation.key))

    async def _catalog(self, merchant_id: str) -> Handle:
        if merchant_id not in self._places:
            async with autocommit(self.engine) as connection:
                self._places[merchant_id] = await products.place_of(connection, merchant_id)
        return self._directory.catalog(self._places[merchant_id])


async def _call(method: Handle, *arguments: object, **named: object) -> object:
    """What the actor raised for the caller to be told comes back as it was raised."""
    try:
        return cast(object, await method.remote(*arguments, **named))
    except RayTaskError as error:
        if isinstance(error.cause, ShopkeepError):
            raise error.cause from None
        raise
