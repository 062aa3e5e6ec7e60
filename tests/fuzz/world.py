"""The whole application in this process, on a real database: what its actors do, without Ray between."""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, cast

import httpx2 as httpx
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors import person
from actors.changes import Change, Deletion, Products, Puts, Restoration
from actors.conversation import Answered
from actors.fits import fits
from actors.gateway import Gateway
from actors.grouped_turns import GroupedTurns
from actors.mailbox import Mailbox, Surroundings
from actors.merging import Put
from actors.metrics.instruments import Unheard
from actors.metrics.turns import TurnMetrics
from actors.owned_catalogue import OwnedCatalogue
from agent.interim import still_looking
from agent.ladder import Ladder, build_ladder
from channels.instagram.direct import CHANNEL
from indexes.query_vectors import QueryVectors
from models.errors import ShopkeepError
from models.merchant import Merchant
from models.product import Product
from models.search import Explanation, Facets, Filters, Order, SearchResult, Trial
from models.shape import Shape
from models.turn import Reply, Turn
from settings import Settings
from store import accounts, conversations, inbox, merchants
from store.conversations import Conversation
from store.database import autocommit, connect
from store.inbox import Taken
from store.vault import Vault
from tests.actors.wares import CountingEmbedder
from tests.actors.wares import put as ware
from tests.fuzz.payloads import SHOP
from web.app import build

MERCHANT = Merchant(id="m1", name="Linden & Lark", currency="EUR")
APP_SECRET = "ig_secret_test"
ADDRESS = "https://shop.example"
KEY = "a key of this test"
ADMIN_TOKEN = "the-admin-token-of-this-test"
AUTHORIZED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
# Nobody listens there: what asks Instagram hears at once that it cannot.
NOWHERE = "http://127.0.0.1:9"


class Actors:
    """A gateway's shape. The catalogue, the conversations and the rules behind it are the real ones."""

    def __init__(self, engine: AsyncEngine, folder: Path) -> None:
        self.engine = engine
        self._folder = folder
        self._catalogues: dict[str, OwnedCatalogue] = {}
        self._rules: Ladder = build_ladder(
            openai_api_key=None,
            openai_base_url=None,
            model="none",
            clock=lambda: datetime.now(UTC),
            monotonic=time.monotonic,
        )
        self._around = Surroundings(
            engine=engine,
            metrics=TurnMetrics(Unheard()),
            turns=GroupedTurns(engine),
            answer=self._answer,
            still_looking=still_looking,
            announce=lambda _: None,
            show_typing=lambda _: None,
            fits=fits(ADDRESS),
            quiet=timedelta(0),
            pause=timedelta(hours=1),
        )

    async def work(self, conversation_id: int) -> None:
        """Until nothing waits in it."""
        await Mailbox(conversation_id, self._around).work(lambda _: None)

    async def _answer(self, turn: Turn) -> Reply:
        return await self._rules.answer(turn, _Shop(await self.catalogue(turn.merchant.id)))

    async def draft(self, turn: Turn) -> Reply:
        return await self._answer(turn)

    async def catalogue(self, merchant_id: str) -> OwnedCatalogue:
        if merchant_id not in self._catalogues:
            embedder = CountingEmbedder()
            self._catalogues[merchant_id] = await OwnedCatalogue.open(
                engine=self.engine,
                merchant_id=merchant_id,
                actor=self.place_for(merchant_id),
                embedder=embedder,
                queries=QueryVectors(embedder, time.monotonic),
                folder=self._folder,
            )
        return self._catalogues[merchant_id]

    def place_for(self, merchant_id: str) -> str:  # noqa: ARG002 - a gateway's shape
        return "catalog-0"

    def webhook_answered(self, source: str, status: int) -> None:
        """Counted, and of no consequence."""

    def notify(self, taken: Sequence[Taken]) -> None:
        """Whoever wants to see them answered calls `work`."""

    def delivery_ready(self, merchant_id: str) -> None:
        """Nothing is delivered here."""

    def job_started(self) -> None:
        """No job is carried out here."""

    def placing_changed(self) -> None:
        """There is one place."""

    async def check(self) -> None:
        """All is well."""

    async def loaded(self, merchant_id: str) -> bool:
        return merchant_id in self._catalogues

    async def answered(self, taken: Taken, timeout_s: float) -> Answered:
        async with asyncio.timeout(timeout_s):
            await self.work(taken.conversation_id)
        async with autocommit(self.engine) as connection:
            turn = await inbox.turn_of(connection, taken.seq)
        assert turn is not None
        return Answered(turn_id=turn, finished=True)

    async def search(
        self, merchant_id: str, query: str, filters: Filters, limit: int, *, order: Order, relax: bool
    ) -> SearchResult:
        catalogue = await self.catalogue(merchant_id)
        return await catalogue.search(query, filters, limit, order=order, relax=relax)

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
        catalogue = await self.catalogue(merchant_id)
        return await catalogue.explain(query, filters, limit, order=order, relax=relax, trial=trial)

    async def facets(self, merchant_id: str) -> Facets:
        return (await self.catalogue(merchant_id)).facets()

    async def similar(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return (await self.catalogue(merchant_id)).similar(product_id, filters, limit)

    async def cheaper(self, merchant_id: str, product_id: str, filters: Filters, limit: int) -> SearchResult:
        return (await self.catalogue(merchant_id)).cheaper(product_id, filters, limit)

    async def shape(self, merchant_id: str, filters: Filters) -> Shape:
        return (await self.catalogue(merchant_id)).shape(filters)

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products:
        return await self._change(merchant.id, Puts(puts=tuple(puts), currency=merchant.currency))

    async def delete(self, merchant_id: str, product_id: str, expected_version: int | None) -> None:
        await self._change(merchant_id, Deletion(product_id=product_id, expected_version=expected_version))

    async def restore(self, merchant_id: str, product_id: str, expected_version: int | None) -> Product:
        restoration = Restoration(product_id=product_id, expected_version=expected_version)
        (product,) = await self._change(merchant_id, restoration)
        return product

    async def _change(self, merchant_id: str, change: Change) -> Products:
        (answer,) = await (await self.catalogue(merchant_id)).change([change])
        if isinstance(answer, ShopkeepError):
            raise answer
        return answer

    async def rebuild(self, merchant_id: str) -> int:
        return await (await self.catalogue(merchant_id)).rebuild()

    async def refresh_popularity(self, merchant_id: str) -> None:
        await (await self.catalogue(merchant_id)).refresh_popularity()

    async def refresh_settings(self, merchant_id: str) -> None:
        await (await self.catalogue(merchant_id)).refresh_settings()

    async def pause(self, conversation: Conversation, reason: str) -> None:
        async with self.engine.begin() as connection:
            until = datetime.now(UTC) + timedelta(hours=1)
            await conversations.pause(connection, conversation.id, until, reason)

    async def resume(self, conversation: Conversation) -> None:
        async with self.engine.begin() as connection:
            await conversations.resume(connection, conversation.id)

    async def reset(self, conversation: Conversation) -> None:
        async with self.engine.begin() as connection:
            await conversations.forget(connection, conversation.id, datetime.now(UTC))

    async def say(self, conversation: Conversation, text: str) -> None:
        async with self.engine.begin() as connection:
            await person.say(
                connection,
                conversation.id,
                text,
                fits=fits(ADDRESS),
                usual_pause=timedelta(hours=1),
            )


class _Shop:
    """A catalogue as the agent asks it."""

    def __init__(self, catalogue: OwnedCatalogue) -> None:
        self._catalogue = catalogue

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._catalogue, name)
        if name == "search":
            return found

        async def asked(*arguments: Any) -> Any:
            return found(*arguments)

        return asked


class World:
    """One shop with a connected account. Whatever is logged as an error is in `errors`."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.engine = connect(database_url)
        self.actors = Actors(self.engine, folder)
        configuration: dict[str, Any] = {
            "app_url": ADDRESS,
            "admin_token": ADMIN_TOKEN,
            # It calls as often as it can.
            "requests_per_address": 0,
            "requests_per_token": 0,
            "messages_per_customer": 0,
            "encryption_keys": KEY,
            "instagram_app_id": "123",
            "instagram_app_secret": f"{APP_SECRET},the one before",
            "instagram_webhook_verify_token": "verify",
            "instagram_graph_url": NOWHERE,
            "shopify_admin_url": NOWHERE + "/{shop}",
            "instagram_api_url": NOWHERE,
            "instagram_login_url": NOWHERE,
        }
        self.app = build(Settings(_env_file=None, **configuration), cast(Gateway, self.actors))
        # What the application does not handle itself comes out of `request`.
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=ADDRESS)
        self.errors = _Errors()

    async def open(self) -> Self:
        logging.getLogger().addHandler(self.errors)
        async with self.engine.begin() as connection:
            await merchants.create(connection, MERCHANT, self.actors.place_for(MERCHANT.id))
        wares = [ware(f"p{number}", name) for number, name in enumerate(("Blue dress", "Linen hat", "Mug"))]
        await self.actors.put(MERCHANT, wares)
        return self

    async def connect_account(self) -> None:
        """Again, if a call of the API has disconnected it."""
        async with self.engine.begin() as connection:
            await accounts.connect(
                connection,
                merchant_id=MERCHANT.id,
                channel=CHANNEL,
                account_id=SHOP,
                sealed_token=Vault([KEY]).seal("token"),
            )

    async def close(self) -> None:
        logging.getLogger().removeHandler(self.errors)
        await self._client.aclose()
        await self.engine.dispose()

    async def request(self, method: str, url: str, **rest: Any) -> httpx.Response:
        """Fails where the application did not handle something, or logged an error."""
        self.errors.clear()
        answer = await self._client.request(method, url, **rest)
        assert not self.errors.lines, self.errors.lines
        return answer

    async def select(self, sql: str) -> Sequence[Row[Any]]:
        async with autocommit(self.engine) as connection:
            return (await connection.execute(text(f"SELECT {sql}"))).all()

    async def forget_events(self) -> None:
        """As if nothing had ever come in."""
        async with autocommit(self.engine) as connection:
            await connection.execute(text("WITH gone AS (DELETE FROM unrouted) DELETE FROM conversations"))


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def clear(self) -> None:
        self.lines.clear()
