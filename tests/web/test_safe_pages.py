"""Every page is walked: what an address says never becomes a part of it that runs."""

import inspect
from collections.abc import AsyncIterator, Sequence
from html.parser import HTMLParser

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.store.rows import open_shop
from tests.web.conftest import APP_URL
from tests.web.people import hold
from tests.web.routes import Way, ways
from web.pages import PAGE_HEADERS

SHOP = "m1"
PAYLOAD = "\"'><script>alert(7)</script><img src=x onerror=alert(7)>"
# Streams do not end by themselves.
STREAMS = ("/events", "/stream", "/live", "/progress")


@pytest.fixture
def looked_at(app: FastAPI) -> Sequence[Way]:
    """Every address that answers a GET, but for those of machines."""
    machines = ("/webhooks/", "/api/", "/docs", "/redoc", "/readyz", "/healthz")
    return [
        way
        for way in ways(app)
        if way.method == "GET"
        and not way.path.startswith(machines)
        and not way.path.endswith(STREAMS)
        and way.endpoint is not None
    ]


@pytest.fixture
async def operator(app: FastAPI, engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """Where a page needs an actor that is not there, its error is a page, too."""
    await open_shop(engine, SHOP)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=APP_URL) as client:
        hold(client, await app.state.access.new_session(None))
        yield client


class Markup(HTMLParser):
    """Whether anything of a page could run that is not a file of ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        inline_data = given.get("type") in ("application/json", "speculationrules")
        if tag == "script" and not (given.get("src") or "").startswith("/static/") and not inline_data:
            self.found.append(f"<script {given}>")
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction"):
            if (given.get(name) or "").strip().lower().startswith(("javascript:", "data:text")):
                self.found.append(f"<{tag} {name}={given[name]}>")


def is_page(answer: httpx.Response) -> bool:
    return answer.headers.get("Content-Type", "").startswith("text/html")


async def test_every_page_says_that_nothing_but_our_files_may_run(
    operator: httpx.AsyncClient, looked_at: Sequence[Way]
) -> None:
    pages = 0
    for way in looked_at:
        answer = await operator.get(way.filled(SHOP))
        if is_page(answer):
            pages += 1
            assert {name: answer.headers.get(name) for name in PAGE_HEADERS} == PAGE_HEADERS, str(way)
            assert Markup(answer.text).found == [], str(way)
    assert pages > 10


async def test_no_page_repeats_an_address_as_markup(
    operator: httpx.AsyncClient, looked_at: Sequence[Way]
) -> None:
    for way in looked_at:
        asked = dict.fromkeys(inspect.signature(way.endpoint).parameters, PAYLOAD)
        everywhere = [way.filled(SHOP)]
        if "{" in way.path.replace("{m}", ""):
            everywhere.append(
                way.filled(SHOP).rsplit("1", 1)[0] + "%22%3E%3Cscript%3Ealert(7)%3C%2Fscript%3E"
            )
        for path in everywhere:
            answer = await operator.get(path, params=asked)
            if is_page(answer):
                assert "<script>alert(7)" not in answer.text, (str(way), path)
                assert Markup(answer.text).found == [], (str(way), path)


@pytest.mark.parametrize("prefix", ["/media/", "/media/demo/", "/static/"])
@pytest.mark.parametrize(
    "path",
    [
        "../settings.py",
        "..%2fsettings.py",
        "%2e%2e%2f%2e%2e%2fsettings.py",
        "..%252f..%252fsettings.py",
        "..%5c..%5csettings.py",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "....//....//etc/passwd",
        "a%00.png",
        "file:%2f%2f%2fetc%2fpasswd",
        "0" * 40 + ".svg",
        "0" * 40 + ".html",
        "0" * 40 + ".jpg%0d%0aX: y",
    ],
)
async def test_no_address_leads_to_another_file(browser: httpx.AsyncClient, prefix: str, path: str) -> None:
    answer = await browser.get(prefix + path)
    assert answer.status_code == 404
    assert "root:" not in answer.text
