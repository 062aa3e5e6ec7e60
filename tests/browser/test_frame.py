"""What every page of the console has around it."""

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conftest import Accessible

PHONE = ViewportSize(width=390, height=844)


async def test_the_shops_are_the_first_page_and_each_is_one_click_away(page: Page, axe: Accessible) -> None:
    await page.goto("/console/")
    await expect(page.get_by_role("heading", name="Shops", level=1)).to_be_visible()
    await axe(page)
    await page.get_by_role("link", name="Hollin & Fay").click()
    await expect(page).to_have_url("/console/demo/conversations")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_gets_one_column_and_the_menu_behind_a_button(
    page: Page, axe: Accessible, scheme: str
) -> None:
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto("/console/")
    await expect(page.get_by_role("navigation")).to_have_count(0)
    await page.get_by_text("Menu").click()
    await expect(page.get_by_role("navigation")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await axe(page)


async def test_the_keyboard_reaches_the_content_past_the_menu(page: Page) -> None:
    await page.goto("/console/")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"
