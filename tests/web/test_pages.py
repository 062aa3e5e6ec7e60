from html.parser import HTMLParser

import httpx2 as httpx
import pytest
from fastapi import FastAPI

from tests.web.conftest import ADMIN_TOKEN
from web import pages
from web.access import SESSION_COOKIE, Access

SESSION = f"__Host-{SESSION_COOKIE}"
PAGE = "/console/"


@pytest.fixture
def access(app: FastAPI) -> Access:
    made: Access = app.state.access
    return made


@pytest.fixture
def stranger(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    return browser


@pytest.fixture
async def merchant(stranger: httpx.AsyncClient, access: Access) -> httpx.AsyncClient:
    stranger.cookies.set(SESSION, await access.new_session(None))
    return stranger


class Page(HTMLParser):
    """Every element as it opens, and what stands between <script> or <style> and its end."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.inline.append(data)

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(attribute))]

    def csrf_token(self) -> str | None:
        metas = [attributes for tag, attributes in self.elements if tag == "meta"]
        return next((meta["content"] for meta in metas if meta.get("name") == "csrf-token"), None)


async def test_the_bare_address_leads_to_the_console(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")


@pytest.mark.parametrize("cookie", ["", "made-up", "gAAAAAB", "x" * 5000])
async def test_a_made_up_session_is_none(stranger: httpx.AsyncClient, cookie: str) -> None:
    assert (await stranger.get(PAGE, headers={"Cookie": f"{SESSION}={cookie}"})).status_code == 401


async def test_a_csrf_token_is_no_session(stranger: httpx.AsyncClient, access: Access) -> None:
    stranger.cookies.set(SESSION, access.csrf_token(await access.new_session(None)))
    assert (await stranger.get(PAGE)).status_code == 401


async def test_the_pages_csrf_token_fits_its_session(merchant: httpx.AsyncClient, access: Access) -> None:
    answer = await merchant.get(PAGE)
    assert answer.status_code == 200
    token = Page(answer.text).csrf_token()
    assert token
    assert access.csrf_ok(merchant.cookies[SESSION], token)
    assert not access.csrf_ok(await access.new_session(None), token)


async def test_a_page_holds_neither_the_admin_token_nor_the_session(merchant: httpx.AsyncClient) -> None:
    html = (await merchant.get(PAGE)).text
    assert ADMIN_TOKEN not in html
    assert merchant.cookies[SESSION] not in html


@pytest.mark.parametrize("entered", [True, False])
async def test_a_page_runs_nothing_but_files_of_ours(
    stranger: httpx.AsyncClient, access: Access, entered: bool
) -> None:
    if entered:
        stranger.cookies.set(SESSION, await access.new_session(None))
    answer = await stranger.get(PAGE)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"

    page = Page(answer.text)
    assert not page.inline
    assert not page.values("style")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert all(
        address.startswith(("/static/", "/console/", "#"))
        for address in page.values("src") + page.values("href")
    )


async def test_everything_a_page_refers_to_is_there_and_kept_for_good(merchant: httpx.AsyncClient) -> None:
    page = Page((await merchant.get(PAGE)).text)
    addresses = [one for one in page.values("src") + page.values("href") if one.startswith("/static/")]
    assert addresses
    for address in addresses:
        answer = await merchant.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("file", "media_type"),
    [
        ("base.css", "text/css; charset=utf-8"),
        ("simulator.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
async def test_a_file_says_what_it_is_to_anyone(
    stranger: httpx.AsyncClient, file: str, media_type: str
) -> None:
    answer = await stranger.get(f"/static/{file}")
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef"])
async def test_a_file_under_no_hash_of_its_own_is_asked_for_again(
    stranger: httpx.AsyncClient, query: str
) -> None:
    answer = await stranger.get(f"/static/simulator.js{query}")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = await stranger.get("/static/simulator.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.content


@pytest.mark.parametrize(
    "path",
    [
        "nothing.css",
        "..%2f..%2fapp.py",
        "%2e%2e%2ftemplates%2fpage.html",
        "..%5c..%5capp.py",
        "%2fetc%2fpasswd",
        "base.css%00",
        "./base.css/..",
    ],
)
async def test_no_path_leads_out_of_the_files(stranger: httpx.AsyncClient, path: str) -> None:
    assert (await stranger.get(f"/static/{path}")).status_code == 404


# Escaped by a template, and nothing of them runs where they are read.
PAGES_OF_OURS = (
    "made.innerHTML = await answer.text()",
    'new DOMParser().parseFromString(await answer.text(), "text/html")',
)


def test_no_module_writes_markup() -> None:
    """Names of products and messages are put into the page as text, or not at all.

    Or it is a page of ours, whose templates escape what they are given.
    """
    forbidden = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser")
    for name, asset in pages.assets().items():
        if name.endswith(".js"):
            code = asset.body.decode()
            for of_ours in PAGES_OF_OURS:
                code = code.replace(of_ours, "")
            assert not [word for word in forbidden if word in code], name


def test_every_module_a_module_asks_for_is_there() -> None:
    modules = {name: asset.body.decode() for name, asset in pages.assets().items() if name.endswith(".js")}
    for name, code in modules.items():
        imported = [line.rsplit('"./', 1)[1].rstrip('";') for line in code.splitlines() if '"./' in line]
        assert set(imported) <= modules.keys(), name
