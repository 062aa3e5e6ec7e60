"""A file is looked at, comes in, is stopped, goes on, and is taken back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.import_check import KIND as CHECK
from actors.import_check import ImportCheck
from actors.import_undo import KIND as UNDO
from actors.import_undo import ImportUndo
from actors.imports import KIND as IMPORT
from actors.imports import ImportJob
from actors.owned_catalogue import OwnedCatalogue
from actors.upload_upkeep import UploadUpkeep
from models.errors import NotFound
from models.imports import Counts, Import, Missing, Reading, bad_rows_name, file_name
from models.product import Product
from store import imported_products, imports, jobs, product_listing
from store.files import Files
from store.product_listing import Wanted
from tests.actors.stores import LEASE_S, Shelves
from tests.actors.wares import delete, put, save

CSV = "product_id,name,price\np1,Dress,10\np2,Shirt,20\np3,Hat,free\n"


@dataclass
class Desk:
    """Whoever imports, and the job actor."""

    engine: AsyncEngine
    files: Files
    shelves: Shelves
    started: int = field(default=0)

    async def upload(self, file: str = CSV, *, missing: Missing = "keep", **reading: Any) -> str:
        self.started += 1
        import_id = f"{self.started:032x}"
        await self.files.write(file_name(import_id), file.encode())
        async with self.engine.begin() as connection:
            await imports.add(
                connection,
                "m1",
                import_id,
                name="wares.csv",
                size=len(file),
                reading=Reading(**({"format": "csv"} | reading)),
                missing=missing,
            )
        return import_id

    async def work(self, import_id: str, kind: str, status: str) -> Import:
        """A job of this kind, and whoever takes it up."""
        self.started += 1
        job_id = import_id if kind == IMPORT else f"job-{self.started}"
        of = ("draft", "ready", "done", "cancelled", "failed")
        async with self.engine.begin() as connection:
            await imports.move(connection, "m1", import_id, status, of=of, job_id=job_id)
            await jobs.start(
                connection, job_id=job_id, kind=kind, merchant_id="m1", options={"import": import_id}
            )
        return await self.go_on(import_id)

    async def go_on(self, import_id: str) -> Import:
        async with self.engine.begin() as connection:
            await connection.execute(text("UPDATE jobs SET lease_until = NULL"))
            job = await jobs.lease(connection, LEASE_S)
        assert job
        if job.kind == CHECK:
            await ImportCheck(self.engine, self.files, job, lease_s=LEASE_S).run()
        elif job.kind == UNDO:
            await ImportUndo(self.engine, self.shelves, job, lease_s=LEASE_S).run()
        else:
            await ImportJob(self.engine, self.shelves, self.files, job, lease_s=LEASE_S).run()
        return await self.get(import_id)

    async def run(self, file: str = CSV, **options: Any) -> Import:
        return await self.work(await self.upload(file, **options), IMPORT, "running")

    async def check(self, file: str = CSV, **options: Any) -> Import:
        return await self.work(await self.upload(file, **options), CHECK, "checking")

    async def undo(self, the_import: Import) -> Import:
        return await self.work(the_import.id, UNDO, "undoing")

    async def get(self, import_id: str) -> Import:
        async with self.engine.begin() as connection:
            return await imports.get(connection, "m1", import_id)

    async def counts(self, import_id: str) -> Counts:
        async with self.engine.begin() as connection:
            return (await imported_products.counts(connection, "m1", [import_id]))[import_id]

    async def products(self) -> dict[str, Product]:
        async with self.engine.begin() as connection:
            found = await product_listing.page(connection, "m1", Wanted(), limit=10_000)
        return {product.id: product for product in found.products}

    async def stop(self, import_id: str, status: str) -> None:
        async with self.engine.begin() as connection:
            await imports.move(connection, "m1", import_id, status, of=("running", "paused"))
            await jobs.stop(connection, "m1", import_id, status)


@pytest.fixture
def desk(engine: AsyncEngine, catalogue: OwnedCatalogue, tmp_path: Path) -> Desk:
    return Desk(engine, Files(str(tmp_path / "uploads")), Shelves(catalogue))


def file_of(ids: Sequence[str], price: int = 10) -> str:
    return "product_id,name,price\n" + "".join(f"{each},Dress {each},{price}\n" for each in ids)


async def test_a_check_says_what_would_happen_and_does_nothing(desk: Desk) -> None:
    await desk.run("product_id,name,price\np1,Dress,10\np2,Shirt,10\nold,Cap,1\n")
    looked_at = await desk.check()
    preview = looked_at.preview
    assert preview
    assert looked_at.status == "ready"
    assert (preview.new, preview.changed, preview.unchanged, preview.bad, preview.missing) == (0, 1, 1, 1, 1)
    assert [(each.name, each.change) for each in preview.shown] == [
        ("Dress", "unchanged"),
        ("Shirt", "changed"),
    ]
    assert [(fault.row, fault.field) for fault in preview.faults] == [(4, "price")]
    assert (await desk.products())["p2"].variants[0].price_minor == 1000


async def test_a_file_nobody_can_read_fails_its_check_in_words(desk: Desk) -> None:
    failed = await desk.check("name\nDress\n")
    assert failed.status == "failed"
    assert failed.fault
    assert failed.fault.detail == "the file has no column 'product_id'"


async def test_what_comes_in_is_counted_and_what_is_the_same_is_left_alone(desk: Desk) -> None:
    first = await desk.run()
    assert (first.status, first.bad, first.unchanged) == ("done", 1, 0)
    assert await desk.counts(first.id) == Counts(2, 0, 0)
    second = await desk.run(CSV.replace("20", "25"))
    assert (second.bad, second.unchanged) == (1, 1)
    assert await desk.counts(second.id) == Counts(0, 1, 0)
    versions = {product.id: product.version for product in (await desk.products()).values()}
    assert versions == {"p1": 1, "p2": 2}


async def test_the_bad_rows_are_a_file_to_mend(desk: Desk) -> None:
    done = await desk.run()
    bad = await desk.files.read(bad_rows_name(done.id, "csv"))
    assert bad.decode("utf-8-sig").splitlines()[0] == "product_id,name,price,row,field,detail"
    mended = await desk.run(bad.decode().replace("free", "30"))
    assert (mended.status, mended.bad) == ("done", 0)
    assert (await desk.products())["p3"].metadata == {}


async def test_products_the_file_has_no_more_are_switched_off_when_asked(desk: Desk) -> None:
    await desk.run(file_of(["a", "b", "c", "p3"]))
    done = await desk.run("product_id,name,price\na,Dress a,10\np3,Hat,free\n", missing="deactivate")
    active = {product.id: product.is_active for product in (await desk.products()).values()}
    # p3 is in the file: its row is bad, it is not missing.
    assert active == {"a": True, "b": False, "c": False, "p3": True}
    assert await desk.counts(done.id) == Counts(0, 0, 2)


async def test_a_worker_that_dies_is_followed_by_one_that_makes_nothing_twice(desk: Desk) -> None:
    desk.shelves.puts_left = 2
    import_id = await desk.upload(file_of([f"p{number:03}" for number in range(350)]))
    with pytest.raises(ConnectionError):
        await desk.work(import_id, IMPORT, "running")
    desk.shelves.puts_left = None
    assert (await desk.go_on(import_id)).status == "done"
    assert await desk.counts(import_id) == Counts(350, 0, 0)
    assert {product.version for product in (await desk.products()).values()} == {1}


async def test_a_product_that_cannot_be_stored_keeps_no_other_out(desk: Desk) -> None:
    desk.shelves.refused = "b"
    done = await desk.run(file_of(["a", "b", "c"]))
    assert (done.status, done.bad, done.unchanged) == ("done", 1, 0)
    assert set(await desk.products()) == {"a", "c"}
    assert await desk.counts(done.id) == Counts(2, 0, 0)
    bad = (await desk.files.read(bad_rows_name(done.id, "csv"))).decode("utf-8-sig")
    assert bad.splitlines()[1:] == ["b,Dress b,10,3,row,it cannot be stored"]


async def test_a_pause_ends_after_the_batch_and_going_on_does_the_rest(desk: Desk) -> None:
    import_id = await desk.upload(file_of([f"p{number:03}" for number in range(250)]))
    desk.shelves.meanwhile = lambda: desk.stop(import_id, "paused")
    paused = await desk.work(import_id, IMPORT, "running")
    assert (paused.status, paused.finished_at) == ("paused", None)
    assert len(await desk.products()) == 100
    async with desk.engine.begin() as connection:
        await imports.move(connection, "m1", import_id, "running", of=("paused",))
        await jobs.go_on(connection, "m1", import_id)
    assert (await desk.go_on(import_id)).status == "done"
    assert await desk.counts(import_id) == Counts(250, 0, 0)


async def test_what_was_cancelled_stays_as_far_as_it_came_and_can_be_taken_back(desk: Desk) -> None:
    import_id = await desk.upload(
        "product_id,name,price\nbad,Hat,free\n" + file_of([f"p{n:03}" for n in range(150)])[22:]
    )
    desk.shelves.meanwhile = lambda: desk.stop(import_id, "cancelled")
    cancelled = await desk.work(import_id, IMPORT, "running")
    assert (cancelled.status, cancelled.bad) == ("cancelled", 1)
    assert len(await desk.products()) == 99
    assert (await desk.undo(cancelled)).status == "undone"
    assert await desk.products() == {}


async def test_an_undo_deletes_what_came_and_puts_back_what_was_changed(desk: Desk) -> None:
    await desk.run(file_of(["a", "b", "c"], price=10))
    before = await desk.products()
    done = await desk.run(file_of(["a", "new"], price=12), missing="deactivate")
    undone = await desk.undo(done)
    assert (undone.status, undone.kept) == ("undone", 0)
    after = await desk.products()
    assert {product.id: replace(product, version=1) for product in after.values()} == before


async def test_an_undo_leaves_what_somebody_changed_since(desk: Desk) -> None:
    done = await desk.run(file_of(["a", "b", "c"]))
    await save(desk.shelves.catalogue, put("a", name="Mine now"))
    await delete(desk.shelves.catalogue, "b")
    undone = await desk.undo(done)
    assert undone.kept == 1
    assert [product.name for product in (await desk.products()).values()] == ["Mine now"]


async def test_an_undo_that_died_half_way_counts_nothing_as_changed_since(desk: Desk) -> None:
    await desk.run(file_of(["a", "b"], price=5))
    done = await desk.run(file_of(["a", "b", "c"]))
    await desk.undo(done)
    async with desk.engine.begin() as connection:
        await connection.execute(
            text("UPDATE jobs SET status = 'running', state = '{}' WHERE kind = 'import_undo'")
        )
        await connection.execute(
            text("UPDATE imports SET status = 'undoing' WHERE id = :id"), {"id": done.id}
        )
    assert (await desk.go_on(done.id)).kept == 0


async def test_a_product_that_was_deleted_comes_back_and_an_undo_deletes_it_again(desk: Desk) -> None:
    await desk.run(file_of(["a"]))
    await delete(desk.shelves.catalogue, "a")
    done = await desk.run(file_of(["a"]))
    assert await desk.counts(done.id) == Counts(1, 0, 0)
    assert list(await desk.products()) == ["a"]
    await desk.undo(done)
    assert await desk.products() == {}


async def test_a_table_of_theirs_comes_in_by_its_mapping(desk: Desk) -> None:
    mapping = {"fields": {"Nr": "sku", "Titel": "name", "Preis": "price"}, "key": "Nr", "decimal": ","}
    done = await desk.run("Nr;Titel;Preis\n7;Kleid;1.299,00 €\n", mapping=mapping)
    assert done.status == "done"
    assert (await desk.products())["7"].variants[0].price_minor == 129900


async def test_a_week_after_its_end_a_file_is_erased_and_nothing_can_be_undone(desk: Desk) -> None:
    done, fresh = await desk.run(), await desk.run(file_of(["x"]))
    draft = await desk.upload()
    async with desk.engine.begin() as connection:
        await connection.execute(
            text("""
                UPDATE imports SET created_at = now() - interval '8 days',
                    finished_at = finished_at - interval '8 days'
                WHERE id <> :id
            """),
            {"id": fresh.id},
        )
    await UploadUpkeep(desk.engine, desk.files).run()
    assert not (await desk.get(done.id)).undoable
    assert (await desk.get(fresh.id)).undoable
    assert await desk.counts(done.id) == Counts()
    assert (await desk.get(done.id)).counts == Counts(2, 0, 0)
    with pytest.raises(NotFound):
        await desk.get(draft)
    for name in (done.file, bad_rows_name(done.id, "csv"), file_name(draft)):
        with pytest.raises(NotFound):
            await desk.files.read(name)
    assert await desk.files.read(fresh.file)


async def test_lines_without_an_id_make_no_second_product_when_they_are_repeated(desk: Desk) -> None:
    line = json.dumps({"name": "Dress", "variants": [{"price_minor": 1}]})
    done = await desk.run(line, format="jsonl")
    assert list(await desk.products()) == [f"{done.id}-1"]
