"""Part 3: conversations are followed live, answered by a person, looked behind and played again."""

import re

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.conftest import Accessible

PHONE = ViewportSize(width=390, height=844)
INBOX = "/console/demo/conversations"
SIMULATOR = "/console/demo/simulator"


async def write(page: Page, text: str) -> None:
    """As a customer in the simulator; until it is answered."""
    captions = page.locator(".caption")
    before = await captions.count()
    await page.get_by_label("Message", exact=True).first.fill(text)
    await page.get_by_role("button", name="Send").click()
    await expect(captions).to_have_count(before + 1)


async def opened(page: Page) -> None:
    """The thread of a customer who has just asked for a dress."""
    await page.goto(SIMULATOR)
    await write(page, "do you have a blue dress?")
    await page.goto(f"{INBOX}?channel=simulator")
    await page.locator(".row a").first.click()
    await expect(page.locator(".ware").first).to_be_visible()


async def test_a_new_message_appears_while_an_answer_is_being_typed(page: Page, axe: Accessible) -> None:
    await opened(page)
    await axe(page)
    await page.get_by_label("Your answer").fill("I am just about to")
    customer = await page.context.new_page()
    await customer.goto(SIMULATOR)
    await customer.locator(".earlier a").first.click()
    await write(customer, "and a red one?")
    await customer.close()
    await page.bring_to_front()
    await expect(page.locator("#thread").get_by_text("and a red one?")).to_be_visible()
    await expect(page.get_by_label("Your answer")).to_have_value("I am just about to")


async def test_a_person_answers_and_brings_the_assistant_back(page: Page) -> None:
    await opened(page)
    await page.get_by_label("Your answer").fill("This is Mia.")
    await page.keyboard.press("Enter")
    await expect(page.locator(".is-person .bubble")).to_have_text("This is Mia.")
    await page.get_by_role("button", name="Resume the assistant").click()
    await expect(page.get_by_text("The assistant answers", exact=True)).to_be_visible()


async def test_a_turn_is_looked_behind_and_played_again(page: Page, axe: Accessible) -> None:
    await opened(page)
    await page.get_by_role("link", name=re.compile("Why this reply")).first.click()
    await page.get_by_text("Search products").first.click()
    await expect(page.locator(".hits meter").first).to_be_visible()
    await axe(page)
    await page.get_by_role("link", name="Play it again").click()
    await page.get_by_role("button", name="Play it again").click()
    await expect(page.get_by_role("heading", name="As it would be today")).to_be_visible()
    await axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_the_list_or_the_thread(page: Page, axe: Accessible, scheme: str) -> None:
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await opened(page)
    await expect(page.locator("#rows")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await axe(page)
    await page.get_by_role("link", name="All conversations").click()
    await expect(page.locator("#rows")).to_be_visible()
    await axe(page)


async def test_the_simulator_answers_in_place_and_shows_why(page: Page, axe: Accessible) -> None:
    await page.goto(SIMULATOR)
    await axe(page)
    await page.get_by_role("button", name="blue dress under").click()
    await expect(page.locator(".ware").first).to_be_visible()
    await expect(page.locator("#inspector").get_by_role("heading", name="Product search")).to_be_visible()
    await expect(page).to_have_url(re.compile(r"simulator\?customer=visitor-"))
    await write(page, "under 60?")
    await page.get_by_role("link", name=re.compile("Why this reply")).first.click()
    await expect(page.locator("#inspector")).to_contain_text("blue dress under")
    await axe(page)
