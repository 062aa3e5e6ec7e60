"""What is held about a customer: found, handed out, erased. And who waits, and what is in posts."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from models.turn import RestockWish
from store import posts
from store.posts import Post
from tests.store.rows import arrive, commit, event, open_shop, ready, reply, select
from tests.web.console.visitor import Visitor

AT = "/m1/settings"
STRANGE = 'a/b?c=<d>&"e"'


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> Merchant:
    await open_shop(engine, "m2")
    return await open_shop(engine)


async def talked(engine: AsyncEngine, customer: str, merchant: str = "m1") -> int:
    (taken,) = await arrive(engine, event("my secret", customer=customer, merchant=merchant))
    wish = RestockWish(product_id="dress", variant_ids=("v1",))
    await commit(engine, await ready(engine, taken.conversation_id, reply("here", wishes=[wish])))
    return taken.conversation_id


async def names(visitor: Visitor, path: str) -> list[str]:
    return [row.get_text(strip=True) for row in (await visitor.page(path)).select("tbody th")]


async def test_customers_are_found_by_the_beginning_of_their_id(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    for customer in ("8001", "8002", "9", "80%", STRANGE):
        await talked(engine, customer)
    await talked(engine, "8003", merchant="m2")
    assert await names(visitor, f"{AT}/customers?q=800") == ["8001", "8002"]
    assert await names(visitor, f"{AT}/customers?q=80%25") == ["80%"]
    assert set(await names(visitor, f"{AT}/customers")) == {"8001", "8002", "9", "80%", STRANGE}
    page = await visitor.page(f"{AT}/customers?q=nobody")
    assert "Nobody has this id" in page.get_text()


async def test_all_that_is_held_is_counted_and_handed_out_as_a_file(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await talked(engine, STRANGE)
    page = await visitor.page(f"{AT}/customers")
    link = page.select_one("tbody th a")
    assert link
    page = await visitor.page(str(link["href"]).removeprefix("/console"))
    assert "Turns in the log 1" in page.get_text(" ", strip=True)
    export = page.select_one("a[download]")
    assert export
    answer = await visitor.client.get(str(export["href"]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.json()["customer_id"] == STRANGE
    assert "my secret" in answer.text


async def test_a_customer_of_another_shop_is_not_there(visitor: Visitor, engine: AsyncEngine) -> None:
    await talked(engine, "8003", merchant="m2")
    for path in ("one", "export"):
        await visitor.page(f"{AT}/customers/{path}?id=8003", status=404)
    answer = await visitor.send(f"{AT}/customers/erase", {"id": "8003", "typed": "8003"})
    assert answer.status_code == 404
    assert len(await select(engine, "1 FROM conversations WHERE customer_id = '8003'")) == 1


async def test_nobody_is_erased_before_the_id_was_typed(visitor: Visitor, engine: AsyncEngine) -> None:
    await talked(engine, "8001")
    answer = await visitor.send(f"{AT}/customers/erase", {"id": "8001", "typed": "8002"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.find(id="typed-fault")
    assert 'value="8002"' in answer.text
    assert len(await select(engine, "1 FROM conversations WHERE customer_id = '8001'")) == 1
    answer = await visitor.send(f"{AT}/customers/erase", {"id": "8001", "typed": " 8001 "})
    assert "Erased." in (await visitor.follow(answer)).get_text()
    assert await select(engine, "1 FROM messages WHERE text <> ''") == []
    assert await names(visitor, f"{AT}/customers?q=8001") == []


async def test_who_waits_for_a_product_is_listed_and_leads_to_the_customer(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    assert "Nobody waits" in (await visitor.page(f"{AT}/wishes")).get_text()
    await talked(engine, "8001")
    await talked(engine, "8003", merchant="m2")
    page = await visitor.page(f"{AT}/wishes")
    (row,) = page.select("tbody tr")
    assert row.find("a", {"href": "/console/m1/settings/customers/one?id=8001"})
    assert (await visitor.page(f"{AT}/wishes?product_id=other")).select("tbody tr") == []


async def test_a_post_is_given_its_products_by_its_link_and_forgotten_after_a_question(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    link = "https://www.instagram.com/p/CxYz123/?utm=1"
    answer = await visitor.send(f"{AT}/posts", {"media_id": link, "product_ids": "nothing"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert "no such product: nothing" in str(page.find(id="product_ids-fault"))
    assert link.split("?", maxsplit=1)[0] in answer.text
    async with engine.begin() as connection:
        await posts.put(connection, "m1", Post(media_id="CxYz123", product_ids=("gone",)))
    assert await names(visitor, f"{AT}/posts") == ["CxYz123"]
    page = await visitor.page(f"{AT}/posts?media_id=CxYz123")
    field = page.find("textarea", {"name": "product_ids"})
    assert field
    assert field.get_text(strip=True) == "gone"
    assert "gone" in (await visitor.page(f"{AT}/posts/remove?media_id=CxYz123")).get_text()
    await visitor.page("/m2/settings/posts/remove?media_id=CxYz123", status=404)
    answer = await visitor.send(f"{AT}/posts/remove", {"media_id": "CxYz123"})
    assert "forgotten" in (await visitor.follow(answer)).get_text()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"media_id": "../etc", "product_ids": "dress"}, "media_id"),
        ({"media_id": "", "product_ids": "dress"}, "media_id"),
        ({"media_id": "18", "product_ids": ""}, "product_ids"),
        ({"media_id": "18", "product_ids": "\n".join(map(str, range(11)))}, "product_ids"),
    ],
)
async def test_what_is_wrong_with_a_post_stands_beside_its_field(
    visitor: Visitor, fields: dict[str, str], field: str
) -> None:
    answer = await visitor.send(f"{AT}/posts", fields)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").find(id=f"{field}-fault")
