"""Pictures of a product, chosen in its form, with script and without."""

import io

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Page, expect

from demo.pictures import draw
from tests.browser.conftest import Accessible

NEW = "/console/demo/products/new"
EVIL = FilePayload(name="evil.png", mimeType="image/png", buffer=b'<svg onload="alert(1)"/>')


@pytest.fixture(scope="module")
def pictures() -> list[FilePayload]:
    return [_payload(kind, color) for kind, color in (("dress", "blue"), ("boot", "red"))]


def _payload(kind: str, color: str) -> FilePayload:
    return FilePayload(name=f"{kind}.png", mimeType="image/png", buffer=draw(kind, color))


async def _saved(page: Page, name: str) -> list[str]:
    """The product is made; what it shows then, in order."""
    await page.get_by_label("Name", exact=True).first.fill(name)
    await page.get_by_label("Price", exact=True).first.fill("59.90")
    await page.get_by_role("button", name="Create product").last.click()
    await expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    found: list[str] = await page.locator('[name="pictures"]').evaluate_all(
        "all => all.map(one => one.value)"
    )
    return found


async def test_chosen_pictures_are_shown_ordered_and_kept(
    page: Page, axe: Accessible, pictures: list[FilePayload]
) -> None:
    await page.goto(NEW)
    await page.get_by_label("Add pictures").set_input_files([pictures[0], EVIL, pictures[1]])
    await expect(page.locator("[data-picture]")).to_have_count(2)
    await expect(page.get_by_text("evil.png: this is an SVG drawing")).to_be_visible()
    await axe(page)
    shown = page.locator('[name="pictures"]')
    first = await shown.nth(0).input_value()
    await page.get_by_role("button", name="Move later").first.click()
    await expect(shown.nth(1)).to_have_value(first)
    kept = await _saved(page, "Pictured dress")
    assert len(kept) == 2
    assert kept[1] == first
    picture = await page.request.get(kept[0])
    assert picture.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(await picture.body())).format == "JPEG"


async def test_pictures_are_taken_without_script(plain: Page, pictures: list[FilePayload]) -> None:
    await plain.goto(NEW)
    await plain.get_by_label("Add pictures").set_input_files(pictures)
    kept = await _saved(plain, "Plainly pictured")
    await plain.get_by_label("Position").nth(0).fill("9")
    await plain.get_by_role("button", name="Save").last.click()
    again: list[str] = await plain.locator('[name="pictures"]').evaluate_all(
        "all => all.map(one => one.value)"
    )
    assert again == kept[::-1]
