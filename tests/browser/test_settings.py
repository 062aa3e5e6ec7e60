"""A merchant sets a shop up: its voice, its answers, its account, its customers' data."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, StorageState, ViewportSize, expect

from tests.browser.conftest import Accessible
from tests.cluster.launching import AUTHORIZED, Launcher
from tests.standins.instagram import TOKEN, Instagram

PARTS = (
    *(
        "",
        "/profile",
        "/hours",
        "/handover",
        "/voice",
        "/faq",
        "/faq/new",
        "/policies",
        "/comments",
        "/posts",
    ),
    *("/model", "/experiment", "/instagram", "/shopify", "/customers", "/wishes", "/retention", "/erasure"),
)
# Nobody else's, whatever other tests connect.
ACCOUNT = "17841400000004711"


@pytest.fixture
async def shop(page: Page) -> str:
    """The id of a new one."""
    made = await page.request.post("/api/merchants", data={"name": "Blue Door"}, headers=AUTHORIZED)
    assert made.status == 201
    return str((await made.json())["id"])


@pytest.fixture
def at(shop: str) -> str:
    return f"/console/{shop}/settings"


@pytest.fixture
async def plain(launcher: Launcher, chromium: Browser, entered: StorageState) -> AsyncIterator[Page]:
    """A tab that runs no script."""
    context = await chromium.new_context(
        base_url=launcher.url, storage_state=entered, java_script_enabled=False
    )
    async with context:
        yield await context.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_part_is_accessible_and_fits_a_phone(
    page: Page, axe: Accessible, at: str, scheme: str
) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for part in PARTS:
        await page.set_viewport_size(ViewportSize(width=1280, height=900))
        await page.goto(at + part)
        await axe(page)
        await page.set_viewport_size(ViewportSize(width=390, height=844))
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, part
        await axe(page)


async def test_a_voice_is_listened_to_before_it_is_saved(page: Page, axe: Accessible, at: str) -> None:
    await page.goto(f"{at}/voice")
    await page.get_by_label("Your own words", exact=False).first.check()
    await page.get_by_label("In your own words").fill("Like a sailor on a calm sea.")
    await page.get_by_label("Emoji").select_option("none")
    await page.get_by_label("And a question of yours").fill("are you a bot?")
    await page.get_by_role("button", name="Preview").click()
    drafts = page.locator(".draft")
    await expect(drafts).to_have_count(4)
    await expect(drafts.last).to_contain_text("automated assistant")
    # Without a model nobody claims that the voice was heard.
    await expect(drafts.last).to_contain_text("Answered by the rules")
    await expect(page.get_by_label("In your own words")).to_have_value("Like a sailor on a calm sea.")
    await axe(page)
    await page.reload()
    await expect(page.get_by_label("In your own words")).to_have_value("")
    await page.get_by_label("Playful").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    await expect(page.get_by_label("Playful")).to_be_checked()


async def test_the_preview_is_a_button_like_any_other_without_script(plain: Page, at: str) -> None:
    await plain.goto(f"{at}/voice")
    await plain.get_by_label("In your own words").fill("Like a sailor.")
    await plain.get_by_role("button", name="Preview").click()
    await expect(plain.locator(".draft")).to_have_count(3)
    await expect(plain.get_by_label("In your own words")).to_have_value("Like a sailor.")


async def test_an_answer_is_added_found_by_a_question_and_removed(
    page: Page, axe: Accessible, at: str
) -> None:
    await page.goto(f"{at}/faq")
    await page.get_by_role("link", name="Add an answer").first.click()
    await page.get_by_label("Question").fill("Do you wrap gifts?")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#answer-fault")).to_be_visible()
    await expect(page.get_by_label("Question")).to_have_value("Do you wrap gifts?")
    await axe(page)
    await page.get_by_label("Answer").fill("Yes, with a ribbon of your colour.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Do you wrap gifts?")).to_be_visible()
    await page.get_by_label("A customer asks").fill("can you wrap it as a gift?")
    await page.get_by_role("button", name="Try it").click()
    await expect(page.locator(".found")).to_contain_text("Do you wrap gifts?")
    await expect(page.locator(".draft")).to_contain_text("with a ribbon of your colour")
    await axe(page)
    await page.get_by_role("link", name="Remove: Do you wrap gifts?").click()
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_role("heading", name="No answers yet")).to_be_visible()


async def test_opening_hours_are_told_to_customers_from_then_on(page: Page, shop: str, at: str) -> None:
    await page.goto(f"{at}/hours")
    await page.get_by_label("Monday, opens, 1. interval").fill("09:00")
    await page.get_by_label("Monday, closes, 1. interval").fill("18:30")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    answer = await page.request.post(
        f"/api/merchants/{shop}/chat",
        data={"customer_id": "anna", "text": "when are you open?"},
        headers=AUTHORIZED,
    )
    assert "Monday 09:00–18:30" in (await answer.json())["parts"][0]["text"]


async def test_an_account_is_connected_by_hand_tested_and_disconnected(
    page: Page, axe: Accessible, at: str, instagram: Instagram
) -> None:
    instagram.accounts[ACCOUNT] = f"{TOKEN}_of_settings"
    await page.goto(f"{at}/instagram")
    await page.get_by_label("Account id").fill(ACCOUNT)
    await page.get_by_label("Access token").fill(instagram.accounts[ACCOUNT])
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_role("status")).to_contain_text("Run the self-test")
    await page.get_by_role("link", name="Run the self-test").click()
    checks = page.locator(".check")
    await expect(checks.filter(has_text="Access token")).to_contain_text("Instagram takes it.")
    await expect(checks.filter(has_text="Events arrive")).to_contain_text("What to do:")
    assert instagram.accounts[ACCOUNT] not in await page.content()
    await axe(page)
    await page.get_by_role("link", name="Disconnect").click()
    await axe(page)
    await page.get_by_role("button", name="Disconnect").click()
    await expect(page.get_by_role("heading", name="No account is connected")).to_be_visible()


async def test_a_customer_is_found_handed_out_and_erased(
    page: Page, axe: Accessible, shop: str, at: str
) -> None:
    await page.request.post(
        f"/api/merchants/{shop}/chat",
        data={"customer_id": "anna-8001", "text": "hello"},
        headers=AUTHORIZED,
    )
    await page.goto(f"{at}/customers")
    await page.get_by_label("Customer's id").fill("anna")
    await page.get_by_role("button", name="Find").click()
    await axe(page)
    await page.get_by_role("link", name="anna-8001").click()
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Export as a file").click()
    assert (await saving.value).suggested_filename == "customer.json"
    await page.get_by_role("button", name="Erase for good").click()
    await expect(page.locator("#typed-fault")).to_be_visible()
    await axe(page)
    await page.get_by_label("Type the customer's id").fill("anna-8001")
    await page.get_by_role("button", name="Erase for good").click()
    await expect(page.get_by_role("status")).to_contain_text("Erased.")
    await expect(page.get_by_role("link", name="anna-8001")).to_have_count(0)


async def test_a_shop_goes_once_its_name_was_typed_and_a_page_says_so(
    page: Page, axe: Accessible, at: str
) -> None:
    await page.goto(f"{at}/erasure")
    await page.get_by_label("Type the shop's name to confirm").fill("Blue")
    await page.get_by_role("button", name="Erase for good").click()
    await expect(page.get_by_text("nothing was erased")).to_be_visible()
    await axe(page)
    await page.get_by_label("Type the shop's name to confirm").fill("Blue Door")
    await page.get_by_role("button", name="Erase for good").click()
    said = page.get_by_text("Blue Door is being erased")
    await expect(said).to_be_visible()
    await page.goto("/deletion/" + (await said.inner_text()).rpartition("/")[2].split()[0])
    await expect(page.get_by_role("heading", level=1)).to_contain_text("deleted")
    await axe(page)


async def test_the_description_of_the_api_is_readable_and_accessible(page: Page, axe: Accessible) -> None:
    await page.set_viewport_size(ViewportSize(width=390, height=844))
    await page.goto("/api/docs")
    await page.get_by_text("/api/merchants/{m}/chat").click()
    await expect(page.get_by_text('"customer_id"').first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await axe(page)
