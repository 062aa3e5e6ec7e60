"""Part 6: a shop in figures, and the turns behind them."""

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conftest import Accessible
from tests.cluster.launching import AUTHORIZED
from tests.cluster.polling import until

PHONE = ViewportSize(width=390, height=844)
ANALYTICS = "/console/demo/analytics"
# Days are rolled up every quarter of a minute.
ROLLED_UP_S = 60.0


async def counted(page: Page) -> None:
    """After a turn that searched for what there is, and one for what there is not."""
    for text in ("do you have a blue dress?", "do you have a purple snow plough under 3 dollars?"):
        answer = await page.request.post(
            "/api/merchants/demo/chat", data={"customer_id": "figures", "text": text}, headers=AUTHORIZED
        )
        assert answer.status == 200, await answer.text()

    async def shown() -> bool:
        await page.goto(ANALYTICS)
        return await page.locator(".figures").count() > 0

    await until(shown, what="the first figures", timeout_s=ROLLED_UP_S)


async def test_figures_lead_to_their_turns_and_these_to_their_log(page: Page, axe: Accessible) -> None:
    await counted(page)
    for box in ("Overall system health", "AI agent performance", "Product matching", "Cost tracking"):
        await expect(page.get_by_role("region", name=box)).to_be_visible()
    await axe(page)
    health = page.get_by_role("region", name="Overall system health")
    await health.locator("dd a").last.click()
    rows = page.locator("table.turns tbody tr")
    await expect(rows).not_to_have_count(0)
    await expect(page.get_by_text("do you have a blue dress?").first).to_be_visible()
    await axe(page)
    await page.get_by_label("Asked for").select_option("Support")
    await page.get_by_role("button", name="Filter", exact=True).click()
    await expect(page.get_by_text("No turn is like that")).to_be_visible()
    await page.get_by_role("link", name="Clear filters").click()
    await expect(rows).not_to_have_count(0)


async def test_charts_are_pictures_with_a_table_each(page: Page) -> None:
    await counted(page)
    pictures = page.locator(".chart img")
    await expect(pictures).to_have_count(5)
    for number in range(5):
        await pictures.nth(number).scroll_into_view_if_needed()
        await expect(pictures.nth(number)).to_have_js_property("complete", value=True)
        assert await pictures.nth(number).evaluate("picture => picture.naturalWidth") > 0
    await page.get_by_text("The same as a table").first.click()
    await expect(page.locator(".chart table").first.get_by_role("row")).to_have_count(31)


async def test_days_are_chosen_and_exported(page: Page) -> None:
    await counted(page)
    await page.get_by_role("link", name="7 days").click()
    await expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "page")
    await page.get_by_label("From", exact=True).fill("2026-01-09")
    await page.get_by_label("To", exact=True).fill("2026-01-02")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("#from-fault")).to_be_visible()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Days", exact=True).click()
    download = await downloading.value
    assert download.suggested_filename.startswith("days-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_all_of_it(page: Page, axe: Accessible, scheme: str) -> None:
    await counted(page)
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto(ANALYTICS)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await axe(page)


async def test_the_first_page_says_how_each_shop_fares(page: Page, axe: Accessible) -> None:
    await counted(page)
    await page.goto("/console/")
    await expect(page.locator(".shops .facts").first).to_be_visible()
    await axe(page)
