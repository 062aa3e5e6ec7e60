"""Every page of the settings: shown, scoped to its shop, and nothing of it without the page's token."""

import pytest

from models.merchant import Merchant
from tests.web.console.visitor import Visitor

PAGES = (
    *("", "/profile", "/hours", "/handover", "/voice", "/faq", "/faq/new", "/policies", "/comments"),
    *(
        "/posts",
        "/model",
        "/experiment",
        "/instagram",
        "/shopify",
        "/customers",
        "/wishes",
        "/retention",
        "/erasure",
    ),
)


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_there_with_one_heading_and_a_name(
    visitor: Visitor, shop: Merchant, path: str
) -> None:
    page = await visitor.page(f"/{shop.id}/settings{path}")
    (heading,) = page.select("h1")
    assert heading.get_text(strip=True)
    assert page.title
    assert "Settings" in page.title.get_text()


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_of_a_shop_that_is_not_there_is_not_there(visitor: Visitor, path: str) -> None:
    await visitor.page(f"/nobody/settings{path}", status=404)


FORMS = (
    *("/profile", "/hours", "/handover", "/voice", "/voice/preview", "/faq/new", "/faq/try", "/policies"),
    *(
        "/comments",
        "/posts",
        "/posts/remove",
        "/model",
        "/experiment",
        "/retention",
        "/instagram",
        "/instagram/disconnect",
    ),
    *("/shopify", "/shopify/sync", "/shopify/automatic", "/shopify/options", "/shopify/disconnect"),
    "/customers/erase",
    "/erasure",
)


@pytest.mark.parametrize("path", FORMS)
async def test_no_form_is_taken_without_the_token_of_its_page(
    visitor: Visitor, shop: Merchant, path: str
) -> None:
    answer = await visitor.client.post(f"/console/{shop.id}/settings{path}", data={"name": "Theirs"})
    assert answer.status_code == 403


async def test_the_overview_says_how_each_part_stands(visitor: Visitor, shop: Merchant) -> None:
    page = await visitor.page(f"/{shop.id}/settings")
    states = {
        card.select_one("h3").get_text(): card.select_one(".state").get_text(strip=True)  # type: ignore[union-attr]
        for card in page.select(".card")
        if card.select_one(".state")
    }
    assert states["Profile"] == "USD, English"
    assert states["Instagram"] == states["Shopify"] == "Not connected"
    assert states["Opening hours"] == "Not told"
    assert states["Voice"] == "Casual"
    assert states["Data retention"] == "90 days"
