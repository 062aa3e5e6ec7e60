"""All products out of a bulk operation's file, and what becomes of a file that is not whole."""

import pytest

from sources.shopify.answers import Json
from sources.shopify.bulk import BrokenOff, BulkFailed, BulkRead, Done
from sources.shopify.client import Client
from sources.shopify.pages import Pages, number_of
from tests.sources.shopify.reading import Waits
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import Store
from tests.standins.shopify_wares import fill


@pytest.fixture
def bulk(client: Client) -> BulkRead:
    return BulkRead(client)


async def read(bulk: BulkRead) -> list[int]:
    done = await bulk.ended(await bulk.start())
    return [number_of(product) async for product in bulk.products(done)]


async def take(bulk: BulkRead, done: Done, came: list[Json]) -> None:
    async for product in bulk.products(done):
        came.append(product)  # noqa: PERF401 - what came before an error counts


async def test_a_file_gives_the_products_that_pages_give(
    bulk: BulkRead, client: Client, store: Store
) -> None:
    fill(store, 20)
    picture = store.media("https://cdn.example/red.jpg")
    store.put_product(variants=[{"media": [picture]}, *[{}] * 120])
    done = await bulk.ended(await bulk.start())
    by_file = [product async for product in bulk.products(done)]
    by_page = [product async for page in Pages(client).all() for product in page]
    assert by_file == by_page


async def test_an_empty_store_has_no_file(bulk: BulkRead) -> None:
    assert await read(bulk) == []


async def test_a_long_line_comes_whole(bulk: BulkRead, store: Store) -> None:
    number = store.put_product(descriptionHtml="<p>word</p>" * 50_000)
    assert await read(bulk) == [number]


async def test_an_operation_of_somebody_else_is_waited_for(
    bulk: BulkRead, store: Store, shopify: ShopifyStandin, waits: Waits
) -> None:
    store.put_product()
    shopify.bulk.busy = 2
    shopify.bulk.polls = 3
    assert len(await read(bulk)) == 1
    assert waits.waited.count(10.0) == 2


@pytest.mark.parametrize("cut_at", [9000, 9001, 9400])
async def test_a_file_that_breaks_off_is_no_catalogue(
    bulk: BulkRead, store: Store, shopify: ShopifyStandin, cut_at: int
) -> None:
    fill(store, 20)
    shopify.bulk.cuts, shopify.bulk.cut_at = 1, cut_at
    done = await bulk.ended(await bulk.start())
    came: list[Json] = []
    with pytest.raises(BrokenOff):
        await take(bulk, done, came)
    assert came
    assert all(len(product["variants"]) == 6 for product in came)
    assert len([product async for product in bulk.products(done)]) == 20


async def test_a_file_that_ends_between_two_lines_is_no_catalogue(
    bulk: BulkRead, store: Store, shopify: ShopifyStandin
) -> None:
    fill(store, 3)
    done = await bulk.ended(await bulk.start())
    whole = sum(len(line) + 1 for line in shopify.bulk.lines(done.url or ""))
    last = len(shopify.bulk.lines(done.url or "")[-1]) + 1
    shopify.bulk.cuts, shopify.bulk.cut_at = 1, whole - last
    with pytest.raises(BrokenOff, match="lines"):
        [product async for product in bulk.products(done)]


@pytest.mark.parametrize("ends", ["FAILED", "CANCELED", "EXPIRED"])
async def test_an_operation_that_failed_has_no_file_whatever_is_there(
    bulk: BulkRead, store: Store, shopify: ShopifyStandin, ends: str
) -> None:
    fill(store, 5)
    shopify.bulk.ends, shopify.bulk.error_code = ends, "TIMEOUT"
    with pytest.raises(BulkFailed, match=ends):
        await read(bulk)


async def test_an_operation_nobody_knows_any_more_has_failed(bulk: BulkRead) -> None:
    with pytest.raises(BulkFailed):
        await bulk.ended("gid://shopify/BulkOperation/77")


async def test_lines_that_are_not_grouped_are_not_guessed_at(
    bulk: BulkRead, store: Store, shopify: ShopifyStandin
) -> None:
    fill(store, 3)
    shopify.bulk.grouped = False
    with pytest.raises(BulkFailed, match="grouped"):
        await read(bulk)
