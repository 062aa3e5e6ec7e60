"""Products by pages: all of them, each whole."""

import pytest

from sources.shopify import pages as pages_module
from sources.shopify.answers import Json
from sources.shopify.client import Client
from sources.shopify.pages import Pages, number_of
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import Store
from tests.standins.shopify_wares import fill


@pytest.fixture
def pages(client: Client) -> Pages:
    return Pages(client)


async def read(pages: Pages, **given: int) -> list[Json]:
    return [product async for page in pages.all(**given) for product in page]


async def test_every_product_comes_once_in_the_order_of_numbers(pages: Pages, store: Store) -> None:
    fill(store, 37)
    assert [number_of(product) for product in await read(pages)] == sorted(store.products)
    assert (await pages.shop()).products == 37


async def test_an_empty_store_has_no_page(pages: Pages) -> None:
    assert await read(pages) == []
    assert [page async for page in pages.listed()] == []


async def test_reading_goes_on_behind_a_number(pages: Pages, store: Store) -> None:
    fill(store, 25)
    numbers = sorted(store.products)
    assert [number_of(product) for product in await read(pages, after=numbers[11])] == numbers[12:]


async def test_a_product_has_all_its_variants(pages: Pages, store: Store) -> None:
    number = store.put_product(variants=[{"sku": str(index)} for index in range(2048)])
    (product,) = await read(pages)
    assert [variant["sku"] for variant in product["variants"]] == [str(index) for index in range(2048)]
    again = await pages.by_id([number])
    assert again[number] == product


async def test_a_product_has_all_its_collections_and_metafields(pages: Pages, store: Store) -> None:
    collections = [store.put_collection(f"Collection {index}") for index in range(130)]
    metafields = [store.metafield("custom", f"key{index}", "value") for index in range(30)]
    store.put_product(collections=collections, metafields=metafields)
    (product,) = await read(pages)
    assert [one["title"] for one in product["collections"]] == [one["title"] for one in collections]
    assert [one["key"] for one in product["metafields"]] == [one["key"] for one in metafields]


async def test_a_product_that_changes_while_it_is_read_is_read_again(
    pages: Pages, store: Store, shopify: ShopifyStandin
) -> None:
    number = store.put_product(variants=[{}] * 150)

    class Meanwhile(list[tuple[str, str]]):
        """The first follow-up page finds a store that has just changed."""

        def append(self, call: tuple[str, str]) -> None:
            if "query Rest" in call[1] and not any("query Rest" in text for _, text in self):
                store.change_product(number, title="Newer")
            super().append(call)

    shopify.calls = Meanwhile()
    (product,) = await read(pages)
    assert (product["title"], len(product["variants"])) == ("Newer", 150)


async def test_what_changed_since_comes_in_the_order_of_changes(pages: Pages, store: Store) -> None:
    first, second, third = (store.put_product(title) for title in ("one", "two", "three"))
    since = "2026-05-01T10:00:01Z"
    store.change_product(third, vendor="New")
    store.change_product(first, vendor="New")
    found = [number_of(product) async for page in pages.changed(since) for product in page]
    assert found == [third, first]
    assert second not in found


async def test_ids_beyond_what_floats_hold_stay_exact(pages: Pages, store: Store) -> None:
    number = 788032119674292923
    store.put_product(number=number, variants=[{"number": 788032119674292925}])
    (product,) = await read(pages)
    assert number_of(product) == number
    assert number_of(product["variants"][0]) == 788032119674292925
    assert set(await pages.by_id([number])) == {number}


async def test_a_product_the_store_does_not_have_is_none(pages: Pages, store: Store) -> None:
    number = store.put_product()
    assert (await pages.by_id([number, 5]))[5] is None
    assert await pages.missing([number, 5]) == {5}


async def test_inventory_items_and_collections_lead_to_their_products(pages: Pages, store: Store) -> None:
    summer = store.put_collection("Summer")
    number = store.put_product(collections=[summer], variants=[{}, {}])
    store.put_product()
    items = [item for item, product in store.items.items() if product == number]
    assert await pages.of_items([*items, 5]) == {number}
    assert [page async for page in pages.of_collection(number_of(summer))] == [[number]]
    assert [page async for page in pages.of_collection(5)] == [[]]


async def test_paging_begins_anew_before_it_would_stop(
    pages: Pages, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "MOST_PAGED", 20)
    fill(store, 45)
    assert [number_of(product) for product in await read(pages)] == sorted(store.products)
