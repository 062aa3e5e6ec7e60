"""A customer asks to be forgotten, and can see that it was done."""

import httpx2 as httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.store.rows import arrive, event, open_shop, select


async def test_whoever_asked_is_told_a_page_and_nothing_else_names_them(
    api: httpx.AsyncClient, browser: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await open_shop(engine)
    await arrive(engine, event("hello", customer="anna"))
    answer = await api.delete("/api/merchants/m1/customers/anna")
    assert answer.status_code == 204
    address, _, relation = answer.headers["Link"].partition("; ")
    assert relation == 'rel="status"'
    page = await browser.get(address.strip("<>"))
    assert "asked us to delete what we hold about a customer" in page.text
    assert "The data is deleted" in page.text
    assert "anna" not in page.text
    assert "anna" not in str(await select(engine, "* FROM audit_log"))
    assert "anna" not in str(await select(engine, "* FROM deletions"))


async def test_of_a_customer_nobody_knows_there_is_no_page(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await open_shop(engine)
    assert (await api.delete("/api/merchants/m1/customers/anna")).status_code == 404
    assert await select(engine, "code FROM deletions") == []
