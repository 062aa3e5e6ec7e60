"""Instagram and Shopify in the settings: connected, tested, followed, left; no token ever on a page."""

from typing import Any

import httpx2 as httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from models.merchant import Merchant
from store import accounts, comment_polls, shopify_log
from store.accounts import Facts
from store.shopify_log import Kind, Note
from tests.standins.instagram import TOKEN, Instagram
from tests.standins.meta_webhooks import ACCOUNT_ID
from tests.standins.shopify import ShopifyStandin
from tests.standins.shopify_store import SHOP
from tests.standins.shopify_store import TOKEN as STORE_TOKEN
from tests.store.rows import select
from tests.web.conftest import Actors
from tests.web.console.visitor import Visitor

AT = "/m1/settings"
INSTAGRAM = {"account_id": ACCOUNT_ID, "access_token": TOKEN}
STORE = {"shop": SHOP, "access_token": STORE_TOKEN}


@pytest.fixture(autouse=True)
async def _shops(shop: Merchant, other_shop: Merchant) -> None:
    """One's own and somebody else's."""


def soup(answer: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def fault(page: BeautifulSoup, field: str) -> str:
    found = page.find(id=f"{field}-fault")
    assert found, page.select(".fault")
    return found.get_text(strip=True)


async def test_an_account_is_connected_by_hand_and_its_token_never_shown(
    visitor: Visitor, instagram: Instagram
) -> None:
    answer = await visitor.send(f"{AT}/instagram", INSTAGRAM)
    page = await visitor.follow(answer)
    assert "is connected. Run the self-test" in str(page.select_one(".flash"))
    assert "Set" in page.get_text()
    assert TOKEN not in str(page)
    assert instagram.subscribed[ACCOUNT_ID]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"account_id": "mine"}, "account_id"),
        ({"account_id": "17841400000000777"}, "account_id"),
        ({"access_token": ""}, "access_token"),
    ],
)
async def test_what_is_wrong_with_an_account_stands_beside_its_field_and_its_token_is_forgotten(
    visitor: Visitor, engine: AsyncEngine, fields: dict[str, str], field: str
) -> None:
    answer = await visitor.send(f"{AT}/instagram", INSTAGRAM | fields)
    assert answer.status_code == 422
    assert fault(soup(answer), field)
    assert f'value="{(INSTAGRAM | fields)["account_id"]}"' in answer.text
    assert TOKEN not in answer.text
    assert await select(engine, "1 FROM accounts") == []


async def test_an_account_of_another_shop_is_refused_in_words(visitor: Visitor, instagram: Instagram) -> None:
    await visitor.send("/m2/settings/instagram", INSTAGRAM)
    answer = await visitor.send(f"{AT}/instagram", INSTAGRAM)
    assert answer.status_code == 409
    assert "connected to another merchant" in fault(soup(answer), "account_id")
    assert instagram.subscribed


async def test_a_token_that_instagram_refuses_is_kept_and_the_next_page_says_what_it_means(
    visitor: Visitor,
) -> None:
    answer = await visitor.send(f"{AT}/instagram", INSTAGRAM | {"access_token": "of-nobody"})
    page = await visitor.follow(answer)
    assert "does not accept this token" in str(page.select_one(".flash"))
    assert "Token not valid" in page.get_text()


async def test_the_self_test_runs_when_asked_and_says_what_to_do(visitor: Visitor) -> None:
    assert (await visitor.page(f"{AT}/instagram")).select(".check") == []
    await visitor.send(f"{AT}/instagram", INSTAGRAM)
    page = await visitor.page(f"{AT}/instagram?test=1")
    assert "Something is missing" in page.get_text()
    events = next(one for one in page.select(".check") if "Events arrive" in one.get_text())
    assert "No event of this account has ever arrived" in events.get_text()
    assert "What to do:" in events.get_text()
    assert page.find("a", string="Run it again")


async def test_an_account_is_disconnected_after_a_question_and_only_ones_own(
    visitor: Visitor, engine: AsyncEngine, instagram: Instagram
) -> None:
    await visitor.send(f"{AT}/instagram", INSTAGRAM)
    page = await visitor.page(f"{AT}/instagram/disconnect?account_id={ACCOUNT_ID}")
    assert "Nothing of this account is answered any more" in page.get_text()
    fields = {"account_id": ACCOUNT_ID}
    foreign = await visitor.send("/m2/settings/instagram/disconnect", fields)
    assert foreign.status_code == 404
    assert len(await select(engine, "1 FROM accounts")) == 1
    shown = await visitor.follow(await visitor.send(f"{AT}/instagram/disconnect", fields))
    assert "is disconnected" in str(shown.select_one(".flash"))
    assert await select(engine, "1 FROM accounts") == []
    assert not instagram.subscribed.get(ACCOUNT_ID)


async def test_an_account_shows_how_long_its_token_lives_and_when_it_is_asked_next(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await visitor.send(f"{AT}/instagram", INSTAGRAM)
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE accounts SET expires_at = now() + interval '5 days 1 hour', username = 'blue'")
        )
        await connection.execute(
            text(
                "INSERT INTO comment_polls (channel, account_id, due_at) "
                "VALUES ('instagram', :id, now() + interval '4 minutes')"
            ),
            {"id": ACCOUNT_ID},
        )
        assert list(await comment_polls.due(connection, "m1", "instagram")) == [ACCOUNT_ID]
        assert await comment_polls.due(connection, "m2", "instagram") == {}
        assert (await accounts.listing(connection, "m1", "instagram"))[0].facts != Facts()
    said = (await visitor.page(f"{AT}/instagram")).get_text(" ", strip=True)
    assert "5 days left" in said
    assert "could not be renewed" in said
    assert "Asked for every 10 minutes. Next: in 4 minutes" in said


async def test_the_way_to_instagram_s_login_names_the_shop(visitor: Visitor) -> None:
    page = await visitor.page(f"{AT}/instagram")
    assert page.find("a", {"href": "/instagram/auth?merchant=m1"})


async def connected(visitor: Visitor, engine: AsyncEngine) -> None:
    """The first reading has ended since."""
    answer = await visitor.send(f"{AT}/shopify", STORE)
    assert answer.status_code == 303, answer.text
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE jobs SET status = 'done', done = 7, finished_at = now()"))


async def test_a_store_is_connected_by_hand_and_how_far_its_reading_is_can_be_followed(
    visitor: Visitor, engine: AsyncEngine, shopify: ShopifyStandin
) -> None:
    page = await visitor.follow(await visitor.send(f"{AT}/shopify", STORE))
    assert SHOP in page.get_text()
    assert STORE_TOKEN not in str(page)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE jobs SET total = 40, done = 10"))
    page = await visitor.page(f"{AT}/shopify")
    bar = page.select_one("progress")
    assert bar
    assert (bar["value"], bar["max"]) == ("10", "40")
    assert page.select_one("#state[data-refreshes]")
    assert page.find("a", string="Load this again")
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE jobs SET status = 'done', finished_at = now()"))
    page = await visitor.page(f"{AT}/shopify")
    assert page.select("progress, [data-refreshes]") == []
    assert shopify.url


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"shop": "a.myshopify.com.evil.test"}, "shop"), ({"access_token": "shpat_of_nobody"}, "access_token")],
)
async def test_what_is_wrong_with_a_store_stands_beside_its_field(
    visitor: Visitor, engine: AsyncEngine, fields: dict[str, str], field: str
) -> None:
    answer = await visitor.send(f"{AT}/shopify", STORE | fields)
    assert answer.status_code == 422
    assert fault(soup(answer), field)
    assert STORE_TOKEN not in answer.text
    assert await select(engine, "1 FROM shopify_stores") == []


async def test_a_store_is_read_anew_when_asked(visitor: Visitor, engine: AsyncEngine, actors: Actors) -> None:
    await connected(visitor, engine)
    started = actors.jobs_started
    page = await visitor.follow(await visitor.send(f"{AT}/shopify/sync"))
    assert "The store is being read." in str(page.select_one(".flash"))
    assert actors.jobs_started == started + 1
    answer = await visitor.send("/m2/settings/shopify/sync")
    assert answer.status_code == 404


async def test_automatic_sync_is_switched(visitor: Visitor, engine: AsyncEngine) -> None:
    await connected(visitor, engine)
    page = await visitor.follow(await visitor.send(f"{AT}/shopify/automatic", {}))
    assert "Automatic sync is off" in str(page.select_one(".flash"))
    assert "automatic sync is off" in str(page.select(".notice"))
    await visitor.send(f"{AT}/shopify/automatic", {"automatic_sync": "1"})
    assert (await select(engine, "automatic FROM shopify_stores"))[0].automatic


async def test_a_store_is_left_after_a_question_and_its_settings_stay(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await connected(visitor, engine)
    assert "Products and settings stay" in (await visitor.page(f"{AT}/shopify/disconnect")).get_text()
    page = await visitor.follow(await visitor.send(f"{AT}/shopify/disconnect"))
    assert "Its products are still here" in str(page.select_one(".flash"))
    assert (await select(engine, "access_token FROM shopify_stores"))[0].access_token is None
    # The name is there for the next time.
    assert [field["value"] for field in page.select('input[name="shop"]')] == [SHOP, SHOP]


OPTIONS = '{"metadata": {"options": {"Ton": {"is": "color", "values": ["Rot", "Blau"]}}}}'


async def test_what_options_were_taken_for_is_shown_and_corrected(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await connected(visitor, engine)
    page = await visitor.page(f"{AT}/shopify/options")
    assert "No options are known yet" in page.get_text()
    async with engine.begin() as connection:
        for number in (1, 2):
            await connection.execute(
                text(
                    "INSERT INTO products (merchant_id, id, seq, body, text_hash) "
                    "VALUES ('m1', :id, :seq, CAST(:body AS jsonb), '')"
                ),
                {"id": f"shopify-{number}", "seq": number, "body": OPTIONS},
            )
    page = await visitor.page(f"{AT}/shopify/options")
    row = page.select_one("tbody tr")
    assert row
    assert row.get_text(" ", strip=True).startswith("Ton Blau, Rot Colour")
    fields = {"option.0.name": "Ton", "option.0.role": "material"}
    more = {"option.1.name": "Passform", "option.1.role": "none"}
    answer = await visitor.send(f"{AT}/shopify/options", fields | more)
    assert "All products are read again" in (await visitor.follow(answer)).get_text()
    (store,) = await select(engine, "options FROM shopify_stores")
    assert store.options == {"Ton": "material", "Passform": "none"}
    running = await select(engine, "1 FROM jobs WHERE status = 'running' AND options->>'mode' = 'full'")
    assert len(running) == 1
    again = await visitor.send(f"{AT}/shopify/options", fields | more)
    assert "Nothing was changed" in (await visitor.follow(again)).get_text()
    # Back to the guess.
    await visitor.send(f"{AT}/shopify/options", fields | {"option.0.role": ""})
    assert (await select(engine, "options FROM shopify_stores"))[0].options == {}


async def test_the_log_is_shown_by_kind_and_page(visitor: Visitor, engine: AsyncEngine) -> None:
    await connected(visitor, engine)
    notes = [Note(kind=Kind.EVENT, field="sync", detail=f"event {number}") for number in range(60)]
    warning = Note(kind=Kind.WARNING, field="price", detail="<i>has none</i>", product_id="4711")
    async with engine.begin() as connection:
        await shopify_log.note(connection, "m1", [warning, *notes])
    page = await visitor.page(f"{AT}/shopify/log")
    assert len(page.select("tbody tr")) == 50
    following = page.select_one('a[rel="next"]')
    assert following
    rest = await visitor.page(str(following["href"]).removeprefix("/console"))
    assert len(rest.select("tbody tr")) == 11
    only = await visitor.page(f"{AT}/shopify/log?kind=warning")
    (line,) = only.select("tbody tr")
    assert "<i>has none</i>" in line.get_text()
    assert line.find("a", {"href": "/console/m1/products/shopify-4711"})
    assert "Of 1 products something should be looked at" in (await visitor.page(f"{AT}/shopify")).get_text()
    await visitor.page("/m2/settings/shopify/log", status=404)


async def test_the_way_to_shopify_s_login_names_the_shop(visitor: Visitor) -> None:
    page = await visitor.page(f"{AT}/shopify")
    form = page.find("form", {"action": "/shopify/auth", "method": "get"})
    assert form
    hidden: Any = form.find("input", {"name": "merchant"})
    assert hidden["value"] == "m1"
    assert form.find("input", {"name": "csrf_token"}) is None
