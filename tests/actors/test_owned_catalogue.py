"""Table and index move together, whatever ends in between."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.owned_catalogue import OwnedCatalogue
from indexes.query_vectors import QueryVectors
from models.errors import Conflict, NotFound, Stale
from store import products
from store.products import Replaced
from tests.actors.wares import CountingEmbedder, Open, delete, found, put, ranked, save
from tests.store.rows import select
from tests.store.shown import click, roll_up, show


def snapshots(folder: Path) -> list[Path]:
    return list(folder.glob("*.arrow"))


async def embedders_of(engine: AsyncEngine) -> list[str | None]:
    return [row.embedder for row in await select(engine, "embedder FROM products ORDER BY id")]


async def test_a_new_product_is_embedded_once_and_found(
    catalogue: OwnedCatalogue, embedder: CountingEmbedder
) -> None:
    (saved,) = await save(catalogue, put("p1"))
    assert embedder.texts == ["Linen hat blue"]
    assert await found(catalogue, "hat") == {"p1"}
    assert catalogue.products(["p1", "unknown"]) == (saved,)
    assert catalogue.facets().colors == ("blue",)


async def test_a_new_price_costs_no_embedding_and_a_new_text_one(
    catalogue: OwnedCatalogue, embedder: CountingEmbedder
) -> None:
    await save(catalogue, put("p1"))
    embedder.forget()
    (cheaper,) = await save(catalogue, put("p1", price=990))
    assert embedder.texts == []
    assert (cheaper.version, cheaper.price_range.min_minor) == (2, 990)
    await save(catalogue, put("p1", "Straw hat"))
    assert embedder.texts == ["Straw hat blue"]
    assert await found(catalogue, "straw") == {"p1"}


async def test_variants_keep_their_ids_and_the_product_its_age(catalogue: OwnedCatalogue) -> None:
    (before,) = await save(catalogue, put("p1"))
    (after,) = await save(catalogue, put("p1", price=990))
    assert after.variants[0].id == before.variants[0].id
    assert after.created_at == before.created_at


async def test_while_the_embedder_is_down_products_are_saved_and_found_by_words(
    engine: AsyncEngine, catalogue: OwnedCatalogue, embedder: CountingEmbedder
) -> None:
    embedder.down = True
    await save(catalogue, put("p1"))
    assert await found(catalogue, "hat") == {"p1"}
    assert await embedders_of(engine) == [None]


@pytest.mark.parametrize("with_snapshot", [False, True])
async def test_what_was_not_embedded_is_caught_up_on_the_next_load(
    engine: AsyncEngine,
    catalogue: OwnedCatalogue,
    embedder: CountingEmbedder,
    open_catalogue: Open,
    *,
    with_snapshot: bool,
) -> None:
    embedder.down = True
    await save(catalogue, put("p1"))
    if with_snapshot:
        await catalogue.save()
    still_down = await open_catalogue()
    assert await found(still_down, "hat") == {"p1"}
    embedder.down = False
    await open_catalogue()
    assert embedder.texts == ["Linen hat blue"]
    assert await embedders_of(engine) == ["counting"]
    embedder.forget()
    await open_catalogue()
    assert embedder.texts == []


async def test_a_snapshot_is_loaded_without_an_embedding(
    catalogue: OwnedCatalogue, embedder: CountingEmbedder, open_catalogue: Open, tmp_path: Path
) -> None:
    await save(catalogue, put("p1"), put("p2", "Wool scarf"))
    await catalogue.save()
    assert snapshots(tmp_path)
    embedder.forget()
    assert await found(await open_catalogue()) == {"p1", "p2"}
    assert embedder.texts == []


async def test_what_changed_after_the_snapshot_is_applied(
    catalogue: OwnedCatalogue, embedder: CountingEmbedder, open_catalogue: Open
) -> None:
    await save(catalogue, put("p1"), put("p2", "Wool scarf"), put("p3", "Silk tie"))
    await catalogue.save()
    await save(catalogue, put("p1", "Straw hat"), put("p4", "Leather belt"))
    await delete(catalogue, "p2")
    embedder.forget()
    again = await open_catalogue()
    assert await found(again) == {"p1", "p3", "p4"}
    assert again.products(["p1"])[0].name == "Straw hat"
    assert embedder.texts == []


async def test_a_torn_snapshot_is_set_aside_and_the_index_rebuilt(
    catalogue: OwnedCatalogue, embedder: CountingEmbedder, open_catalogue: Open, tmp_path: Path
) -> None:
    await save(catalogue, put("p1"))
    await catalogue.save()
    (file,) = snapshots(tmp_path)
    file.write_bytes(file.read_bytes()[:-100])
    embedder.forget()
    assert await found(await open_catalogue()) == {"p1"}
    assert embedder.texts == []
    assert file.with_suffix(".unusable").exists()
    assert not file.exists()


async def test_a_change_of_embedder_embeds_anew_and_mixes_nothing(
    engine: AsyncEngine, catalogue: OwnedCatalogue, tmp_path: Path
) -> None:
    await save(catalogue, put("p1"))
    await catalogue.save()
    another = CountingEmbedder("another")
    changed = await OwnedCatalogue.open(
        engine=engine,
        merchant_id="m1",
        actor="catalog-0",
        embedder=another,
        queries=QueryVectors(another, time.monotonic),
        folder=tmp_path,
    )
    assert another.texts == ["Linen hat blue"]
    assert await found(changed) == {"p1"}
    assert await embedders_of(engine) == ["another"]


async def test_a_change_of_embedder_while_it_is_down_keeps_the_old_vectors(
    engine: AsyncEngine, catalogue: OwnedCatalogue, tmp_path: Path
) -> None:
    await save(catalogue, put("p1"))
    another = CountingEmbedder("another")
    another.down = True
    changed = await OwnedCatalogue.open(
        engine=engine,
        merchant_id="m1",
        actor="catalog-0",
        embedder=another,
        queries=QueryVectors(another, time.monotonic),
        folder=tmp_path,
    )
    assert await found(changed, "hat") == {"p1"}
    assert await embedders_of(engine) == ["counting"]


async def test_a_deleted_product_is_gone_and_can_come_back(
    catalogue: OwnedCatalogue, embedder: CountingEmbedder, open_catalogue: Open
) -> None:
    (first,) = await save(catalogue, put("p1"))
    await delete(catalogue, "p1", expected_version=1)
    assert await found(catalogue) == set()
    assert catalogue.products(["p1"]) == ()
    with pytest.raises(NotFound):
        await delete(catalogue, "p1")
    embedder.forget()
    assert await found(await open_catalogue()) == set()
    again = await open_catalogue()
    (second,) = await save(again, put("p1", must_be_new=True))
    assert (second.version, second.variants[0].id) == (3, first.variants[0].id)
    assert await found(again) == {"p1"}
    assert embedder.texts == []


async def test_a_version_that_is_no_longer_current_changes_nothing(catalogue: OwnedCatalogue) -> None:
    await save(catalogue, put("p1"))
    with pytest.raises(Stale, match="version 1, not 7"):
        await save(catalogue, put("p1", "Straw hat", expected_version=7))
    with pytest.raises(Stale):
        await delete(catalogue, "p1", expected_version=7)
    assert catalogue.products(["p1"])[0].name == "Linen hat"
    (after,) = await save(catalogue, put("p1", "Straw hat", expected_version=1))
    assert after.version == 2


async def test_a_product_that_must_be_new_is_not_written_over(catalogue: OwnedCatalogue) -> None:
    await save(catalogue, put("p1"))
    with pytest.raises(Conflict, match="p1"):
        await save(catalogue, put("p0"), put("p1", "Straw hat", must_be_new=True))
    assert await found(catalogue) == {"p1"}


async def test_a_catalogue_that_was_replaced_changes_nothing(
    engine: AsyncEngine, catalogue: OwnedCatalogue, open_catalogue: Open
) -> None:
    await save(catalogue, put("p1"))
    now = await open_catalogue()
    with pytest.raises(Replaced):
        await save(catalogue, put("p1", "Written by a ghost"), put("p2"))
    with pytest.raises(Replaced):
        await delete(catalogue, "p1")
    assert await found(now) == {"p1"}
    async with engine.begin() as connection:
        assert (await products.get(connection, "m1", "p1")).name == "Linen hat"


async def test_a_snapshot_of_a_catalogue_that_was_replaced_hides_nothing(
    catalogue: OwnedCatalogue, open_catalogue: Open
) -> None:
    await save(catalogue, put("p1"))
    now = await open_catalogue()
    await save(now, put("p2"))
    await now.save()
    await catalogue.save()
    assert await found(await open_catalogue()) == {"p1", "p2"}


async def test_a_write_that_was_cut_off_after_its_commit_is_in_the_index_with_the_next(
    engine: AsyncEngine, catalogue: OwnedCatalogue, open_catalogue: Open
) -> None:
    await save(catalogue, put("p1"))
    async with engine.begin() as locked:
        # Held until the writer waits for the row, so that its connection is cut in its transaction.
        await locked.execute(text("SELECT 1 FROM placement FOR UPDATE"))
        writing = asyncio.create_task(save(catalogue, put("p2")))
        cut = "pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not await select(engine, cut):
            pass
        with pytest.raises(DBAPIError):
            await writing
    # As if that commit had gone through and only its answer been lost.
    other = await open_catalogue()
    await save(other, put("p2"))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE placement SET epoch = epoch - 1"))
    with pytest.raises(Conflict):
        await save(catalogue, put("p2", must_be_new=True))
    assert await found(catalogue) == {"p1", "p2"}


async def test_writers_of_one_catalogue_wait_for_each_other(catalogue: OwnedCatalogue) -> None:
    await asyncio.gather(*(save(catalogue, put("p1", price=number)) for number in range(1, 9)))
    assert catalogue.products(["p1"])[0].version == 8


async def test_many_pages_of_changes_are_all_loaded(catalogue: OwnedCatalogue, open_catalogue: Open) -> None:
    everything = [put(f"p{number:04}") for number in range(1100)]
    await save(catalogue, *everything)
    again = await open_catalogue()
    assert len(again.products([each.id for each in everything])) == 1100


async def test_what_customers_took_to_ranks_first_on_load_and_after_each_roll_up(
    engine: AsyncEngine, catalogue: OwnedCatalogue, open_catalogue: Open, embedder: CountingEmbedder
) -> None:
    await save(catalogue, put("p1"), put("p2"), put("p3"))
    embedder.forget()
    today = datetime.now(UTC)
    await show(engine, "p2", at=today)
    await roll_up(engine, today.date())
    assert await ranked(catalogue) == ["p1", "p2", "p3"]

    await catalogue.refresh_popularity()
    assert await ranked(catalogue) == ["p2", "p1", "p3"]
    assert await ranked(await open_catalogue()) == ["p2", "p1", "p3"]

    await click(engine, await show(engine, at=today), "p3", today)
    await roll_up(engine, today.date())
    await catalogue.refresh_popularity()
    assert await ranked(catalogue) == ["p3", "p2", "p1"]
    assert embedder.texts == []


async def test_an_edit_costs_no_popularity(engine: AsyncEngine, catalogue: OwnedCatalogue) -> None:
    await save(catalogue, put("p1"), put("p2"))
    today = datetime.now(UTC)
    await show(engine, "p2", at=today)
    await roll_up(engine, today.date())
    await catalogue.refresh_popularity()
    await save(catalogue, put("p2", price=990))
    assert await ranked(catalogue) == ["p2", "p1"]
    await delete(catalogue, "p2")
    await save(catalogue, put("p2"))
    assert await ranked(catalogue) == ["p2", "p1"]


async def test_a_rebuilt_catalogue_holds_what_the_table_holds(
    catalogue: OwnedCatalogue, open_catalogue: Open, tmp_path: Path
) -> None:
    await save(catalogue, put("p1", "Linen hat"), put("p2", "Felt hat"), put("p3", "Silk scarf"))
    await delete(catalogue, "p2")

    assert await catalogue.rebuild() == 2

    assert await found(catalogue, "hat") == {"p1"}
    assert snapshots(tmp_path)
    await save(catalogue, put("p4", "Straw hat"))
    assert await found(catalogue, "hat") == {"p1", "p4"}
    assert await found(await open_catalogue(), "hat") == {"p1", "p4"}


async def test_changes_made_during_a_rebuild_are_in_the_new_index(catalogue: OwnedCatalogue) -> None:
    await save(catalogue, *(put(f"p{number}", f"Hat {number}") for number in range(30)))

    async def change() -> None:
        for number in range(30, 60):
            await save(catalogue, put(f"p{number}", f"Hat {number}"))
            assert f"p{number}" in await found(catalogue, f"hat {number}")

    async with asyncio.TaskGroup() as group:
        group.create_task(change())
        for _ in range(5):
            await catalogue.rebuild()

    assert await found(catalogue, "hat") >= {f"p{number}" for number in range(10, 60)}
    assert len(catalogue.products([f"p{number}" for number in range(60)])) == 60


async def test_a_rebuild_embeds_what_lost_its_vector(
    engine: AsyncEngine, catalogue: OwnedCatalogue, embedder: CountingEmbedder
) -> None:
    await save(catalogue, put("p1"), put("p2"))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE products SET embedder = NULL WHERE id = 'p2'"))
    embedder.texts.clear()

    await catalogue.rebuild()

    assert len(embedder.texts) == 1
    assert await embedders_of(engine) == [embedder.name, embedder.name]
