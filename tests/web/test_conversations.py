"""Conversations over the API: filtered, searched, counted, in pages."""

import httpx2 as httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.message import EventKind
from tests.store.rows import arrive, event, open_shop, reply, turn

PATH = "/api/merchants/m1/conversations"


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def test_a_conversation_is_listed_with_what_was_said_last_and_whether_it_waits(
    api: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await turn(engine, "price?", reply("$5"), EventKind.COMMENT, username="ada.l")
    (one,) = (await api.get(PATH)).json()["items"]
    assert (one["customer_id"], one["customer_name"], one["commented"]) == ("c1", "ada.l", True)
    assert (one["last_message"]["role"], one["last_message"]["text"]) == ("assistant", "$5")
    assert not one["unanswered"]
    await arrive(engine, event("and in blue?"))
    (one,) = (await api.get(PATH, params={"show": "unanswered"})).json()["items"]
    assert (one["last_message"]["text"], one["last_message"]["waiting"]) == ("and in blue?", True)


async def test_pages_go_on_where_they_ended(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    customers = [f"c{number}" for number in range(5)]
    for customer in customers:
        await turn(engine, "hello", reply("hi"), customer=customer)
    listed: list[str] = []
    cursor = None
    while not listed or cursor:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await api.get(PATH, params=params)).json()
        listed += [one["customer_id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert listed == customers[::-1]


async def test_every_kind_and_a_search_can_be_asked_for(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await turn(engine, "a wool coat", reply("hi", handover="asked"), customer="ada")
    await turn(engine, "hello", reply("hi"), customer="bob")
    for params, expected in (
        ({"show": "needs_person"}, ["ada"]),
        ({"needs_person": "false"}, ["bob"]),
        ({"show": "paused"}, ["ada"]),
        ({"show": "errors"}, []),
        ({"search": "wool"}, ["ada"]),
        ({"search": "bob"}, ["bob"]),
        ({"channel": "simulator"}, []),
    ):
        found = (await api.get(PATH, params=params)).json()["items"]
        assert [one["customer_id"] for one in found] == expected, params
    counts = (await api.get("/api/merchants/m1/conversation-counts")).json()
    assert counts == {
        "all": 2,
        "needs_person": 1,
        "unanswered": 0,
        "paused": 1,
        "comments": 0,
        "errors": 0,
    }


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"show": "everything"}, "show"),
        ({"search": "x" * 201}, "search"),
        ({"cursor": "MjAyNi0wMS0wMSAx"}, "cursor"),
        ({"cursor": "bm9uc2Vuc2U="}, "cursor"),
    ],
)
async def test_what_cannot_be_listed_names_its_field(
    api: httpx.AsyncClient, params: dict[str, str], field: str
) -> None:
    answer = await api.get(PATH, params=params)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
