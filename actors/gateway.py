"""What the web asks of the actors. The only place that knows how to reach them."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from ray.exceptions import RayError
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.calls import call
from actors.changes import MOST_AT_ONCE, Answer, Change, Deletion, Products, Puts, Restoration, weight
from actors.conversation import Answered
from actors.grouping import Grouped
from actors.merging import Put
from actors.metrics.arrivals import ArrivalMetrics
from actors.metrics.instruments import RayInstruments
from actors.metrics.names import DESCRIPTIONS
from actors.placement import Directory, Handle, shard_of
from actors.places import Places
from models.errors import Unavailable
from models.merchant import Merchant
from models.message import EventKind
from models.product import Product
from models.search import Explanation, Facets, Filters, Order, SearchResult, Trial
from models.shape import Shape
from models.turn import Reply, Turn
from store import placement
from store.conversations import Conversation
from store.database import autocommit
from store.inbox import Taken, bucket
from store.placement import Moved


class Gateway:
    def __init__(self, engine: AsyncEngine, directory: Directory) -> None:
        self.engine = engine
        self._directory = directory
        self._places = Places(engine)
        self._arrivals = ArrivalMetrics(RayInstruments(DESCRIPTIONS))
        self._changes: dict[str, Grouped[Change, Products]] = {}

    def place_for(self, merchant_id: str) -> str:
        """The catalog actor a new merchant is given."""
        return self._directory.shared_catalog(merchant_id)

    def notify(self, taken: Sequence[Taken]) -> None:
        """Fire and forget: the inbox is the truth, a sweep finds what is lost here.

        And echoes: most are of parts whose end is being recorded, and that settles them.
        """
        self._arrivals.taken(taken)
        by_shard: dict[Any, list[int]] = defaultdict(list)
        for event in taken:
            if event.waiting and event.kind is not EventKind.ECHO:
                by_shard[self._directory.conversation(event.bucket)].append(event.conversation_id)
        for actor, conversation_ids in by_shard.items():
            actor.notify.remote(conversation_ids)

    def webhook_answered(self, source: str, status: int) -> None:
        """`source` is instagram or shopify, `status` that of HTTP."""
        self._arrivals.webhook(source, status)

    async def answered(self, taken: Taken, timeout_s: float) -> Answered:
        """Waits for the turn that takes this event."""
        actor = self._directory.conversation(taken.bucket)
        return cast(Answered, await call(actor.wait, taken.conversation_id, taken.seq, timeout_s))

    async def draft(self, turn: Turn) -> Reply:
        """What the agent would answer. Nothing is kept and nothing is sent."""
        actor = self._directory.conversation(shard_of(turn.id, self._directory.conversation_shards))
        try:
            return cast(Reply, await call(actor.draft, turn))
        except RayError as error:
            raise Unavailable("the assistant could not be asked just now") from error

    async def search(
        self, merchant_id: str, query: str, filters: Filters, limit: int, *, order: Order, relax: bool
    ) -> SearchResult:
        found = await self._ask("search", merchant_id, query, filters, limit, order=order, relax=relax)
        return cast(SearchResult, found)

    async def explain(
        self,
        merchant_id: str,
        query: str,
        filters: Filters,
        limit: int,
        *,
        order: Order,
        relax: bool,
        trial: Trial,
    ) -> Explanation:
        """As `search`, with settings that are only tried, and how the answer came about."""
        found = await self._ask(
            "explain", merchant_id, query, filters, limit, order=order, relax=relax, trial=trial
        )
        return cast(Explanation, found)

    async def facets(self, merchant_id: str) -> Facets:
        return cast(Facets, await self._ask("facets", merchant_id))

    async def similar(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return cast(SearchResult, await self._ask("similar", merchant_id, product_id, filters, limit))

    async def cheaper(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return cast(SearchResult, await self._ask("cheaper", merchant_id, product_id, filters, limit))

    async def shape(self, merchant_id: str, filters: Filters) -> Shape:
        return cast(Shape, await self._ask("shape", merchant_id, filters))

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products:
        """All of them or none; as they are now, with versions and kept variant ids."""
        return await self._changes_of(merchant.id).call(Puts(puts=tuple(puts), currency=merchant.currency))

    async def delete(self, merchant_id: str, product_id: str, expected_version: int | None) -> None:
        deletion = Deletion(product_id=product_id, expected_version=expected_version)
        await self._changes_of(merchant_id).call(deletion)

    async def restore(self, merchant_id: str, product_id: str, expected_version: int | None) -> Product:
        """What was deleted, as it was."""
        restoration = Restoration(product_id=product_id, expected_version=expected_version)
        (product,) = await self._changes_of(merchant_id).call(restoration)
        return product

    async def rebuild(self, merchant_id: str) -> int:
        """The index anew, from the table, while the old one answers. How many products it holds."""
        return cast(int, await self._ask("rebuild", merchant_id))

    async def refresh_popularity(self, merchant_id: str) -> None:
        self._places.forget(merchant_id)  # who has not loaded it does not say that it has moved
        await self._ask("refresh_popularity", merchant_id)

    async def refresh_settings(self, merchant_id: str) -> None:
        self._places.forget(merchant_id)
        await self._ask("refresh_settings", merchant_id)

    async def loaded(self, merchant_id: str) -> bool:
        self._places.forget(merchant_id)
        actor = await self._places.of(merchant_id)
        return merchant_id in cast(dict[str, int], await call(self._directory.catalog(actor).sizes))

    def placing_changed(self) -> None:
        """Some merchant may belong elsewhere now."""
        self._directory.jobs().place.remote()

    async def pause(self, conversation: Conversation, reason: str) -> None:
        await call(self._conversation(conversation).pause, conversation.id, reason)

    async def resume(self, conversation: Conversation) -> None:
        await call(self._conversation(conversation).resume, conversation.id)

    async def reset(self, conversation: Conversation) -> None:
        await call(self._conversation(conversation).reset, conversation.id)

    async def say(self, conversation: Conversation, text: str) -> None:
        await call(self._conversation(conversation).say, conversation.id, text)

    def delivery_ready(self, merchant_id: str) -> None:
        """Something may go out that could not before."""
        self._directory.delivery(merchant_id).notify.remote([merchant_id])

    def job_started(self) -> None:
        self._directory.jobs().notify.remote()

    async def check(self) -> None:
        """Raises unless every shard answers."""
        async with autocommit(self.engine) as connection:
            merchants_at = await placement.actors(connection)
        for actor in self._directory.all(merchants_at):
            await call(actor.version)

    def _changes_of(self, merchant_id: str) -> Grouped[Change, Products]:
        """What comes while a call is under way leaves together after it: a call costs more than its load."""
        if merchant_id not in self._changes:
            self._changes[merchant_id] = Grouped(
                partial(self._change, merchant_id), size=weight, most=MOST_AT_ONCE
            )
        return self._changes[merchant_id]

    async def _change(self, merchant_id: str, changes: Sequence[Change]) -> list[Answer]:
        answers = cast(list[Answer], await self._ask("change", merchant_id, list(changes)))
        left = {number: answer for number, answer in enumerate(answers) if isinstance(answer, Moved)}
        if left:
            self._places.learn(merchant_id, next(reversed(left.values())).actor)
            again = await self._change(merchant_id, [changes[number] for number in left])
            for number, answer in zip(left, again, strict=True):
                answers[number] = answer
        return answers

    def _conversation(self, conversation: Conversation) -> Handle:
        return self._directory.conversation(bucket(conversation.key))

    async def _ask(self, method: str, merchant_id: str, *arguments: object, **named: object) -> object:
        """Of the catalog actor that has the merchant, wherever it moves meanwhile."""
        actor = await self._places.of(merchant_id)
        while True:
            try:
                asked = getattr(self._directory.catalog(actor), method)
                return await call(asked, merchant_id, *arguments, **named)
            except Moved as moved:
                actor = moved.actor
                self._places.learn(merchant_id, actor)
