"""An experiment from its form to its figures, in a shop of its own."""

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conftest import Accessible
from tests.cluster.launching import AUTHORIZED
from tests.cluster.polling import until

PHONE = ViewportSize(width=390, height=844)
# Days are rolled up every quarter of a minute.
ROLLED_UP_S = 60.0
CUSTOMERS = 12


@pytest.fixture
async def shop(page: Page) -> str:
    """The id of a new one."""
    made = await page.request.post("/api/merchants", data={"name": "Blue Door"}, headers=AUTHORIZED)
    assert made.status == 201
    return str((await made.json())["id"])


async def test_customers_are_divided_and_what_became_of_them_is_compared(
    page: Page, axe: Accessible, shop: str
) -> None:
    await page.goto(f"/console/{shop}/settings/experiment")
    await page.get_by_label("Name", exact=True).first.fill("voices")
    for number, (name, share) in enumerate((("as it is", "50"), ("warm", "50"))):
        variant = page.get_by_role("group", name=f"Variant {number + 1}")
        await variant.get_by_label("Name", exact=True).fill(name)
        await variant.get_by_label("Share of the customers").fill(share)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    for number in range(CUSTOMERS):
        said = {
            "customer_id": f"customer-{number}",
            "text": "can I talk to a person?" if number % 2 else "hi",
        }
        answer = await page.request.post(f"/api/merchants/{shop}/chat", data=said, headers=AUTHORIZED)
        assert answer.status == 200, await answer.text()

    async def counted() -> bool:
        found = await page.request.get(f"/api/merchants/{shop}/analytics/experiment", headers=AUTHORIZED)
        customers = [one["customers"] for one in (await found.json())["variants"]]
        return bool(sum(customers) == CUSTOMERS)

    await until(counted, what="the figures of all customers", timeout_s=ROLLED_UP_S)
    await page.goto(f"/console/{shop}/analytics/experiment")
    await expect(page.get_by_role("columnheader", name="warm")).to_be_visible()
    await expect(page.get_by_text("No difference shown").first).to_be_visible()
    await axe(page)
    await page.set_viewport_size(PHONE)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await axe(page)
