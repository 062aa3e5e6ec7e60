"""The simulator without script: a form, a page with the thread, and what stands behind each reply."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from bs4 import BeautifulSoup
from sqlalchemy.ext.asyncio import AsyncEngine

from store import posts
from store.posts import Post
from tests.fuzz.world import Actors
from tests.store.rows import open_shop, select
from tests.web.console.living import open_living_shop
from tests.web.console.visitor import Visitor

HERE = "/m1/simulator"


@pytest.fixture
def actors(engine: AsyncEngine, tmp_path: Path) -> Actors:
    return Actors(engine, tmp_path)


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine, actors: Actors) -> None:
    await open_living_shop(engine, actors)


def form(page: BeautifulSoup) -> dict[str, str]:
    """What the page would send, as far as nobody has typed anything."""
    return {
        str(field["name"]): str(field["value"])
        for field in page.select("#composer input[type=hidden], #composer input[checked]")
    }


async def say(visitor: Visitor, page: BeautifulSoup, text: str, **more: str) -> BeautifulSoup:
    return await visitor.follow(await visitor.send(HERE, form(page) | {"text": text} | more))


def said(page: BeautifulSoup) -> list[str]:
    return [one.text for one in page.select("#thread .bubble")]


async def test_somebody_new_comes_in_and_is_told_what_to_write(visitor: Visitor) -> None:
    page = await visitor.page(HERE)
    assert page.select_one("#welcome-words")
    assert len(page.select("#suggestions button")) == 4
    assert not page.select("#thread .said")
    assert form(page)["customer"] != form(await visitor.page(HERE))["customer"]


async def test_a_message_is_answered_and_what_stands_behind_it_is_beside(visitor: Visitor) -> None:
    page = await say(visitor, await visitor.page(HERE), "do you have a blue dress?")
    assert said(page)[0] == "do you have a blue dress?"
    assert [one.text for one in page.select(".ware-name")] == ["Blue dress"]
    assert page.select_one("#inspector h2").text == "Product search"  # type: ignore[union-attr]
    assert page.select("#inspector .step")
    page = await say(visitor, page, "and a linen hat?")
    assert [one for one in said(page) if one.endswith("?")] == [
        "do you have a blue dress?",
        "and a linen hat?",
    ]
    first = page.select(".caption a")[0]
    earlier = await visitor.page(str(first["href"]).removeprefix("/console").partition("#")[0])
    assert "do you have a blue dress?" in earlier.select_one("#inspector").text  # type: ignore[union-attr]


async def test_a_suggestion_is_one_click(visitor: Visitor) -> None:
    page = await visitor.page(HERE)
    suggestion = str(page.select_one("#suggestions button")["value"])  # type: ignore[index]
    page = await say(visitor, page, "", suggestion=suggestion)
    assert said(page)[0] == suggestion


async def test_a_comment_under_a_post_is_about_the_product_in_it(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    async with engine.begin() as connection:
        await posts.put(connection, "m1", Post(media_id="180001", product_ids=("p1",)))
    page = await visitor.page(HERE)
    assert [one.text for one in page.select("#post option")] == ["No post", "180001"]
    page = await say(visitor, page, "how much is this?", surface="comment", post="180001")
    assert "Comment under 180001" in page.select_one("#thread .is-public").text  # type: ignore[union-attr]
    assert [one.text for one in page.select(".ware-name")] == ["Linen hat"]
    # What was chosen stays chosen.
    assert page.select_one("#composer input[checked]")["value"] == "comment"  # type: ignore[index]
    assert page.select_one("#post option[selected]").text == "180001"  # type: ignore[union-attr]


async def test_a_form_that_is_sent_twice_is_one_message(visitor: Visitor, engine: AsyncEngine) -> None:
    sent = form(await visitor.page(HERE)) | {"text": "hello"}
    first, second = await visitor.send(HERE, sent), await visitor.send(HERE, sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert [tuple(row) for row in await select(engine, "count(*) FROM inbox")] == [(1,)]


@pytest.mark.parametrize(
    ("field", "value", "words"), [("text", " ", "Write something"), ("post", "no/post", "longer than")]
)
async def test_what_cannot_be_sent_is_told_and_kept(
    visitor: Visitor, field: str, value: str, words: str
) -> None:
    refused = await visitor.send(HERE, form(await visitor.page(HERE)) | {"text": "a hat", field: value})
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    assert words in page.select_one("#fault").text  # type: ignore[union-attr]
    kept = "a hat" if field == "post" else ""
    assert page.select_one("#message").text.strip() == kept  # type: ignore[union-attr]


async def test_after_a_handover_the_assistant_can_be_brought_back(visitor: Visitor) -> None:
    page = await say(visitor, await visitor.page(HERE), "I want to talk to a person")
    assert page.select_one("#paused-note")
    page = await say(visitor, page, "hello?")
    assert "No reply: a person has taken over" in page.select_one("#thread").text  # type: ignore[union-attr]
    resumed = await visitor.send(f"{HERE}/resume", {"customer": form(page)["customer"]})
    page = await visitor.follow(resumed)
    assert not page.select_one("#paused-note")
    assert said(page)


async def test_earlier_customers_can_be_gone_on_as(visitor: Visitor) -> None:
    page = await say(visitor, await visitor.page(HERE), "hello")
    first = form(page)["customer"]
    other = await visitor.page(HERE)
    (link,) = other.select(".earlier a")
    assert parse_qs(urlsplit(str(link["href"])).query)["customer"] == [first]
    assert "hello" in said(await visitor.page(str(link["href"]).removeprefix("/console")))


async def test_nobody_is_a_customer_of_a_shop_that_is_not_there(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    await visitor.page("/m9/simulator", status=404)
    await open_shop(engine, "m2")
    page = await visitor.page("/m2/simulator")
    refused = await visitor.client.post("/console/m2/simulator", data=form(page) | {"csrf_token": "made up"})
    assert refused.status_code == httpx.codes.FORBIDDEN
