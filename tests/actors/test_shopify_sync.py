"""A sync: what the store has, and nothing else, whatever happens meanwhile."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Products, Puts
from actors.merging import Put
from actors.owned_catalogue import OwnedCatalogue
from actors.shopify_products import SyncedProducts
from actors.shopify_sync import ShopifySync
from models.errors import ShopkeepError
from models.merchant import Merchant
from models.product import Product
from sources.shopify.answers import Json
from sources.shopify.mapping import Rules, our_id
from sources.shopify.pages import Pages
from store import jobs, merchants, products, shopify_log, shopify_stores
from store.jobs import Progress
from store.shopify_stores import Tokens
from tests.actors.wares import CountingEmbedder, delete, put, save
from tests.sources.shopify.reading import Door, Waits, client_of
from tests.standins.faults import FOREVER, Fault
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import SHOP, Store
from tests.standins.shopify_wares import fill

LEASE_S = 30.0


class Shelves:
    """The gateway's part: a catalogue that may break down after so many puts, or hear of others' changes."""

    def __init__(self, catalogue: OwnedCatalogue) -> None:
        self.catalogue = catalogue
        self.puts_left: int | None = None
        self.put_ids: list[str] = []
        self.meanwhile: Callable[[], Any] | None = None

    async def put(self, merchant: Merchant, puts: Sequence[Put]) -> Products:
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        if self.puts_left is not None:
            self.puts_left -= 1
            if self.puts_left < 0:
                raise ConnectionError("the process is gone")
        self.put_ids += [one.id for one in puts]
        (answer,) = await self.catalogue.change([Puts(puts=tuple(puts), currency=merchant.currency)])
        if isinstance(answer, ShopkeepError):
            raise answer
        return answer

    async def delete(self, _: str, product_id: str, expected_version: int | None) -> None:
        await delete(self.catalogue, product_id, expected_version)


class Merchants:
    """One with a store, and what a test asks of both."""

    def __init__(self, engine: AsyncEngine, shelves: Shelves, shopify: ShopifyStandin, session: Any) -> None:
        self.engine = engine
        self.shelves = shelves
        self.shopify = shopify
        self.waits = Waits()
        self.door = Door()
        self.client = client_of(shopify, session, self.waits, self.door)
        self.pages = Pages(self.client)
        self._jobs = 0

    @property
    def store(self) -> Store:
        return self.shopify.store()

    async def sync(self, mode: str = "full", *, bulk_from: int = 10_000, **options: Any) -> Progress:
        async with self.engine.begin() as connection:
            self._jobs += 1
            job_id = f"job-{self._jobs}"
            await jobs.start_sync(
                connection, job_id=job_id, merchant_id="m1", options={"mode": mode, **options}
            )
        return await self.go_on(bulk_from=bulk_from)

    async def go_on(self, *, bulk_from: int = 10_000) -> Progress:
        """Whoever finds the job, or finds it left behind."""
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE jobs SET lease_until = NULL"))
            job = await jobs.lease(connection, LEASE_S)
        assert job
        await ShopifySync(
            self.engine, self.shelves, job, self.client, lease_s=LEASE_S, bulk_from=bulk_from, clock=self.now
        ).run()
        async with self.engine.begin() as connection:
            return await jobs.progress(connection, "m1", job.id)

    def now(self) -> datetime:
        return self.store.now

    async def writer(self) -> SyncedProducts:
        async with self.engine.begin() as connection:
            merchant = await merchants.get(connection, "m1")
            store = await shopify_stores.get(connection, "m1")
        rules = Rules(shop=SHOP, currency=merchant.currency, options=store.options)
        return SyncedProducts(self.engine, self.shelves, merchant, rules)

    async def products(self) -> dict[str, Product]:
        async with self.engine.begin() as connection:
            found = await products.listing(connection, "m1", limit=10_000, after=None)
        return {product.id: product for product in found}

    async def log(self) -> list[tuple[str, str | None, str]]:
        async with self.engine.begin() as connection:
            lines = await shopify_log.listing(connection, "m1", before=None, limit=200)
        return [(line.note.kind.value, line.note.product_id, line.note.detail) for line in lines]

    async def equals(self) -> None:
        """As another reading of the whole store would have it."""
        ours = await self.products()
        assert set(ours) == {our_id(number) for number in self.store.products}
        for number, theirs in self.store.products.items():
            product = ours[our_id(number)]
            assert product.name == theirs["title"]
            assert product.brand == theirs["vendor"]
            assert product.metadata["shopify_updated_at"] == theirs["updatedAt"]
            assert [
                (variant.id, variant.price_minor, variant.stock, variant.available)
                for variant in product.variants
            ] == [
                (
                    our_id(int(variant["legacyResourceId"])),
                    round(float(variant["price"]) * 100),
                    variant["inventoryQuantity"],
                    variant["availableForSale"],
                )
                for variant in theirs["variants"]
            ]


@pytest.fixture
async def shop(engine: AsyncEngine, catalogue: OwnedCatalogue) -> AsyncIterator[Merchants]:
    tokens = Tokens(access=b"sealed")
    async with engine.begin() as connection:
        await shopify_stores.connect(
            connection, merchant_id="m1", shop=SHOP, tokens=tokens, scopes=["read_products"]
        )
    async with ShopifyStandin() as shopify, aiohttp.ClientSession() as session:
        shopify.store().currency = "EUR"
        yield Merchants(engine, Shelves(catalogue), shopify, session)


async def test_a_first_sync_by_pages_brings_everything(shop: Merchants) -> None:
    fill(shop.store, 130)
    progress = await shop.sync()
    assert (progress.status, progress.total, progress.done) == ("done", 130, 130)
    assert progress.left_s == 0
    await shop.equals()


async def test_a_first_sync_by_bulk_brings_everything(shop: Merchants) -> None:
    fill(shop.store, 130)
    progress = await shop.sync(bulk_from=100)
    assert (progress.status, progress.total, progress.done) == ("done", 130, 130)
    assert shop.shopify.bulk.downloads == 1
    await shop.equals()


async def test_texts_are_embedded_in_batches_and_only_when_they_change(
    shop: Merchants, embedder: CountingEmbedder
) -> None:
    fill(shop.store, 60)
    await shop.sync()
    assert len(embedder.texts) == 60
    embedder.forget()
    for number in list(shop.store.products)[:7]:
        shop.store.change_variant(number, price="1.00")
    shop.store.change_product(next(iter(shop.store.products)), title="Renamed")
    await shop.sync("changes")
    assert len(embedder.texts) == 1
    await shop.equals()


async def test_what_did_not_change_is_not_written_again(shop: Merchants) -> None:
    fill(shop.store, 20)
    await shop.sync()
    shop.shelves.put_ids.clear()
    await shop.sync()
    assert shop.shelves.put_ids == []


async def test_a_sync_by_pages_goes_on_where_it_died(shop: Merchants) -> None:
    fill(shop.store, 130)
    shop.shelves.puts_left = 1
    with pytest.raises(ConnectionError):
        await shop.sync()
    shop.shelves.puts_left = None
    shop.shelves.put_ids.clear()
    progress = await shop.go_on()
    assert (progress.status, progress.done) == ("done", 130)
    assert len(shop.shelves.put_ids) == 80
    await shop.equals()


async def test_a_sync_by_bulk_goes_on_with_the_same_file_where_it_died(shop: Merchants) -> None:
    fill(shop.store, 130)
    shop.shelves.puts_left = 1
    with pytest.raises(ConnectionError):
        await shop.sync(bulk_from=100)
    shop.shelves.puts_left = None
    shop.shelves.put_ids.clear()
    await shop.go_on(bulk_from=100)
    assert len(shop.shelves.put_ids) == 80
    assert len(shop.shopify.bulk.operations) == 1
    await shop.equals()


async def test_a_file_that_ends_mid_line_is_fetched_again(shop: Merchants) -> None:
    fill(shop.store, 130)
    shop.shopify.bulk.cuts, shop.shopify.bulk.cut_at = 1, 200_001
    await shop.sync(bulk_from=100)
    assert (shop.shopify.bulk.downloads, len(shop.shelves.put_ids)) == (2, 130)
    await shop.equals()


async def test_without_a_whole_file_pages_are_read(shop: Merchants) -> None:
    fill(shop.store, 130)
    shop.shopify.bulk.cuts, shop.shopify.bulk.cut_at = 99, 200_001
    assert (await shop.sync(bulk_from=100)).status == "done"
    await shop.equals()
    shop.shopify.bulk.ends = "FAILED"
    fill(shop.store, 5, seed=8)
    assert (await shop.sync(bulk_from=100)).status == "done"
    await shop.equals()
    assert any("by pages instead" in detail for _, _, detail in await shop.log())


async def test_changes_are_what_changed_since_the_last_sync(shop: Merchants) -> None:
    fill(shop.store, 30)
    shop.store.now += timedelta(hours=1)
    await shop.sync()
    changed, *_ = shop.store.products
    shop.store.set_stock(changed, 0, 0)
    new = shop.store.put_product("Brand new")
    shop.shelves.put_ids.clear()
    progress = await shop.sync("changes")
    assert (progress.status, progress.total, progress.done) == ("done", 2, 2)
    assert set(shop.shelves.put_ids) == {our_id(changed), our_id(new)}
    await shop.equals()


async def test_a_compare_finds_what_nobody_told(shop: Merchants) -> None:
    fill(shop.store, 30)
    await shop.sync()
    first, second, *_ = shop.store.products
    shop.store.delete_product(first)
    shop.store.change_product(second, title="Other")
    shop.store.put_product("Brand new")
    await shop.sync("compare")
    await shop.equals()


async def test_only_products_of_this_store_are_removed(shop: Merchants) -> None:
    await save(shop.shelves.catalogue, put("typed-in"), put("shopify-5"))
    fill(shop.store, 3)
    await shop.sync()
    shop.store.delete_product(next(iter(shop.store.products)))
    await shop.sync()
    assert set(await shop.products()) == {"typed-in", "shopify-5", *map(our_id, shop.store.products)}


async def test_a_store_that_names_no_product_costs_none(shop: Merchants) -> None:
    fill(shop.store, 30)
    await shop.sync()
    kept = dict(shop.store.products)
    shop.store.products.clear()
    assert (await shop.sync()).status == "done"
    assert len(await shop.products()) == 30
    assert any(kind == "warning" and "remove_many" in detail for kind, _, detail in await shop.log())
    shop.store.products |= dict(list(kept.items())[:9])
    await shop.sync("compare")
    assert len(await shop.products()) == 30
    await shop.sync("compare", remove_many=True)
    await shop.equals()


async def test_a_product_that_was_left_out_of_the_list_only_is_kept(shop: Merchants) -> None:
    fill(shop.store, 30)
    await shop.sync()
    number = next(iter(shop.store.products))

    class Forgetful(dict[int, Json]):
        """Lists one product less than it has."""

        def values(self) -> Any:
            return [product for key, product in self.items() if key != number]

    shop.store.products = Forgetful(shop.store.products)
    await shop.sync("compare")
    assert our_id(number) in await shop.products()


async def test_a_newer_product_is_not_written_over_by_an_older_reading(shop: Merchants) -> None:
    number = shop.store.put_product()
    await shop.sync()
    (old,) = [product async for page in shop.pages.all() for product in page]
    shop.store.change_product(number, title="Newer")
    writer = await shop.writer()
    await writer.read_again(shop.pages, [number])
    await writer.write([old])
    await shop.equals()


async def test_a_change_between_reading_and_writing_is_read_again(shop: Merchants) -> None:
    number = shop.store.put_product(variants=[{"inventoryQuantity": 5}])
    writer = await shop.writer()
    await writer.read_again(shop.pages, [number])
    # Within the same second, so that times say nothing.
    variant = shop.store.products[number]["variants"][0]
    variant["inventoryQuantity"] = 4

    async def meanwhile() -> None:
        variant["inventoryQuantity"] = 3
        await (await shop.writer()).read_again(shop.pages, [number])

    shop.shelves.meanwhile = meanwhile
    await writer.read_again(shop.pages, [number])
    await shop.equals()


async def test_single_products_come_change_and_go(shop: Merchants) -> None:
    first, second = shop.store.put_product("One"), shop.store.put_product("Two")
    writer = await shop.writer()
    await writer.read_again(shop.pages, [first, second, 5])
    await shop.equals()
    shop.store.delete_product(first)
    shop.store.add_variant(second, price="5.00")
    await writer.read_again(shop.pages, [first, second])
    await shop.equals()


async def test_remarks_are_in_the_log_as_long_as_they_hold(shop: Merchants) -> None:
    number = shop.store.put_product(status="FROBNICATED")
    await shop.sync()
    assert any(product == str(number) for _, product, _ in await shop.log())
    shop.store.change_product(number, status="ACTIVE")
    await shop.sync()
    assert not any(product == str(number) for _, product, _ in await shop.log())


async def test_one_product_that_cannot_be_stored_costs_only_itself(shop: Merchants) -> None:
    fill(shop.store, 5)
    number = shop.store.put_product("Nul \\u0000", metafields=[shop.store.metafield("a", "b", "x\ud800")])
    shop.store.products[number]["variants"][0]["price"] = "99999999999999"
    assert (await shop.sync()).status == "done"
    assert len(await shop.products()) == 6


@pytest.mark.parametrize(
    ("breaks", "detail"),
    [
        (lambda shop: shop.store.tokens.clear(), "401"),
        (lambda shop: shop.shopify.answers.update({SHOP: 402}), "402"),
        (lambda shop: shop.shopify.answers.update({SHOP: 423}), "423"),
    ],
)
async def test_a_store_that_lets_nobody_in_ends_the_sync_and_costs_no_product(
    shop: Merchants, breaks: Callable[[Merchants], None], detail: str
) -> None:
    fill(shop.store, 5)
    await shop.sync()
    breaks(shop)
    progress = await shop.sync()
    assert progress.status == "failed"
    assert detail in progress.errors[0].detail
    assert len(await shop.products()) == 5


async def test_a_store_in_another_currency_is_told_so(shop: Merchants) -> None:
    fill(shop.store, 1)
    shop.store.currency = "USD"
    progress = await shop.sync()
    assert (progress.status, progress.errors[0].field) == ("failed", "currency")
    assert await shop.products() == {}


async def test_a_store_that_does_not_answer_is_asked_again_later(shop: Merchants) -> None:
    fill(shop.store, 5)
    shop.shopify.faults.add(Fault(do="answer", status=503, times=FOREVER))
    with pytest.raises(Exception, match="503"):
        await shop.sync()
    shop.shopify.faults.clear()
    assert (await shop.go_on()).status == "done"
    await shop.equals()


async def test_another_mapping_is_applied_to_all_products(shop: Merchants) -> None:
    option = {"selectedOptions": [{"name": "Finish", "value": "Matt"}]}
    number = shop.store.put_product(variants=[option])
    await shop.sync()
    async with shop.engine.begin() as connection:
        await shopify_stores.set_options(connection, "m1", automatic=True, options={"finish": "color"})
    await shop.sync()
    assert (await shop.products())[our_id(number)].variants[0].color == "Matt"


async def test_a_sync_that_is_asked_for_twice_runs_once(shop: Merchants) -> None:
    async with shop.engine.begin() as connection:
        started = [
            await jobs.start_sync(connection, job_id=job_id, merchant_id="m1", options={"mode": mode})
            for job_id, mode in (("a", "full"), ("b", "full"), ("c", "changes"))
        ]
        newest = await jobs.last_sync(connection, "m1")
    assert started == ["a", "a", "c"]
    assert newest
    assert newest.left_s is None


@pytest.mark.parametrize("seed", range(3))
async def test_after_an_hour_of_changes_with_lost_webhooks_the_catalogue_equals_the_store(
    shop: Merchants, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - a seed, to be repeated
    fill(shop.store, 60, seed=seed)
    await shop.sync()
    writer = await shop.writer()
    signals: list[int] = []
    for _ in range(120):
        _change(shop.store, draw, signals)
        if len(signals) >= 8:
            # One in ten is lost, some come twice, none in order.
            kept = [number for number in signals if draw.random() >= 0.1]
            kept += [number for number in kept if draw.random() < 0.05]
            draw.shuffle(kept)
            signals.clear()
            await writer.read_again(shop.pages, list(dict.fromkeys(kept)))
    shop.shelves.puts_left = 0
    shop.store.put_product("The last before the crash")
    with pytest.raises(ConnectionError):
        await shop.sync("compare")
    shop.shelves.puts_left = None
    await shop.go_on()
    await shop.equals()


def _change(store: Store, draw: random.Random, signals: list[int]) -> None:
    number = draw.choice(list(store.products))
    match draw.randrange(6):
        case 0:
            number = store.put_product(f"New {draw.randrange(1000)}")
        case 1:
            store.delete_product(number)
        case 2:
            store.change_product(number, title=f"Renamed {draw.randrange(1000)}")
        case 3:
            store.add_variant(number, price=f"{draw.randrange(1, 99)}.00")
        case _:
            store.set_stock(number, 0, draw.randrange(0, 9), location=draw.randrange(1, 3))
    signals.append(number)
