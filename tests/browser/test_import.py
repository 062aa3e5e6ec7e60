"""A merchant imports a table of somebody else's shop, with script and without."""

import csv
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Accessible
from tests.cluster.launching import AUTHORIZED

THEIRS = """\
Artikelnummer;Bezeichnung;Preis;Farbe;Bestand
K-1;Leinenkleid;59,90 €;Blau;4
K-2;Seidenbluse;1.299,00 €;Weiß;0
K-3;Wollmütze;gratis;Rot;viele
"""


@pytest.fixture
async def shop(page: Page) -> str:
    """The address of a new one, below /console."""
    made = await page.request.post(
        "/api/merchants", data={"name": "Türkis", "currency": "EUR"}, headers=AUTHORIZED
    )
    assert made.status == 201
    return f"/console/{(await made.json())['id']}"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "herbst.csv"
    file.write_text(THEIRS, encoding="utf-8")
    return file


async def test_a_table_comes_in_step_by_step_and_is_taken_back(
    page: Page, axe: Accessible, shop: str, table: Path
) -> None:
    await page.goto(f"{shop}/products/import")
    await axe(page)
    await page.get_by_label("Choose a file").set_input_files(table)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name="Columns")).to_be_visible()
    await expect(page.get_by_label("Bezeichnung becomes")).to_have_value("name")
    await expect(page.get_by_label("Preis becomes")).to_have_value("price")
    await axe(page)
    await page.get_by_role("button", name="Check the file").click()

    await expect(page.get_by_role("heading", name="Preview of herbst.csv")).to_be_visible(timeout=30_000)
    await expect(page.get_by_text("'gratis' is not a price such as 19,90")).to_be_visible()
    await axe(page)
    await page.get_by_role("button", name="Import 2 products").click()

    await expect(page.get_by_role("heading", name="herbst.csv is imported")).to_be_visible(timeout=30_000)
    await axe(page)
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download bad rows").click()
    rows = _rows(await (await waiting.value).path())
    assert [row[0] for row in rows] == ["Artikelnummer", "K-3"]

    await page.get_by_role("link", name="Take it back").click()
    await axe(page)
    await page.get_by_role("button", name="Yes, take it back").click()
    await expect(page.get_by_role("heading", name="herbst.csv was taken back")).to_be_visible(timeout=30_000)
    listed = await page.request.get(
        shop.replace("/console/", "/api/merchants/") + "/products", headers=AUTHORIZED
    )
    assert (await listed.json())["items"] == []


async def test_all_of_it_works_without_script(plain: Page, shop: str, table: Path) -> None:
    await plain.goto(f"{shop}/products/import")
    await plain.get_by_label("Choose a file").set_input_files(table)
    await plain.get_by_role("button", name="Continue").click()
    await plain.get_by_role("button", name="Check the file").click()
    await expect(plain.get_by_role("heading", name="Preview of herbst.csv")).to_be_visible(timeout=30_000)
    await plain.get_by_role("button", name="Import 2 products").click()
    await expect(plain.get_by_role("heading", name="herbst.csv is imported")).to_be_visible(timeout=30_000)


async def test_a_phone_shows_every_column_without_scrolling_sideways(
    page: Page, axe: Accessible, shop: str, table: Path
) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.goto(f"{shop}/products/import")
    await page.get_by_label("Choose a file").set_input_files(table)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_label("Farbe becomes")).to_be_visible()
    wrap = page.locator(".import-columns")
    assert await wrap.evaluate("wrap => wrap.scrollWidth <= wrap.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await axe(page)


async def test_a_file_that_is_dropped_is_chosen(page: Page, shop: str) -> None:
    await page.goto(f"{shop}/products/import")
    await page.evaluate(
        """() => {
            const data = new DataTransfer();
            const text = "product_id,name,price\\np1,Dress,1\\n";
            data.items.add(new File([text], "dropped.csv", {type: "text/csv"}));
            const drop = document.querySelector("[data-import-drop]");
            drop.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
    )
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name=re.compile("dropped.csv"))).to_be_visible(timeout=30_000)


def _rows(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
