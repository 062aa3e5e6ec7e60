"""The search tester, with a catalogue behind it."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.owned_catalogue import OwnedCatalogue
from indexes.query_vectors import QueryVectors
from models.merchant import Merchant
from models.search import Explanation, Facets, Filters, QueryRule
from store import merchants
from store.database import autocommit
from tests.actors.wares import CountingEmbedder, put, save
from tests.web.conftest import Actors
from tests.web.console.visitor import Visitor

EMBEDDER = "counting"
PARTS = ("semantic", "keyword", "popularity", "availability", "price_match", "recency")
NASTY = "<img src=x onerror=alert(1)>"


class Catalogues(Actors):
    """Of one shop, in this process."""

    catalogue: OwnedCatalogue

    async def explain(self, _: str, query: str, filters: Filters, limit: int, **more: Any) -> Explanation:
        return await self.catalogue.explain(query, filters, limit, **more)

    async def facets(self, _: str) -> Facets:
        return self.catalogue.facets()

    async def refresh_settings(self, _: str) -> None:
        await self.catalogue.refresh_settings()


@pytest.fixture
def actors(engine: AsyncEngine) -> Actors:
    return Catalogues(engine)


@pytest.fixture(autouse=True)
async def _catalogue(engine: AsyncEngine, actors: Actors, shop: Merchant, tmp_path: Path) -> None:
    embedder = CountingEmbedder(EMBEDDER)
    catalogue = await OwnedCatalogue.open(
        engine=engine,
        merchant_id=shop.id,
        actor="catalog-0",
        embedder=embedder,
        queries=QueryVectors(embedder, time.monotonic),
        folder=tmp_path,
    )
    cast(Catalogues, actors).catalogue = catalogue
    for number, name in enumerate(("Linen hat", "Straw hat", "Wool cap", NASTY), start=1):
        await save(catalogue, put(f"p{number}", name, number * 1000))


async def found(visitor: Visitor, query: str, side: str = "a") -> list[str]:
    page = await visitor.page(f"/m1/search?{query}")
    return names(page.select_one(f'section[aria-labelledby="results-{side}"]'))


def names(section: Tag | None) -> list[str]:
    assert section
    return [link.get_text(strip=True) for link in section.select(".hit h3 a")]


async def own(engine: AsyncEngine) -> Merchant:
    async with autocommit(engine) as connection:
        return await merchants.get(connection, "m1")


def error_of(page: BeautifulSoup, field: str) -> str:
    fault = page.select_one(f"#{field}-fault")
    assert fault
    return fault.get_text()


async def test_a_query_finds_products_with_the_six_parts_of_their_score(visitor: Visitor) -> None:
    page = await visitor.page("/m1/search?query=linen+hat")
    hits = page.select(".hit")
    assert names(page.select_one('section[aria-labelledby="results-a"]'))[0] == "Linen hat"
    for hit in hits:
        assert len(hit.select(".bars meter")) == 6
        assert all(0 <= float(str(meter["value"])) <= 1 for meter in hit.select("meter"))
    assert "hold a word of it" in page.get_text()


async def test_filters_are_typed_as_people_write_them(visitor: Visitor) -> None:
    assert await found(visitor, "query=hat&price_max=15,00") == ["Linen hat"]
    assert await found(visitor, "query=hat&colors=red,+blue") == ["Linen hat", "Straw hat"]
    assert await found(visitor, "query=hat&colors=red") == []
    assert await found(visitor, "query=hat&order=dearest&limit=5") == ["Straw hat", "Linen hat"]


async def test_what_was_given_up_is_told(visitor: Visitor) -> None:
    page = await visitor.page("/m1/search?query=hat&colors=red&relax=1")
    assert "Given up: colour" in page.get_text()
    nothing = await visitor.page("/m1/search?query=hat&colors=red")
    assert nothing.select_one(".empty")


async def test_what_was_mistyped_is_told(visitor: Visitor) -> None:
    assert "“strwa” read as “straw”" in (await visitor.page("/m1/search?query=strwa+hat")).get_text()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("price_min=cheap", "price_min"),
        ("price_min=-5", "price_min"),
        ("price_min=20&price_max=10", "price_max"),
        ("a_semantic=much", "a_semantic"),
        ("a_semantic=1", "a_keyword"),
        ("&".join(f"a_{part}=0" for part in PARTS), "a_semantic"),
        ("&".join(f"a_{part}=-1" for part in PARTS), "a_recency"),
        ("&".join(f"a_{part}=nan" for part in PARTS), "a_recency"),
        ("try=alone", "group"),
    ],
)
async def test_what_makes_no_sense_is_told_beside_its_field_and_stays_typed(
    visitor: Visitor, query: str, field: str
) -> None:
    page = await visitor.page(f"/m1/search?query=hat&{query}")
    assert error_of(page, field)
    for name, (value,) in parse_qs(query).items():
        typed = page.select_one(f'input[name="{"group" if name == "try" else name}"]')
        assert typed
        assert typed["value"] == value


def weights(side: str, **some: float) -> str:
    return "&".join(f"{side}_{part}={some.get(part, 0)}" for part in PARTS)


async def test_two_weightings_stand_side_by_side_with_what_moved(visitor: Visitor, actors: Actors) -> None:
    catalogue = cast(Catalogues, actors).catalogue
    catalogue._index.set_popularity({"p2": 5.0})  # noqa: SLF001 - as a roll-up does
    both = f"query=nice+linen+hat&{weights('a', keyword=1)}&compare=1&{weights('b', popularity=1)}"
    assert await found(visitor, both) == ["Linen hat", "Straw hat"]
    assert await found(visitor, both, "b") == ["Straw hat", "Linen hat"]
    page = await visitor.page(f"/m1/search?{both}")
    assert [mark.get_text(" ", strip=True) for mark in page.select(".hit .moved")] == [
        "▲ 1 up by 1",
        "▼ 1 down by 1",
    ]


async def test_a_weighting_that_was_tried_is_saved_taken_back_and_reset(
    visitor: Visitor, engine: AsyncEngine
) -> None:
    page = await visitor.page(f"/m1/search?query=hat&{weights('a', keyword=2, recency=0.5)}")
    saved = await visitor.follow(await visitor.send("/m1/search/weights", fields_of(page, "Save A")))
    assert (await own(engine)).search.weights[EMBEDDER].keyword == 2
    assert "The weights are saved" in saved.get_text()
    assert saved.select_one('input[name="query"][value="hat"]')
    await visitor.send("/m1/search/weights", fields_of(saved, "Undo"))
    assert (await own(engine)).search.weights == {}
    await visitor.send("/m1/search/weights", fields_of(page, "Save A"))
    page = await visitor.page("/m1/search?query=hat")
    await visitor.send("/m1/search/weights", fields_of(page, "Back to the measured ones"))
    assert (await own(engine)).search.weights == {}


def fields_of(page: BeautifulSoup, button: str) -> dict[str, str]:
    """What the form of that button sends, but for the token."""
    pressed = next(each for each in page.select("form[method=post] button") if button in each.get_text())
    form = pressed.find_parent("form")
    assert form
    inputs = form.select("input[type=hidden]")
    return {str(one["name"]): str(one["value"]) for one in inputs if one["name"] != "csrf_token"}


async def test_a_product_is_pinned_moved_buried_and_released(visitor: Visitor, engine: AsyncEngine) -> None:
    async def move(product_id: str, to: str, query: str = "hat") -> BeautifulSoup:
        fields = {"query": query, "product_id": product_id, "to": to, "back": "query=hat"}
        return await visitor.follow(await visitor.send("/m1/search/rules/move", fields))

    page = await move("p3", "pin")
    assert names(page.select_one(".side-of"))[0] == "Wool cap"
    assert page.select_one(".hit.is-pinned")
    await move("p2", "pin", query="Hats!")
    page = await move("p2", "up")
    assert names(page.select_one(".side-of"))[:2] == ["Straw hat", "Wool cap"]
    page = await move("p2", "bury")
    assert names(page.select_one(".side-of")) == ["Wool cap", "Linen hat", "Straw hat"]
    assert (await own(engine)).search.rules == (QueryRule(query="hat", pinned=("p3",), buried=("p2",)),)
    await move("p2", "release")
    page = await move("p3", "release")
    assert (await own(engine)).search.rules == ()
    await visitor.send("/m1/search/rules", fields_of(page, "Undo"))
    assert (await own(engine)).search.rules == (QueryRule(query="hat", pinned=("p3",)),)


async def test_a_rule_names_what_it_pins_even_where_it_is_not_shown(visitor: Visitor) -> None:
    fields = {"query": "hat", "pinned": "p3\ngone", "buried": ""}
    await visitor.send("/m1/search/rules", fields)
    page = await visitor.page("/m1/search?query=hat&price_max=10")
    ruled = [row.get_text(" ", strip=True) for row in page.select(".ruled li > span:first-child")]
    assert ruled == ["Wool cap", "gone (no longer in the catalogue)"]
    assert "Wool cap" not in names(page.select_one(".side-of"))


@pytest.mark.parametrize("query", ["", "do you have any", "?!"])
async def test_a_query_without_a_word_has_no_rule(visitor: Visitor, engine: AsyncEngine, query: str) -> None:
    answer = await visitor.send("/m1/search/rules/move", {"query": query, "product_id": "p1", "to": "pin"})
    assert answer.status_code == 422
    assert (await own(engine)).search.rules == ()
    assert not (await visitor.page(f"/m1/search?query={query}")).select(".hit .acts")


async def test_synonyms_are_tried_before_they_are_kept(visitor: Visitor, engine: AsyncEngine) -> None:
    assert await found(visitor, "query=bonnets") == []
    tried = await visitor.send(
        "/m1/search/synonyms", {"group": "bonnet, hat", "action": "try", "back": "query=bonnets"}
    )
    page = await visitor.follow(tried)
    assert names(page.select_one('section[aria-labelledby="results-a"]')) == []
    assert len(names(page.select_one('section[aria-labelledby="results-b"]'))) == 2
    assert "also hat" in page.get_text()
    assert (await own(engine)).search.synonyms == ()


async def test_synonyms_are_added_removed_and_taken_back(visitor: Visitor, engine: AsyncEngine) -> None:
    added = await visitor.send("/m1/search/synonyms", {"group": " bonnet ,hat", "back": "query=bonnets"})
    page = await visitor.follow(added)
    assert len(names(page.select_one(".side-of"))) == 2
    assert (await own(engine)).search.synonyms == (("bonnet", "hat"),)
    removed = await visitor.send("/m1/search/synonyms/remove", {"group": "bonnet, hat"})
    assert (await own(engine)).search.synonyms == ()
    await visitor.send("/m1/search/synonyms", fields_of(await visitor.follow(removed), "Undo"))
    assert (await own(engine)).search.synonyms == (("bonnet", "hat"),)


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "query=hat\r\nSet-Cookie: a=b", "&&==%00", "a" * 4000]
)
async def test_the_way_back_leads_to_the_tester(visitor: Visitor, back: str) -> None:
    answer = await visitor.send("/m1/search/synonyms", {"group": "a b, c d", "back": back})
    address = urlsplit(answer.headers["Location"])
    assert (address.netloc, address.path) == ("", "/console/m1/search")
    assert "Set-Cookie: a" not in str(answer.headers.get_list("Location"))


async def test_names_of_products_are_words(visitor: Visitor) -> None:
    answer = await visitor.client.get("/console/m1/search", params={"query": NASTY})
    assert "<img src=x" not in answer.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in answer.text


async def test_nothing_changes_without_the_token_of_the_page(visitor: Visitor, engine: AsyncEngine) -> None:
    paths: Sequence[str] = ("weights", "synonyms", "synonyms/remove", "rules", "rules/move")
    for path in paths:
        answer = await visitor.client.post(
            f"/console/m1/search/{path}", data={"group": "a b, c d", "query": "hat"}
        )
        assert answer.status_code == 403
    assert (await own(engine)).search == Merchant(id="m1", name="").search
