"""From a reply's link to a place further up."""

from urllib.parse import urlsplit

from tests.cluster.api import Api
from tests.cluster.polling import until
from tests.cluster.shops import Account, Shop, dress
from tests.cluster.wishes import where

CUSTOMER = "990000000000071"
# Days are rolled up every quarter of a minute.
ROLLED_UP_S = 60.0


async def test_the_product_a_customer_clicked_ranks_above_its_equal(
    shop: Shop, account: Account, nobody: Api
) -> None:
    await shop.add(*[dress(each, name="Summer dress") for each in ("ocean", "river")])

    async def ranked() -> list[str]:
        found = await shop.post("/search", {"query": "summer dress"})
        return [hit["product"]["id"] for hit in found.body["hits"]]

    first, second = await ranked()
    await account.says(CUSTOMER, "do you have a summer dress?")
    links = await _links(account)
    assert {urlsplit(link).netloc for link in links} == {"shopkeep.example"}
    leads = {await where(shop, link): link for link in links}
    assert leads.keys() == {"https://shop.example/ocean", "https://shop.example/river"}

    clicked = await nobody.get(urlsplit(leads[f"https://shop.example/{second}"]).path)
    assert (clicked.status, clicked.headers["Location"]) == (302, f"https://shop.example/{second}")

    async def moved() -> bool:
        return await ranked() == [second, first]

    await until(moved, what="the clicked product in the first place", timeout_s=ROLLED_UP_S)
    items = (await shop.get("/analytics/products")).body["items"]
    counted = {item["id"]: (item["name"], item["recommendations"], item["clicks"]) for item in items}
    assert counted == {first: ("Summer dress", 1, 0), second: ("Summer dress", 1, 1)}


async def test_what_is_on_record_and_what_a_program_is_told_leads_to_the_shop(
    shop: Shop, account: Account
) -> None:
    await shop.add(dress("ocean"))
    await account.says(CUSTOMER, "do you have a dress?")
    await _links(account)
    said = await shop.messages(CUSTOMER, "assistant")
    assert any("https://shop.example/ocean" in line["text"] for line in said)
    told = await shop.chat("do you have a dress?")
    assert [product["url"] for product in told["products"]] == ["https://shop.example/ocean"]


async def _links(account: Account) -> set[str]:
    """All that the customer can tap."""

    async def look() -> set[str]:
        elements = [element for sent in account.sent_to(CUSTOMER) for element in sent.elements]
        buttons = {button["url"] for element in elements for button in element["buttons"]}
        assert buttons == {element["default_action"]["url"] for element in elements}
        return buttons

    return await until(look, what="cards with links")
