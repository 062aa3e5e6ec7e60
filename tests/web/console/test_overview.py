from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from store import merchants
from store.database import autocommit
from tests.web.console.visitor import Visitor


async def test_an_installation_without_a_shop_says_what_to_do_next(visitor: Visitor) -> None:
    page = await visitor.page("/")
    assert "No shop yet" in page.get_text()
    assert page.find("form", {"action": "/console/shops"})


async def test_the_shops_are_listed_with_the_way_into_each(
    visitor: Visitor, shop: Merchant, other_shop: Merchant
) -> None:
    page = await visitor.page("/")
    ways = {link.get_text(strip=True): link["href"] for link in page.select("a.cover")}
    assert [name.removesuffix("USD") for name in ways] == [shop.name, other_shop.name]
    assert list(ways.values()) == ["/console/m1/conversations", "/console/m2/conversations"]


async def test_a_new_shop_is_opened_and_the_next_page_says_so_once(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    answer = await visitor.send("/shops", {"name": " Café Süd ", "currency": "eur"})
    assert answer.status_code == 303
    async with autocommit(engine) as connection:
        (made,) = await merchants.listing(connection)
    assert (made.name, made.currency) == ("Café Süd", "EUR")
    assert answer.headers["Location"] == f"/console/{made.id}/products"
    said = (await visitor.page("/")).select_one(".flash")
    assert said
    assert "Café Süd is open" in said.get_text()
    assert (await visitor.page("/")).select_one(".flash") is None


async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    answer = await visitor.send("/shops", {"name": "Blue Door", "currency": "XXL"})
    assert answer.status_code == 422
    assert 'value="Blue Door"' in answer.text
    assert 'id="currency-fault"' in answer.text
    assert "XXL is not an ISO 4217 currency" in answer.text


async def test_a_form_without_the_token_of_its_page_changes_nothing(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    for token in ("", "made up", visitor.csrf_token[:-2]):
        answer = await visitor.client.post("/console/shops", data={"csrf_token": token, "name": "Theirs"})
        assert answer.status_code == 403
    async with autocommit(engine) as connection:
        assert not await merchants.listing(connection)


async def test_a_page_that_does_not_exist_says_so_as_a_page(visitor: Visitor) -> None:
    page = await visitor.page("/m1/nothing/here", status=404)
    assert page.find("a", {"href": "/console/"})
