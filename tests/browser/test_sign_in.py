"""Part 1: in by a link the first time, by password from then on, and never into somebody else's shop."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from launch.running import Running
from models.codec import from_json
from store import installation
from store.database import connect
from tests.browser.conftest import Accessible
from tests.cluster.launching import Launcher
from web.access import hashed

PASSWORD = "a lamp in the harbour"


async def fill(page: Page, **fields: str) -> None:
    for label, value in fields.items():
        await page.get_by_label(re.compile(label.replace("_", ".?"), re.IGNORECASE)).fill(value)


async def test_somebody_without_a_session_is_asked_to_sign_in_and_goes_on_to_where_they_were_going(
    stranger: Page, axe: Accessible
) -> None:
    await stranger.goto("/console/audit?what=x")
    await expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    await axe(stranger)
    await fill(stranger, e_mail="nobody@shop.example", password="wrong wrong wrong")
    await stranger.get_by_role("button", name="Sign in").click()
    await expect(stranger.get_by_role("alert")).to_contain_text("do not fit together")
    await expect(stranger.get_by_label("E-mail")).to_have_value("nobody@shop.example")
    await expect(stranger.locator('input[name="next"]')).to_have_value("/console/audit?what=x")
    await axe(stranger)


async def test_a_merchant_is_invited_signs_in_and_sees_one_shop_only(
    page: Page, launcher: Launcher, chromium: Browser, axe: Accessible
) -> None:
    email = f"{uuid4().hex[:8]}@shop.example"
    await page.goto("/console/users/new")
    await axe(page)
    await page.get_by_label("Name", exact=True).fill("Mara <script>alert(1)</script>")
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Hollin & Fay").check()
    await page.get_by_role("button", name="Make the link").click()
    await axe(page)
    link = await page.get_by_label("Link", exact=True).input_value()
    async with await chromium.new_context(base_url=launcher.url) as context:
        theirs = await context.new_page()
        await theirs.goto(link.replace(link.split("/console/")[0], launcher.url))
        await axe(theirs)
        await theirs.get_by_label("New password").fill("short")
        await theirs.get_by_role("button", name="Set password").click()
        await expect(theirs.get_by_text("At least 10 characters")).to_be_visible()
        await theirs.get_by_label("New password").fill(PASSWORD)
        await theirs.get_by_role("button", name="Set password").click()
        await expect(theirs).to_have_url(re.compile("/console/demo/conversations"))

        await theirs.goto("/console/account")
        await expect(theirs.get_by_role("link", name="People")).to_have_count(0)
        await axe(theirs)
        refused = await theirs.goto("/console/users")
        assert refused
        assert refused.status == 403
        missing = await theirs.goto("/console/another/products")
        assert missing
        assert missing.status == 404

        await theirs.goto("/console/account")
        await theirs.get_by_role("button", name="Sign out", exact=True).click()
        await expect(theirs.get_by_role("status")).to_contain_text("signed out")
        await fill(theirs, e_mail=email.upper(), password=PASSWORD)
        await theirs.get_by_role("button", name="Sign in").click()
        await expect(theirs).to_have_url(re.compile("/console/demo/conversations"))
    await page.goto("/console/users")
    await expect(page.get_by_text("Mara <script>alert(1)</script>")).to_be_visible()
    await axe(page)


async def test_a_token_is_shown_once_works_and_is_revoked(page: Page, axe: Accessible) -> None:
    name = f"till {uuid4().hex[:6]}"
    await page.goto("/console/api-tokens")
    await axe(page)
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Sees").select_option(label="Hollin & Fay")
    await page.get_by_role("button", name="Make token").click()
    await axe(page)
    secret = await page.get_by_label("Token", exact=True).input_value()
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await page.request.get("/api/merchants/demo", headers=headers)).status == 200
    await page.goto("/console/api-tokens")
    await expect(page.get_by_text(secret)).to_have_count(0)
    await page.get_by_role("link", name=f"Revoke {name}").click()
    await axe(page)
    await page.get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("status")).to_contain_text(f"{name} is revoked")
    # The session's cookie goes along as well, so the page's own context would still be let in.
    assert (
        await page.evaluate(
            "(token) => fetch('/api/merchants/demo', {credentials: 'omit', headers: {Authorization: token}})"
            ".then((answer) => answer.status)",
            headers["Authorization"],
        )
        == 401
    )
    await page.goto("/console/audit")
    await expect(page.get_by_role("cell", name="Revoked a token").first).to_be_visible()
    await axe(page)


async def another_entry(launcher: Launcher) -> str:
    """As a restart would print it."""
    (file,) = launcher.folder.rglob("running.json")
    engine = connect(from_json(Running, file.read_text()).database_url)
    code = uuid4().hex
    async with engine.begin() as connection:
        await installation.issue(connection, hashed(code), 60)
    await engine.dispose()
    return f"/enter?code={code}"


async def test_whoever_has_the_printed_link_sets_up_the_first_account_and_comes_back_with_it(
    launcher: Launcher, chromium: Browser, axe: Accessible
) -> None:
    async with await chromium.new_context(base_url=launcher.url) as context:
        page = await context.new_page()
        await page.goto(await another_entry(launcher))
        await page.goto("/console/")
        await expect(page.get_by_role("heading", name="Shops", level=1)).to_be_visible()
        await page.get_by_role("link", name="Set up your account").click()
        await axe(page)
        await page.get_by_label("Name").fill("Olga Hart")
        await page.get_by_label("E-mail").fill("olga@shop.example")
        await page.get_by_label("Password").fill("olga olga olga")
        await page.get_by_role("button", name="Create account").click()
        await expect(page.get_by_text("guessed among the first")).to_be_visible()
        await expect(page.get_by_label("Name")).to_have_value("Olga Hart")
        await axe(page)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Create account").click()
        await expect(page.get_by_role("link", name="Olga Hart")).to_be_visible()
        await expect(page.get_by_role("link", name="Set up your account")).to_have_count(0)

        await page.goto("/console/account")
        await page.get_by_label("Present password").fill(PASSWORD)
        await page.get_by_label("New password").fill("another lamp in the harbour")
        await page.get_by_role("button", name="Change password").click()
        await expect(page.get_by_role("status")).to_contain_text("Your password is changed")
        await page.get_by_role("button", name="Sign out everywhere").click()
        await fill(page, e_mail="olga@shop.example", password="another lamp in the harbour")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("link", name="Olga Hart")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
async def test_the_first_pages_work_with_script_and_without(
    launcher: Launcher, chromium: Browser, script: bool
) -> None:
    async with await chromium.new_context(base_url=launcher.url, java_script_enabled=script) as context:
        page = await context.new_page()
        await page.goto("/console/sign-in")
        await page.get_by_label("E-mail").fill("nobody@shop.example")
        await page.get_by_label("Password").fill("wrong wrong wrong")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_be_visible()
