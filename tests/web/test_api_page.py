"""The API's own page."""

import re

import httpx2 as httpx

from web.pages import PAGE_HEADERS


async def test_every_call_is_on_the_page_and_nothing_of_it_comes_from_elsewhere(
    browser: httpx.AsyncClient,
) -> None:
    described = (await browser.get("/api/openapi.json")).json()
    answer = await browser.get("/api/docs")
    assert {name: answer.headers.get(name) for name in PAGE_HEADERS} == PAGE_HEADERS
    for path in described["paths"]:
        assert f"<code>{path}</code>" in answer.text, path
    assert "customer_id" in answer.text
    assert re.findall(r"(?:src|href)=.(?!/)", answer.text) == []
