"""A shop changes while customers search it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.changes import Answer, Change, Deletion, Puts
from actors.merging import Put
from actors.owned_catalogue import OwnedCatalogue
from models.errors import Conflict, Invalid, NotFound, Stale
from models.product import Product
from models.search import NO_FILTERS
from sources.drafts import ProductDraft
from store import products
from store.database import autocommit
from tests.actors.wares import CountingEmbedder, Open, delete, found, put, save
from tests.store.rows import select


def puts(*some: Put) -> Puts:
    return Puts(puts=some, currency="EUR")


def deletion(product_id: str) -> Deletion:
    return Deletion(product_id=product_id, expected_version=None)


async def seq(engine: AsyncEngine) -> int:
    (row,) = await select(engine, "seq FROM placement")
    return int(row[0])


async def together(catalogue: OwnedCatalogue, *changes: Change) -> list[Answer]:
    """Each a caller of its own, all waiting for the one before the first of them."""
    calls = [asyncio.ensure_future(catalogue.change([change])) for change in changes]
    return [(await call)[0] for call in calls]


async def test_changes_that_wait_for_each_other_are_one_transaction(
    engine: AsyncEngine, catalogue: OwnedCatalogue, embedder: CountingEmbedder
) -> None:
    before = await seq(engine)
    await together(catalogue, *(puts(put(f"p{number}", price=number)) for number in range(1, 21)))
    # The first leaves at once, by itself or with those that came with it.
    assert await seq(engine) - before <= 2
    assert len(embedder.texts) == 20
    assert await found(catalogue) == {f"p{number}" for number in range(1, 21)}


async def test_several_changes_of_one_product_each_have_their_version(catalogue: OwnedCatalogue) -> None:
    answers = await together(catalogue, *(puts(put("p1", price=number)) for number in range(1, 9)))
    told = [answer for answer in answers if isinstance(answer, tuple)]
    assert [(p.version, p.price_range.min_minor) for (p,) in told] == [(n, n) for n in range(1, 9)]
    assert catalogue.products(["p1"])[0].version == 8


async def test_a_change_that_is_refused_fails_nobody_else(catalogue: OwnedCatalogue) -> None:
    await save(catalogue, put("p1"))
    answers = await together(
        catalogue,
        puts(put("p1", price=1)),
        puts(put("p1", price=2, expected_version=1)),
        puts(put("p2"), put("p1", must_be_new=True)),
        deletion("p9"),
        puts(put("p3")),
    )
    assert [type(answer) for answer in answers] == [tuple, Stale, Conflict, NotFound, tuple]
    assert catalogue.products(["p1"])[0].price_range.min_minor == 1
    assert await found(catalogue) == {"p1", "p3"}


async def test_what_cannot_be_stored_fails_nobody_else(catalogue: OwnedCatalogue) -> None:
    # As no draft from outside can be: half a surrogate pair.
    unwritable = put("p2")
    draft = unwritable.draft.model_copy(update={"brand": "\ud800"})
    bad = Put(id="p2", draft=draft)
    answers = await together(catalogue, puts(put("p1")), puts(bad), puts(put("p3")), puts(put("p1", price=1)))
    assert [type(answer) for answer in answers] == [tuple, Invalid, tuple, tuple]
    assert catalogue.products(["p1"])[0].version == 2
    assert await found(catalogue) == {"p1", "p3"}


async def test_a_new_price_leaves_the_embedding_in_the_table_as_it_is(
    engine: AsyncEngine, catalogue: OwnedCatalogue
) -> None:
    await save(catalogue, put("p1"))
    before = await select(engine, "text_hash, embedder, embedding FROM products")
    await save(catalogue, put("p1", price=5))
    assert await select(engine, "text_hash, embedder, embedding FROM products") == before
    await delete(catalogue, "p1")
    await save(catalogue, put("p1", price=7))
    assert await select(engine, "text_hash, embedder, embedding FROM products") == before


@asynccontextmanager
async def searched(catalogue: OwnedCatalogue, always: set[str]) -> AsyncIterator[None]:
    """Searches all the while; each must find what was there before and stays."""
    done = asyncio.Event()

    async def search() -> None:
        while not done.is_set():
            hits = (await catalogue.search("hat", NO_FILTERS, 200)).hits
            assert always <= {hit.product.id for hit in hits}
            await asyncio.sleep(0)

    searching = asyncio.create_task(search())
    yield
    done.set()
    await searching


async def test_while_a_catalogue_grows_searches_find_all_that_was_there(catalogue: OwnedCatalogue) -> None:
    stays = {f"stays{number}" for number in range(20)}
    await save(catalogue, *(put(product_id) for product_id in stays))
    async with searched(catalogue, stays):
        for batch in range(8):
            await save(catalogue, *(put(f"new{batch}-{number}", "Wool scarf") for number in range(100)))
    assert len(catalogue.products([f"new{b}-{n}" for b in range(8) for n in range(100)])) == 800


async def test_what_goes_and_comes_back_again_and_again_ends_as_the_table_says(
    engine: AsyncEngine, catalogue: OwnedCatalogue, open_catalogue: Open
) -> None:
    await save(catalogue, put("stays"), *(put(f"p{number}") for number in range(10)))

    async def coming_and_going(product_id: str, rounds: int) -> None:
        for number in range(rounds):
            await delete(catalogue, product_id)
            assert catalogue.products([product_id]) == ()
            (back,) = await save(catalogue, put(product_id, price=number + 1, must_be_new=True))
            assert catalogue.products([product_id]) == (back,)
        await delete(catalogue, product_id)

    async with searched(catalogue, {"stays"}):
        await asyncio.gather(*(coming_and_going(f"p{number}", number) for number in range(10)))
    assert await found(catalogue) == {"stays"}
    async with autocommit(engine) as connection:
        rows = await products.get_many(connection, "m1", [f"p{number}" for number in range(10)])
    assert {key: (row.deleted, row.product.version) for key, row in rows.items()} == {
        f"p{number}": (True, 2 * number + 2) for number in range(10)
    }
    assert await found(await open_catalogue()) == {"stays"}


async def test_a_change_is_seen_by_the_search_that_follows_its_answer(catalogue: OwnedCatalogue) -> None:
    async def price_of(product_id: str) -> int:
        hits = (await catalogue.search(product_id, NO_FILTERS, 5)).hits
        return next(hit.variant.price_minor for hit in hits if hit.product.id == product_id)

    async def sell(product_id: str) -> None:
        for price in range(1, 15):
            await save(catalogue, put(product_id, product_id, price=price))
            assert await price_of(product_id) == price

    await asyncio.gather(*(sell(f"hat{number}") for number in range(5)))


@pytest.mark.parametrize("size", [1, 50])
async def test_a_snapshot_written_while_the_shop_changes_hides_nothing(
    catalogue: OwnedCatalogue, open_catalogue: Open, size: int
) -> None:
    await save(catalogue, *(put(f"p{number}") for number in range(200)))
    saving = asyncio.create_task(catalogue.save())
    latest: list[Product] = []
    for number in range(0, 200, size):
        some = [put(f"p{each}", "Straw hat", price=5) for each in range(number, number + size)]
        latest += await save(catalogue, *some)
    await delete(catalogue, "p0")
    await saving
    again = await open_catalogue()
    assert again.products([product.id for product in latest]) == tuple(latest[1:])


def test_a_draft_from_outside_holds_no_half_of_a_surrogate_pair() -> None:
    variants = [{"price_minor": 1}]
    draft = ProductDraft.model_validate(
        {"name": "A\ud800B", "metadata": {"a": "\udfff"}, "variants": variants}
    )
    assert (draft.name, draft.metadata) == ("AB", {"a": ""})
