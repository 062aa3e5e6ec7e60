"""Part 4: what a query finds, why, and how it would with other settings."""

import re

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page, StorageState, ViewportSize, expect

from tests.browser.conftest import Accessible
from tests.cluster.launching import Launcher

PHONE = ViewportSize(width=390, height=844)
TESTER = "/console/demo/search"


async def names(side: Locator) -> list[str]:
    return await side.locator(".hit h3 a").all_inner_texts()


async def test_a_query_is_explained(page: Page, axe: Accessible) -> None:
    await page.goto(TESTER)
    await page.get_by_role("searchbox", name="Query").fill("blue drress")
    await page.get_by_label("Price to").fill("80")
    await page.get_by_role("button", name="Search").first.click()
    await expect(page.get_by_text("“drress” read as “dress”")).to_be_visible()
    hits = page.locator(".hit")
    await expect(hits).to_have_count(10)
    await expect(hits.first.get_by_role("meter")).to_have_count(6)
    await expect(page).to_have_url(re.compile("price_max=80"))
    await axe(page)


async def test_two_weightings_are_compared_saved_and_taken_back(page: Page, axe: Accessible) -> None:
    await page.goto(f"{TESTER}?query=summer+dress")
    await page.get_by_text("Weights", exact=True).click()
    other = page.get_by_role("group", name="Weighting B")
    for part, weight in {"Meaning": 0, "Words": 0, "Popularity": 0, "Availability": 1, "Price": 0}.items():
        await other.get_by_label(part).fill(str(weight))
    await other.get_by_label("Newness").fill("0")
    await page.get_by_label("Compare A with B").check()
    await page.get_by_role("button", name="Search").last.click()
    sides = page.locator(".side-of")
    await expect(sides).to_have_count(2)
    assert await names(sides.first) != await names(sides.last)
    await expect(sides.last.locator(".moved")).not_to_have_count(0)
    await axe(page)
    await page.get_by_role("button", name="Save B for the shop").click()
    await expect(page.get_by_role("status")).to_contain_text("The weights are saved")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Those measured for this embedder count.")).to_be_visible()


async def test_a_product_is_pinned_for_everybody_who_asks_for_it(page: Page, axe: Accessible) -> None:
    await page.goto(f"{TESTER}?query=party+dress")
    last = (await names(page.locator(".side-of")))[-1]
    await page.get_by_role("button", name=f"Pin {last} for this query").click()
    await expect(page.locator(".hit h3 a").first).to_have_text(last)
    await expect(page.locator(".hit").first).to_contain_text("Pinned")
    await axe(page)
    await page.goto(f"{TESTER}?query=dresses+for+a+party")
    await expect(page.locator(".hit h3 a").first).to_have_text(last)
    await page.get_by_role("button", name="Remove the rule", exact=True).click()
    await expect(page.locator(".hit h3 a").first).not_to_have_text(last)


async def test_synonyms_are_tried_then_kept_then_removed(page: Page) -> None:
    await page.goto(f"{TESTER}?query=kicks")
    await page.get_by_label("New group").fill("kicks, sneaker")
    await page.get_by_role("button", name="Try first").click()
    tried = page.locator(".side-of").last
    await expect(tried.locator(".hit").filter(has_text="Sneaker")).not_to_have_count(0)
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator(".side-of")).to_have_count(1)
    await expect(page.locator(".hit").filter(has_text="Sneaker")).not_to_have_count(0)
    await page.get_by_role("button", name="Remove kicks, sneaker").click()
    await expect(page.get_by_role("status")).to_contain_text("no longer find each other")


async def test_it_works_without_script(launcher: Launcher, chromium: Chromium, entered: StorageState) -> None:
    async with await chromium.new_context(
        base_url=launcher.url, storage_state=entered, java_script_enabled=False
    ) as context:
        page = await context.new_page()
        await page.goto(TESTER)
        await page.get_by_role("searchbox", name="Query").fill("boots")
        await page.keyboard.press("Enter")
        await expect(page.locator(".hit").first).to_contain_text("Boot")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_all_of_it(page: Page, axe: Accessible, scheme: str) -> None:
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto(f"{TESTER}?query=linen&compare=1")
    await expect(page.locator(".side-of")).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await axe(page)
