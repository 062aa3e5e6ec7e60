"""The analytics pages: every figure leads to its turns, and every chart has its table."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import FigureRollUps
from store import product_days
from tests.store.rows import open_shop
from tests.store.shown import click, show
from tests.web.console.visitor import Visitor
from web.console.charts import CHARTS

NASTY = '"><script>alert(1)</script>=1+1'


@pytest.fixture(autouse=True)
async def _shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def count(engine: AsyncEngine) -> None:
    now = datetime.now(UTC)
    await FigureRollUps(engine).run(now)
    async with engine.begin() as connection:
        await product_days.roll_up(connection, "m1", now.date())


@pytest.fixture
async def busy(engine: AsyncEngine) -> datetime:
    """A shop with two turns today. Now."""
    now = datetime.now(UTC)
    await click(engine, await show(engine, "dress", at=now), "dress", now)
    await show(engine, "hat", at=now - timedelta(seconds=1), customer="c2")
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO messages (merchant_id, conversation_id, role, text, at) "
                "SELECT merchant_id, conversation_id, 'customer', 'hi', started_at FROM executions"
            )
        )
    await count(engine)
    return now


def figures(page: BeautifulSoup) -> dict[str, str]:
    found = {}
    for box in page.select("section.box"):
        for row in box.select("dl.figures > div"):
            name, value = row.select_one("dt"), row.select_one("dd > :first-child")
            assert name
            assert value
            found[f"{box['aria-labelledby']}: {name.get_text()}"] = value.get_text(strip=True)
    return found


async def test_a_shop_to_which_nothing_happened_says_what_to_do_next(visitor: Visitor) -> None:
    page = await visitor.page("/m1/analytics")
    assert "Nothing has happened yet" in page.get_text()
    assert page.find("a", {"href": "/console/m1/simulator"})


@pytest.mark.usefixtures("busy")
async def test_the_boxes_show_what_was_counted(visitor: Visitor) -> None:
    found = figures(await visitor.page("/m1/analytics"))
    assert found["box-health: Active conversations"] == "2"
    assert found["box-health: Error rate"] == "0%"
    assert found["box-agent: Success rate"] == "100%"
    assert found["box-agent: Products per response"] == "1.0"
    assert found["box-matching: Zero-result rate"] == "–"
    assert found["box-cost: Today"] == "$0.00"
    assert found["box-cost: Budget used today"] == "–"
    assert found["box-conversations: Clicks on products"] == "1"


@pytest.mark.usefixtures("busy")
async def test_a_figure_leads_to_the_turns_it_was_counted_from(visitor: Visitor) -> None:
    page = await visitor.page("/m1/analytics")
    links = [str(link["href"]) for link in page.select('a[href*="/analytics/turns"]')]
    assert len(links) > 5
    for link in links:
        await visitor.page(link.removeprefix("/console"))
    (rung,) = [link for link in links if "rung=rules" in link]
    rows = (await visitor.page(rung.removeprefix("/console"))).select("table.turns tbody tr")
    assert len(rows) == 2
    assert rows[0].select_one('a[href^="/console/m1/executions/turn-"]')
    assert rows[0].select_one('a[href^="/console/m1/conversations/"]')


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 2),
        ("?intent=general_question&rung=rules&outcome=answered", 2),
        ("?intent=support", 0),
        ("?outcome=silent", 0),
        ("?outcome=nonsense&slower=quick", 2),
        ("?slower=99999999999999999999", 2),
        ("?missed=1", 0),
        ("?from=2026-01-01&to=2026-01-02", 0),
        ("?from=nonsense", 2),
    ],
)
@pytest.mark.usefixtures("busy")
async def test_turns_are_filtered(visitor: Visitor, query: str, rows: int) -> None:
    page = await visitor.page(f"/m1/analytics/turns{query}")
    assert len(page.select("table.turns tbody tr")) == rows
    assert bool(page.select_one(".empty")) == (rows == 0)


@pytest.mark.usefixtures("busy")
async def test_what_was_chosen_stays_chosen(visitor: Visitor) -> None:
    page = await visitor.page("/m1/analytics/turns?intent=support&missed=1&slower=5&query=boots")
    chosen = page.select_one('select[name="intent"] option[selected]')
    assert chosen
    assert chosen["value"] == "support"
    assert page.select_one('input[name="missed"][checked]')
    assert page.select_one('input[name="slower"][value="5"]')
    assert page.select_one('input[name="query"][value="boots"]')


@pytest.mark.usefixtures("busy")
async def test_every_chart_is_a_picture_and_a_table(visitor: Visitor) -> None:
    page = await visitor.page("/m1/analytics")
    pictures = [str(picture["src"]) for picture in page.select(".chart img")]
    assert len(pictures) == len(CHARTS)
    assert all(len(table.select("tbody tr")) == 30 for table in page.select(".chart table"))
    for picture in pictures:
        answer = await visitor.client.get(picture)
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        drawn = ET.fromstring(answer.content)  # noqa: S314 - ours
        assert not drawn.findall(".//{http://www.w3.org/2000/svg}script")
    assert (await visitor.client.get("/console/m1/analytics/charts/nothing.svg")).status_code == 404


async def test_a_period_is_chosen_by_its_days(visitor: Visitor, busy: datetime) -> None:
    today = busy.date()
    page = await visitor.page(f"/m1/analytics?from={today - timedelta(days=6)}&to={today}")
    chosen = page.select_one(".segments [aria-current]")
    assert chosen
    assert chosen.get_text() == "7 days"
    assert len(page.select(".chart")[0].select("tbody tr")) == 7


@pytest.mark.parametrize(
    "query", ["from=2026-02-30", "from=2026-03-02&to=2026-03-01", "from=1900-01-01", "to=x"]
)
@pytest.mark.usefixtures("busy")
async def test_days_that_are_none_are_told_beside_their_field(visitor: Visitor, query: str) -> None:
    page = await visitor.page(f"/m1/analytics?{query}")
    assert page.select_one("#from-fault")


@pytest.mark.usefixtures("busy")
async def test_tables_are_exported(visitor: Visitor) -> None:
    page = await visitor.page("/m1/analytics")
    for link in page.select(".exports a"):
        answer = await visitor.client.get(str(link["href"]))
        assert answer.headers["Content-Type"].startswith("text/csv")


@pytest.mark.usefixtures("busy")
async def test_strangers_words_stay_words(visitor: Visitor, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE turn_facts SET missed = ARRAY[:text]"), {"text": NASTY})
        await connection.execute(
            text("UPDATE executions SET turn = turn || jsonb_build_object('text', CAST(:text AS text))"),
            {"text": NASTY},
        )
    for path in ("/m1/analytics", "/m1/analytics/turns"):
        answer = await visitor.client.get(f"/console{path}", params={"query": NASTY})
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;alert" in answer.text


@pytest.mark.usefixtures("busy")
async def test_another_shops_turns_are_none_of_ours(visitor: Visitor, engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    page = await visitor.page("/m2/analytics/turns")
    assert not page.select("table.turns")


async def test_pages_of_turns_follow_each_other(visitor: Visitor, engine: AsyncEngine) -> None:
    now = datetime.now(UTC)
    for number in range(53):
        await show(engine, at=now - timedelta(seconds=number), customer=f"c{number}")
    await count(engine)
    page = await visitor.page("/m1/analytics/turns?outcome=answered")
    following = page.select_one('a[rel="next"]')
    assert following
    rest = await visitor.page(str(following["href"]).removeprefix("/console"))
    ids = [row["href"] for one in (page, rest) for row in one.select('a[href*="/executions/"]')]
    assert (len(ids), len(set(ids))) == (53, 53)
    assert (await visitor.client.get("/console/m1/analytics/turns?cursor=~~~")).status_code == 422


def test_every_figure_has_its_meaning() -> None:
    from web.pages import texts  # noqa: PLC0415 - only here

    words = texts("en")["analytics"]
    assert words["meaning"].keys() <= words["figure"].keys()
    assert words["figure"].keys() - words["meaning"].keys() == {"conversations_today", "conversations_week"}
    assert set(CHARTS) == words["chart"].keys()
    assert {name for chart in CHARTS.values() for name in chart.series} == words["series"].keys()
    assert not re.search(r"\bTODO\b", str(words))
