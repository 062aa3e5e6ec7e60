"""Names of products and messages are strangers' words: in real Chromium, nothing of them runs on any page."""

from uuid import uuid4

from playwright.async_api import Error, Page, expect

from tests.cluster.launching import AUTHORIZED

HARM = (
    '"\'><img src=/static/none onerror="document.documentElement.dataset.harmed=1">'
    "<script>document.documentElement.dataset.harmed=1</script><svg onload=alert(1)>"
)
MOST = 70


async def hostile_shop(page: Page) -> str:
    """Its id: a shop in which everything anybody can write is markup."""
    call = page.request
    profile = {
        "name": f"Shop {HARM}",
        "voice": HARM,
        "faq": [{"question": HARM, "answer": HARM}],
        "policies": {"returns": HARM},
    }
    made = await call.post("/api/merchants", data=profile, headers=AUTHORIZED)
    assert made.status == 201, await made.text()
    shop = f"/api/merchants/{(await made.json())['id']}"
    variants = [{"sku": HARM[:60], "color": HARM, "size": HARM, "price_minor": 1000, "stock": 1}]
    product = {
        "name": f"dress {HARM}",
        "description": HARM,
        "category": [HARM],
        "tags": [HARM],
        "brand": HARM,
        "variants": variants,
    }
    kept = await call.post(f"{shop}/products", data=product, headers=AUTHORIZED)
    assert kept.status == 201, await kept.text()
    for customer, text in (("c1", f"do you have a dress {HARM}"), (f"c2{uuid4().hex[:4]}<b>", HARM)):
        said = {"customer_id": customer, "text": text}
        answered = await call.post(f"{shop}/chat", data=said, headers=AUTHORIZED, timeout=60_000)
        assert answered.status == 200, await answered.text()
    return shop.rpartition("/")[2]


STATE = """
() => ({
  harmed: document.documentElement.dataset.harmed ?? null,
  scripts: document.querySelectorAll("script:not([src], [type='application/json'])").length,
  handlers: document.querySelectorAll("[onerror], [onload], [onclick], [style]:not(svg *)").length,
  links: document.querySelectorAll('a[href^="javascript:" i]').length,
})
"""
LINKS = """
(links) => links.map((link) => new URL(link.href, location.href)).map((url) => url.pathname + url.search)
"""


async def harmless(page: Page) -> None:
    state = await page.evaluate(STATE)
    assert state == {"harmed": None, "scripts": 0, "handlers": 0, "links": 0}, page.url


async def test_on_no_page_of_a_shop_do_strangers_words_run(page: Page) -> None:
    below = f"/console/{await hostile_shop(page)}/"
    page.on("dialog", lambda dialog: dialog.dismiss())
    open_, seen = ["/console/", "/console/audit", below + "products", below + "conversations"], set[str]()
    while open_ and len(seen) < MOST:
        address = open_.pop(0)
        if address in seen:
            continue
        seen.add(address)
        try:
            await page.goto(address, wait_until="domcontentloaded")
        except Error:
            continue  # a file to download
        await expect(page.locator("body")).to_be_attached()
        await harmless(page)
        links: list[str] = await page.eval_on_selector_all("a[href]", LINKS)
        open_ += [link for link in links if link.startswith(below) and link not in seen]
    assert len(seen) > 3
