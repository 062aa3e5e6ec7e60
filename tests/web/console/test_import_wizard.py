"""The import wizard, step by step, as somebody without script goes through it."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.import_check import ImportCheck
from models.imports import bad_rows_name
from models.merchant import Merchant
from store import imports, jobs
from store.files import Files
from tests.store.listed_shop import product, stock_up
from tests.web.console.visitor import Visitor

THEIRS = """\
Artikelnummer;Bezeichnung;Preis;Farbe;Notiz
A-1;Leinenkleid;59,90 €;Blau;=2+2
A-2;Seidenbluse;gratis;Weiß;
"""
OURS = "product_id,name,price\np1,Dress,10\np2,Shirt,free\n"


class Wizard:
    def __init__(self, visitor: Visitor, engine: AsyncEngine, files: Files) -> None:
        self.visitor = visitor
        self.engine = engine
        self.files = files

    async def upload(self, file: str | bytes, name: str = "wares.csv") -> str:
        """The path of the import it becomes, below the shop."""
        data = file.encode() if isinstance(file, str) else file
        answer = await self.visitor.send("/m1/products/import", files={"file": (name, data, "text/csv")})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"]).removeprefix("/console")

    async def page(self, path: str) -> BeautifulSoup:
        return await self.visitor.page(path)

    async def send(self, path: str, fields: Mapping[str, object] | None = None) -> BeautifulSoup:
        answer = await self.visitor.send(path, fields)  # type: ignore[arg-type] # httpx takes lists
        return await self.visitor.follow(answer)

    async def work(self) -> None:
        """What the job actor does of a check."""
        async with self.engine.begin() as connection:
            job = await jobs.lease(connection, 30)
        assert job
        await ImportCheck(self.engine, self.files, job, lease_s=30).run()

    async def set(self, what: str) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(text(f"UPDATE imports SET {what}"))  # noqa: S608 - of these tests


@pytest.fixture
def wizard(visitor: Visitor, engine: AsyncEngine, shop: Merchant, tmp_path: Path) -> Wizard:
    assert shop.id == "m1"
    return Wizard(visitor, engine, Files(str(tmp_path / "uploads")))


def chosen(page: BeautifulSoup) -> dict[str, str]:
    """By column: what it becomes."""
    found = {}
    for row in page.select(".import-columns tbody tr"):
        title, option = row.select_one('input[name="title"]'), row.select_one("option[selected]")
        assert title
        assert option
        found[str(title["value"])] = str(option["value"])
    return found


def mapped(page: BeautifulSoup, **changes: object) -> dict[str, object]:
    """The form of the columns as it stands, but for `changes`."""
    columns = chosen(page)
    key = page.select_one('select[name="key"] option[selected]')
    decimal = page.select_one('input[name="decimal"][checked]')
    assert key
    assert decimal
    return {
        "kind": "table",
        "encoding": "utf-8",
        "title": list(columns),
        "field": list(columns.values()),
        "key": key["value"],
        "decimal": decimal["value"],
        "step": "check",
    } | changes


def tiles(page: BeautifulSoup) -> dict[str, str]:
    return {
        tile.select_one("dt").get_text(strip=True): tile.select_one("dd").get_text(strip=True)  # type: ignore[union-attr]
        for tile in page.select(".import-tiles .tile")
    }


async def test_the_first_page_says_where_to_begin(wizard: Wizard) -> None:
    page = await wizard.page("/m1/products/import")
    assert page.select_one('input[type="file"]')
    assert page.find("a", {"href": "/console/m1/settings/shopify"})
    assert "No imports yet" in page.get_text()


async def test_a_form_without_a_file_says_so_beside_its_field(wizard: Wizard) -> None:
    answer = await wizard.visitor.send("/m1/products/import", {"file": ""})
    assert answer.status_code == 422
    fault = BeautifulSoup(answer.text, "html.parser").select_one("#file-fault")
    assert fault
    assert fault.get_text() == "Choose a file first."


async def test_columns_are_guessed_with_samples_to_be_corrected(wizard: Wizard) -> None:
    page = await wizard.page(await wizard.upload(THEIRS))
    assert chosen(page) == {
        "Artikelnummer": "sku",
        "Bezeichnung": "name",
        "Preis": "price",
        "Farbe": "color",
        "Notiz": "detail",
    }
    samples = [each.get_text() for each in page.select(".import-samples .sample")]
    assert samples[:2] == ["A-1", "A-2"]


async def test_a_preview_says_what_would_happen(wizard: Wizard) -> None:
    path = await wizard.upload(THEIRS)
    checking = await wizard.send(f"{path}/columns", mapped(await wizard.page(path)))
    assert checking.select_one("noscript meta[http-equiv=refresh]")
    await wizard.work()
    preview = await wizard.page(path)
    assert tiles(preview) == {"New": "1", "Changed": "0", "Unchanged": "0", "Bad rows": "1"}
    assert "'gratis' is not a price such as 19,90" in preview.get_text()
    assert "Leinenkleid" in preview.get_text()
    assert preview.find("button", string=re.compile("Import 1 products"))


async def test_a_mapping_nobody_can_read_by_is_said_and_what_was_chosen_stays(wizard: Wizard) -> None:
    path = await wizard.upload(THEIRS)
    sent = mapped(await wizard.page(path), field=["sku", "detail", "price", "price", "ignore"])
    answer = await wizard.visitor.send(f"{path}/columns", sent)  # type: ignore[arg-type] # lists
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    alert = page.select_one('[role="alert"]')
    assert alert
    assert "both 'Preis' and 'Farbe' are its price" in alert.get_text()
    assert list(chosen(page).values()) == ["sku", "detail", "price", "price", "ignore"]


async def test_what_was_chosen_once_is_the_guess_of_the_next_file(wizard: Wizard) -> None:
    path = await wizard.upload(THEIRS)
    page = await wizard.page(path)
    fields = ["sku", "name", "price", "color", "description"]
    await wizard.send(f"{path}/columns", mapped(page, field=fields))
    assert chosen(await wizard.page(await wizard.upload(THEIRS)))["Notiz"] == "description"


async def test_another_encoding_shows_other_samples(wizard: Wizard) -> None:
    path = await wizard.upload(THEIRS.encode("cp1251", errors="replace").replace(b"?", b"\xe9"))
    page = await wizard.page(path)
    option = page.select_one('select[name="encoding"] option[selected]')
    assert option
    assert option["value"] == "windows-1252"
    assert "é" in page.get_text()
    answer = await wizard.visitor.send(
        f"{path}/columns", {"kind": "table", "encoding": "windows-1251", "step": "reread"}
    )
    assert answer.status_code == 200
    assert "й" in answer.text


async def test_a_file_of_ours_or_of_shopify_goes_straight_to_its_check(wizard: Wizard) -> None:
    shopify = "Handle,Title,Vendor,Option1 Name,Variant Price\nlinen-dress,Linen dress,Acme,Size,59.90\n"
    for file, kind in ((OURS, "csv"), (shopify, "shopify_csv"), ('{"products": []}', "shopify_json")):
        path = await wizard.upload(file)
        page = await wizard.page(path)
        assert "Checking wares.csv" in page.get_text()
        async with wizard.engine.begin() as connection:
            the_import = await imports.get(connection, "m1", path.rpartition("/")[2])
        assert the_import.reading.format == kind


async def test_a_file_nobody_can_read_says_why_and_can_be_read_otherwise(wizard: Wizard) -> None:
    path = await wizard.upload('{"name": "Dress"', name="wares.json")
    await wizard.work()
    page = await wizard.page(path)
    assert "wares.json could not be read" in page.get_text()
    assert page.find("a", {"href": f"/console{path}/columns"})
    columns = await wizard.page(f"{path}/columns")
    assert columns.select_one('[role="alert"]')


async def test_missing_products_are_asked_about_and_the_answer_is_kept(wizard: Wizard) -> None:
    await stock_up(wizard.engine, product("old"), product("older"))
    path = await wizard.upload(OURS)
    await wizard.work()
    page = await wizard.page(path)
    assert "2 active products are not in this file" in page.get_text()
    assert page.select_one('input[name="missing"][value="keep"][checked]')
    running = await wizard.send(f"{path}/start", {"missing": "deactivate"})
    assert "Importing wares.csv" in running.get_text()
    async with wizard.engine.begin() as connection:
        (the_import,) = await imports.listing(connection, "m1", limit=2)
    assert (the_import.status, the_import.missing) == ("running", "deactivate")


async def test_a_file_that_changes_nothing_offers_nothing_to_start(wizard: Wizard) -> None:
    path = await wizard.upload("product_id,name,price\np1,Dress,free\n")
    await wizard.work()
    page = await wizard.page(path)
    assert "No row of this file can be imported" in page.get_text()
    assert not page.find("form", {"action": f"/console{path}/start"}).find("button")  # type: ignore[union-attr]


async def test_a_running_import_shows_how_far_it_is_and_can_be_paused_and_cancelled(wizard: Wizard) -> None:
    path = await wizard.upload(OURS)
    await wizard.work()
    await wizard.send(f"{path}/start")
    import_id = path.rpartition("/")[2]
    async with wizard.engine.begin() as connection:
        await jobs.set_total(connection, import_id, 4000)
        await jobs.advance(connection, import_id, cursor=1200, done=1200, faults=(), lease_s=1)
    part = await wizard.page(f"{path}/progress")
    assert "1,200 of 4,000" in part.get_text()
    assert not part.select("nav, form")
    paused = await wizard.send(f"{path}/pause")
    assert "is paused" in paused.get_text()
    assert not paused.select("noscript meta")
    assert "Importing" in (await wizard.send(f"{path}/resume")).get_text()
    cancelled = await wizard.send(f"{path}/cancel")
    assert "wares.csv was cancelled" in cancelled.get_text()


async def test_who_comes_too_late_is_shown_where_the_import_is(wizard: Wizard) -> None:
    path = await wizard.upload(OURS)
    page = await wizard.send(f"{path}/pause")
    assert "Meanwhile this import went on" in page.get_text()


async def test_the_result_has_the_bad_rows_and_the_way_back(wizard: Wizard) -> None:
    path = await wizard.upload(OURS)
    import_id = path.rpartition("/")[2]
    await wizard.files.write(bad_rows_name(import_id, "csv"), b"row,field,detail\n3,price,'=1\n")
    await wizard.set("status = 'done', created = 1, bad = 1, finished_at = now()")
    page = await wizard.page(path)
    assert tiles(page)["Created"] == "1"
    link = page.find("a", {"href": f"/console{path}/bad-rows.csv"})
    assert link
    download = await wizard.visitor.client.get(f"/console{path}/bad-rows.csv")
    assert download.headers["Content-Disposition"].startswith("attachment")
    confirm = await wizard.page(f"{path}/undo")
    assert "deletes the 1 products it made" in confirm.get_text()
    undoing = await wizard.send(f"{path}/undo")
    assert "Taking back wares.csv" in undoing.get_text()


async def test_an_import_that_never_ran_is_discarded_with_its_file(wizard: Wizard) -> None:
    path = await wizard.upload(THEIRS)
    page = await wizard.send(f"{path}/discard")
    assert "wares.csv was discarded" in page.get_text()
    await wizard.visitor.page(path, status=404)


async def test_a_check_that_takes_too_long_is_discarded_with_its_job(wizard: Wizard) -> None:
    path = await wizard.upload(OURS)
    await wizard.send(f"{path}/discard")
    async with wizard.engine.begin() as connection:
        assert await jobs.lease(connection, 30) is None
    await wizard.visitor.page(path, status=404)


async def test_past_imports_are_listed_by_pages(wizard: Wizard) -> None:
    for number in range(22):
        await wizard.upload(THEIRS, name=f"file-{number}.csv")
    first = await wizard.page("/m1/products/import")
    assert len(first.select("tbody tr")) == 20
    following = first.select_one('a[rel="next"]')
    assert following
    second = await wizard.page(str(following["href"]).removeprefix("/console"))
    assert [row.get_text(strip=True) for row in second.select("tbody th")] == ["file-1.csv", "file-0.csv"]


async def test_an_import_of_another_shop_does_not_exist(wizard: Wizard, other_shop: Merchant) -> None:
    path = await wizard.upload(THEIRS)
    theirs = path.replace("/m1/", f"/{other_shop.id}/")
    for address in (
        theirs,
        f"{theirs}/columns",
        f"{theirs}/undo",
        f"{theirs}/progress",
        f"{theirs}/bad-rows.csv",
    ):
        await wizard.visitor.page(address, status=404)
    for action in ("columns", "start", "pause", "cancel", "undo", "discard"):
        assert (await wizard.visitor.send(f"{theirs}/{action}")).status_code == 404


async def test_what_a_file_says_is_shown_and_never_run(wizard: Wizard) -> None:
    evil = "<script>alert(1)</script>"
    path = await wizard.upload(f'{evil},name,cost\n"{evil}",{evil},1.50\n', name=f"{evil}.csv")
    page = await wizard.page(path)
    assert not [tag for tag in page.select("script") if "alert" in tag.get_text()]
    assert evil in page.get_text()
    await wizard.send(f"{path}/columns", mapped(page, field=["product_id", "name", "price"]))
    await wizard.work()
    preview = await wizard.page(path)
    assert not [tag for tag in preview.select("script") if "alert" in tag.get_text()]
    assert evil in preview.get_text()


async def test_without_the_token_of_its_page_no_file_is_taken(wizard: Wizard, app: FastAPI) -> None:
    assert app
    answer = await wizard.visitor.client.post("/console/m1/products/import", files={"file": ("a.csv", b"x")})
    assert answer.status_code == 403


async def test_products_are_exported_from_the_console(wizard: Wizard) -> None:
    await stock_up(wizard.engine, product("old"))
    answer = await wizard.visitor.client.get("/console/m1/products/export?format=jsonl")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="products.jsonl"'
    assert len(answer.text.splitlines()) == 1
