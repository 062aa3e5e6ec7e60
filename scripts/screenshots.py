"""Pictures of the console for the manual: `python -m scripts.screenshots "http://localhost:8000/enter?code=..."`

Takes the link that `make run` prints, on an installation with the demo shop, talks to the shop so that there
is something to see, and writes docs/screenshots/*.png. Needs Chromium.
"""

import argparse
import asyncio
import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page, ViewportSize, async_playwright

SHOP = "/console/demo"
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
WIDE = ViewportSize(width=1280, height=860)
PHONE = ViewportSize(width=390, height=844)
# What is where: the picture's name, and its address below the shop's.
PAGES = {
    "products": "products",
    "import": "products/import",
    "conversations": "conversations",
    "search": "search?query=blue+dress",
    "analytics": "analytics",
    "settings": "settings",
    "voice": "settings/voice",
    "shopify": "settings/shopify",
    "simulator": "simulator",
}
# Pictures come late where they are not in sight at first.
SEEN = """[...document.images].every(
    (image) => image.complete || image.getBoundingClientRect().top > window.innerHeight)"""
TALK = {
    "ana": ("hi!", "do you have a blue dress under $80?", "in size M?", "how do I return it?"),
    "ben": ("show me sneakers", "cheaper ones please"),
    "cleo": ("I have a problem with my order, can I talk to someone?",),
    "dora": ("a gift for my sister, around $40", "compare the first two"),
}


async def main(link: str) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    # Its sandbox refuses to work for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        parts = urlsplit(link)
        # The policy forbids what waiting for pictures takes.
        context = await browser.new_context(
            base_url=f"{parts.scheme}://{parts.netloc}", viewport=WIDE, bypass_csp=True
        )
        page = await context.new_page()
        await page.goto(link)
        await _talk(context, page)
        for name, path in PAGES.items():
            await _take(page, name, f"{SHOP}/{path}")
        await _take_first(page, "product", f"{SHOP}/products", "/products/demo-")
        await _take_first(page, "conversation", f"{SHOP}/conversations", "/conversations/")
        await _take_first(page, "execution", page.url, "/executions/")
        await page.emulate_media(color_scheme="dark")
        await _take(page, "analytics-dark", f"{SHOP}/analytics")
        await page.set_viewport_size(PHONE)
        await page.emulate_media(color_scheme="light")
        await _take(page, "conversations-phone", f"{SHOP}/conversations")
        await browser.close()


async def _talk(context: BrowserContext, page: Page) -> None:
    """As customers of the simulator."""
    await page.goto("/console/")
    token = await page.get_attribute('meta[name="csrf-token"]', "content")
    for customer, words in TALK.items():
        for text in words:
            answer = await context.request.post(
                "/api/merchants/demo/chat",
                data={"customer_id": customer, "text": text},
                headers={"X-CSRF-Token": token or ""},
            )
            print(f"{customer}: {text} -> {answer.status}")


async def _take(page: Page, name: str, address: str) -> None:
    await page.goto(address)
    await page.wait_for_function(SEEN)
    await page.screenshot(path=FOLDER / f"{name}.png")
    print(f"{name}.png  {address}")


async def _take_first(page: Page, name: str, address: str, inside: str) -> None:
    """The first thing that a page leads to."""
    await page.goto(address)
    first = page.locator(f'main a[href*="{inside}"]').first
    await _take(page, name, re.sub(r"#.*", "", await first.get_attribute("href") or address))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("link", help="the one-use link that `make run` prints")
    asyncio.run(main(parser.parse_args().link))
