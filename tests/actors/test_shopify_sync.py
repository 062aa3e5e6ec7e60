"""A sync: what the store has, and nothing else, whatever happens meanwhile."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from actors.merging import Put
from models.product import Source
from sources.drafts import draft_of
from sources.shopify.answers import Json
from sources.shopify.mapping import our_id
from store import jobs, shopify_stores
from tests.actors.stores import StoreOwner
from tests.actors.wares import CountingEmbedder, put, save
from tests.standins.faults import FOREVER, Fault
from tests.standins.shopify_store import SHOP, Store
from tests.standins.shopify_wares import fill


async def test_a_first_sync_by_pages_brings_everything(shop: StoreOwner) -> None:
    fill(shop.store, 130)
    progress = await shop.sync()
    assert (progress.status, progress.total, progress.done) == ("done", 130, 130)
    assert progress.left_s == 0
    await shop.equals()


async def test_a_first_sync_by_bulk_brings_everything(shop: StoreOwner) -> None:
    fill(shop.store, 130)
    progress = await shop.sync(bulk_from=100)
    assert (progress.status, progress.total, progress.done) == ("done", 130, 130)
    assert shop.shopify.bulk.downloads == 1
    await shop.equals()


async def test_texts_are_embedded_in_batches_and_only_when_they_change(
    shop: StoreOwner, embedder: CountingEmbedder
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


async def test_what_did_not_change_is_not_written_again(shop: StoreOwner) -> None:
    fill(shop.store, 20)
    await shop.sync()
    shop.shelves.put_ids.clear()
    await shop.sync()
    assert shop.shelves.put_ids == []


async def test_a_sync_by_pages_goes_on_where_it_died(shop: StoreOwner) -> None:
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


async def test_a_sync_by_bulk_goes_on_with_the_same_file_where_it_died(shop: StoreOwner) -> None:
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


async def test_a_file_that_ends_mid_line_is_fetched_again(shop: StoreOwner) -> None:
    fill(shop.store, 130)
    shop.shopify.bulk.cuts, shop.shopify.bulk.cut_at = 1, 200_001
    await shop.sync(bulk_from=100)
    assert (shop.shopify.bulk.downloads, len(shop.shelves.put_ids)) == (2, 130)
    await shop.equals()


async def test_without_a_whole_file_pages_are_read(shop: StoreOwner) -> None:
    fill(shop.store, 130)
    shop.shopify.bulk.cuts, shop.shopify.bulk.cut_at = 99, 200_001
    assert (await shop.sync(bulk_from=100)).status == "done"
    await shop.equals()
    shop.shopify.bulk.ends = "FAILED"
    fill(shop.store, 5, seed=8)
    assert (await shop.sync(bulk_from=100)).status == "done"
    await shop.equals()
    assert any("by pages instead" in detail for _, _, detail in await shop.log())


async def test_changes_are_what_changed_since_the_last_sync(shop: StoreOwner) -> None:
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


async def test_a_compare_finds_what_nobody_told(shop: StoreOwner) -> None:
    fill(shop.store, 30)
    await shop.sync()
    first, second, *_ = shop.store.products
    shop.store.delete_product(first)
    shop.store.change_product(second, title="Other")
    shop.store.put_product("Brand new")
    await shop.sync("compare")
    await shop.equals()


async def test_only_products_of_this_store_are_removed(shop: StoreOwner) -> None:
    await save(shop.shelves.catalogue, put("typed-in"), put("shopify-5"))
    fill(shop.store, 3)
    await shop.sync()
    shop.store.delete_product(next(iter(shop.store.products)))
    await shop.sync()
    assert set(await shop.products()) == {"typed-in", "shopify-5", *map(our_id, shop.store.products)}


async def test_a_store_that_names_no_product_costs_none(shop: StoreOwner) -> None:
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


async def test_a_product_that_was_left_out_of_the_list_only_is_kept(shop: StoreOwner) -> None:
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


async def test_a_newer_product_is_not_written_over_by_an_older_reading(shop: StoreOwner) -> None:
    number = shop.store.put_product()
    await shop.sync()
    (old,) = [product async for page in shop.pages.all() for product in page]
    shop.store.change_product(number, title="Newer")
    writer = await shop.writer()
    await writer.read_again(shop.pages, [number])
    await writer.write([old])
    await shop.equals()


async def test_a_change_between_reading_and_writing_is_read_again(shop: StoreOwner) -> None:
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


async def test_single_products_come_change_and_go(shop: StoreOwner) -> None:
    first, second = shop.store.put_product("One"), shop.store.put_product("Two")
    writer = await shop.writer()
    await writer.read_again(shop.pages, [first, second, 5])
    await shop.equals()
    shop.store.delete_product(first)
    shop.store.add_variant(second, price="5.00")
    await writer.read_again(shop.pages, [first, second])
    await shop.equals()


async def test_what_only_a_person_here_can_say_of_a_product_stays(shop: StoreOwner) -> None:
    number = shop.store.put_product("One")
    await shop.sync()
    found = (await shop.products())[our_id(number)]
    assert found.source is Source.SHOPIFY
    ours = draft_of(replace(found, is_featured=True, short_description="Ours", name="Not ours"))
    await save(shop.shelves.catalogue, Put(id=found.id, draft=ours))
    shop.store.change_product(number, title="Two")
    await shop.sync()
    now = (await shop.products())[our_id(number)]
    assert (now.name, now.is_featured, now.short_description) == ("Two", True, "Ours")
    assert now.source is Source.SHOPIFY


async def test_remarks_are_in_the_log_as_long_as_they_hold(shop: StoreOwner) -> None:
    number = shop.store.put_product(status="FROBNICATED")
    await shop.sync()
    assert any(product == str(number) for _, product, _ in await shop.log())
    shop.store.change_product(number, status="ACTIVE")
    await shop.sync()
    assert not any(product == str(number) for _, product, _ in await shop.log())


async def test_one_product_that_cannot_be_stored_costs_only_itself(shop: StoreOwner) -> None:
    fill(shop.store, 5)
    number = shop.store.put_product(status="FROBNICATED")
    shop.shelves.refused = our_id(number)
    assert (await shop.sync()).status == "done"
    assert len(await shop.products()) == 5
    told = [detail for _, product, detail in await shop.log() if product == str(number)]
    assert any("cannot be stored" in detail for detail in told)
    assert any("FROBNICATED" in detail for detail in told)


@pytest.mark.parametrize(
    ("breaks", "detail"),
    [
        (lambda shop: shop.store.tokens.clear(), "401"),
        (lambda shop: shop.shopify.answers.update({SHOP: 402}), "402"),
        (lambda shop: shop.shopify.answers.update({SHOP: 423}), "423"),
    ],
)
async def test_a_store_that_lets_nobody_in_ends_the_sync_and_costs_no_product(
    shop: StoreOwner, breaks: Callable[[StoreOwner], None], detail: str
) -> None:
    fill(shop.store, 5)
    await shop.sync()
    breaks(shop)
    progress = await shop.sync()
    assert progress.status == "failed"
    assert detail in progress.errors[0].detail
    assert len(await shop.products()) == 5


async def test_a_store_in_another_currency_is_told_so(shop: StoreOwner) -> None:
    fill(shop.store, 1)
    shop.store.currency = "USD"
    progress = await shop.sync()
    assert (progress.status, progress.errors[0].field) == ("failed", "currency")
    assert await shop.products() == {}


async def test_a_store_that_does_not_answer_is_asked_again_later(shop: StoreOwner) -> None:
    fill(shop.store, 5)
    shop.shopify.faults.add(Fault(do="answer", status=503, times=FOREVER))
    with pytest.raises(Exception, match="503"):
        await shop.sync()
    shop.shopify.faults.clear()
    assert (await shop.go_on()).status == "done"
    await shop.equals()


async def test_another_mapping_is_applied_to_all_products(shop: StoreOwner) -> None:
    option = {"selectedOptions": [{"name": "Finish", "value": "Matt"}]}
    number = shop.store.put_product(variants=[option])
    await shop.sync()
    async with shop.engine.begin() as connection:
        await shopify_stores.set_options(connection, "m1", automatic=True, options={"finish": "color"})
    await shop.sync()
    assert (await shop.products())[our_id(number)].variants[0].color == "Matt"


async def test_a_sync_that_is_asked_for_twice_runs_once(shop: StoreOwner) -> None:
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
    shop: StoreOwner, seed: int
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
