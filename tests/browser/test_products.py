"""Products in a real browser: typed in with two variants, changed, deleted, brought back."""

import re

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conftest import Accessible

PRODUCTS = "/console/demo/products"
PHONE = ViewportSize(width=390, height=844)


async def typed_in(page: Page, name: str) -> None:
    """A product in blue and red."""
    await page.goto(f"{PRODUCTS}/new")
    await page.get_by_label("Name", exact=True).first.fill(name)
    first = page.get_by_role("group", name=re.compile("^Variant 1"))
    await first.get_by_label("Colour").fill("Blue")
    await first.get_by_label("Price", exact=True).fill("59.90")
    await first.get_by_role("button", name="Copy Variant 1").click()
    second = page.get_by_role("group", name=re.compile("^Variant 2"))
    await second.get_by_label("Colour").fill("Red")
    await second.get_by_label("Stock").fill("3")
    await page.get_by_role("button", name="Create product").last.click()
    await expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


async def test_a_product_is_typed_in_changed_deleted_and_brought_back(page: Page, axe: Accessible) -> None:
    await page.goto(f"{PRODUCTS}/new")
    await axe(page)
    await typed_in(page, "Browser dress")
    await expect(page.get_by_role("status").first).to_contain_text("Browser dress is in the catalogue")
    await expect(page.locator(".variant")).to_have_count(2)
    await axe(page)

    await page.get_by_label("Tags").fill("browser")
    await page.get_by_role("button", name=re.compile("^Move Variant 2, Red up")).click()
    await expect(page.locator(".variant").first.get_by_label("Colour")).to_have_value("Red")
    await expect(page.get_by_label("Tags")).to_have_value("browser")
    await page.get_by_role("button", name="Save").last.click()
    await expect(page.locator(".flash")).to_contain_text("Browser dress is saved.")
    await expect(page.locator(".variant").first.get_by_label("Colour")).to_have_value("Red")

    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator(".flash")).to_contain_text("Browser dress is deleted.")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".flash")).to_contain_text("Browser dress is back.")
    await expect(page.get_by_label("Tags")).to_have_value("browser")


async def test_the_card_in_the_chat_is_drawn_while_one_types(page: Page) -> None:
    await page.goto(f"{PRODUCTS}/new")
    await page.get_by_label("Name", exact=True).first.fill("Paper lamp")
    await page.get_by_label("Price", exact=True).first.fill("12")
    card = page.locator(".chat-card")
    await expect(card).to_contain_text("Paper lamp")
    await expect(card).to_contain_text("$12")


async def test_what_is_wrong_is_named_and_one_click_away(page: Page, axe: Accessible) -> None:
    await page.goto(f"{PRODUCTS}/new")
    await page.get_by_label("Name", exact=True).first.fill("Lamp")
    await page.get_by_label("Price", exact=True).first.fill("a lot")
    await page.get_by_role("button", name="Create product").last.click()
    fault = page.get_by_role("link", name=re.compile("^Variant 1, Price"))
    await expect(fault).to_be_visible()
    await axe(page)
    await fault.click()
    await expect(page).to_have_url(re.compile("#variants.0.price$"))
    await expect(page.get_by_label("Price", exact=True).first).to_have_value("a lot")


async def test_chosen_products_are_looked_at_changed_and_changed_back(page: Page, axe: Accessible) -> None:
    await page.goto(f"{PRODUCTS}?sort=name")
    await axe(page)
    await expect(page.get_by_text("Change the chosen products")).to_be_hidden()
    for row in (0, 1):
        await page.locator("[name=id]").nth(row).check()
    await expect(page.get_by_text("2 chosen")).to_be_visible()
    await page.get_by_label("What to do").select_option("price_percent")
    await page.get_by_label("Value").fill("10")
    await axe(page)
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_text("2 of 2 will change")).to_be_visible()
    await axe(page)
    await page.get_by_role("button", name="Change 2 products").click()
    await expect(page.locator(".flash")).to_contain_text("2 changed.")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".flash")).to_contain_text("2 changed back.")


@pytest.mark.parametrize(
    "path", [PRODUCTS, f"{PRODUCTS}?view=grid", f"{PRODUCTS}/new", "/console/demo/collections"]
)
async def test_a_phone_has_all_of_it_in_one_column(page: Page, axe: Accessible, path: str) -> None:
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark")
    await page.goto(path)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await axe(page)


async def test_a_collection_is_made_and_filled(page: Page, axe: Accessible) -> None:
    await page.goto("/console/demo/collections")
    await axe(page)
    await page.get_by_label("Name").fill("Gifts of the browser")
    await page.get_by_role("button", name="Create collection").click()
    await expect(page.get_by_role("heading", name="Gifts of the browser")).to_be_visible()
    await page.goto(PRODUCTS)
    await page.locator("[name=id]").first.check()
    await page.get_by_label("What to do").select_option("collection_add")
    await page.get_by_label("Collection", exact=True).last.select_option(label="Gifts of the browser")
    await page.get_by_role("button", name="Preview").click()
    await page.get_by_role("button", name="Change 1 product").click()
    await page.goto("/console/demo/collections")
    await page.get_by_role("link", name=re.compile("Gifts of the browser")).click()
    await expect(page.get_by_text("1 product", exact=True)).to_be_visible()
    await axe(page)


async def test_without_script_the_rows_of_variants_come_by_sending_the_form(page: Page) -> None:
    browser = page.context.browser
    assert browser
    state = await page.context.storage_state()
    base = re.match(r"https?://[^/]+", (await _url(page)))
    assert base
    async with await browser.new_context(
        java_script_enabled=False, storage_state=state, base_url=base[0]
    ) as plain:
        tab = await plain.new_page()
        await typed_in(tab, "Plain dress")
        await expect(tab.locator(".variant")).to_have_count(2)


async def _url(page: Page) -> str:
    await page.goto(PRODUCTS)
    return page.url
