"""A link leads where the shop has its product, and knows whose click it is."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.product import Product, Variant
from store import links, products
from store.products import ProductRow
from tests.store.rows import NOW, SOON, conversation_of, open_shop, select

DRESS = "https://shop.example/dress"


async def make(
    engine: AsyncEngine, conversation_id: int, code: str, merchant: str = "m1", turn: str = "turn-1"
) -> str:
    """The code it now has."""
    async with engine.begin() as connection:
        made = await links.make(
            connection,
            merchant_id=merchant,
            conversation_id=conversation_id,
            execution_id=turn,
            urls={"dress": DRESS},
            codes={"dress": code},
        )
    return made["dress"]


async def follow(engine: AsyncEngine, code: str, *, click: bool = True) -> str | None:
    async with engine.begin() as connection:
        return await links.follow(connection, code, click=click)


async def sell(engine: AsyncEngine, url: str | None, merchant: str = "m1") -> None:
    """The dress, at this address."""
    dress = Product(
        id="dress",
        name="Dress",
        currency="EUR",
        variants=(Variant(id="v", name="v", price_minor=100),),
        product_url=url,
        created_at=NOW,
    )
    async with engine.begin() as connection:
        row = ProductRow(product=dress, text_hash="", embedder=None, embedding=None)
        await products.write(connection, merchant, 0, [row])


@pytest.fixture
async def conversation(engine: AsyncEngine) -> int:
    await open_shop(engine)
    return await conversation_of(engine)


async def test_a_click_is_on_record_with_its_customer_and_turn(
    engine: AsyncEngine, conversation: int
) -> None:
    await make(engine, conversation, "abc")
    assert await follow(engine, "abc") == DRESS
    rows = await select(engine, "merchant_id, conversation_id, execution_id, product_id FROM clicks")
    assert [tuple(row) for row in rows] == [("m1", conversation, "turn-1", "dress")]


async def test_a_look_is_no_click(engine: AsyncEngine, conversation: int) -> None:
    await make(engine, conversation, "abc")
    assert await follow(engine, "abc", click=False) == DRESS
    assert await select(engine, "id FROM clicks") == []


async def test_a_code_we_never_gave_leads_nowhere(engine: AsyncEngine, conversation: int) -> None:
    await make(engine, conversation, "abc")
    assert await follow(engine, "ABC") is None
    assert await select(engine, "id FROM clicks") == []


async def test_what_is_sent_again_has_the_same_link(engine: AsyncEngine, conversation: int) -> None:
    assert await make(engine, conversation, "abc") == "abc"
    assert await make(engine, conversation, "another") == "abc"
    assert await make(engine, conversation, "of another turn", turn="turn-2") == "of another turn"
    assert await follow(engine, "another") is None


async def test_a_product_that_moved_is_found_where_it_is_now(engine: AsyncEngine, conversation: int) -> None:
    await make(engine, conversation, "abc")
    await sell(engine, "https://shop.example/new-dress")
    assert await follow(engine, "abc") == "https://shop.example/new-dress"


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "/media/dress", "ftp://shop.example/dress"])
async def test_what_is_no_web_address_is_never_gone_to(
    engine: AsyncEngine, conversation: int, url: str | None
) -> None:
    await make(engine, conversation, "abc")
    await sell(engine, url)
    assert await follow(engine, "abc") == DRESS


async def test_a_product_of_the_same_id_in_another_shop_is_another(
    engine: AsyncEngine, conversation: int
) -> None:
    await open_shop(engine, "m2")
    await sell(engine, "https://other.example/dress", merchant="m2")
    await make(engine, conversation, "abc")
    other = await make(engine, await conversation_of(engine, merchant="m2"), "xyz", merchant="m2")
    assert await follow(engine, "abc") == DRESS
    assert await follow(engine, other) == "https://other.example/dress"
    found = await select(engine, "merchant_id FROM clicks ORDER BY id")
    assert list(found) == [("m1",), ("m2",)]


async def test_links_that_had_their_time_go(engine: AsyncEngine, conversation: int) -> None:
    await make(engine, conversation, "abc")
    async with engine.begin() as connection:
        await links.expire(connection, NOW - timedelta(days=1))
    assert await follow(engine, "abc") == DRESS
    async with engine.begin() as connection:
        await links.expire(connection, SOON)
    assert await follow(engine, "abc") is None
    assert await select(engine, "id FROM clicks") == []
