"""A profile changed over the API: its parts, its version, what of it is fixed."""

from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

SHOP = "/api/merchants"


@pytest.fixture
async def shop(api: httpx.AsyncClient) -> str:
    return f"{SHOP}/{(await api.post(SHOP, json={'name': 'Corner shop'})).json()['id']}"


WEEK = [
    {"day": "mon", "opens": "09:00", "closes": "12:00"},
    {"day": "mon", "opens": "13:00", "closes": "24:00"},
]
HALVES: list[dict[str, Any]] = [{"name": "a", "share": 50}, {"name": "b", "share": 50}]
WEIGHTS = dict.fromkeys(("semantic", "keyword", "popularity", "availability", "price_match", "recency"), 0.5)
PARTS: dict[str, Any] = {
    "time_zone": "Europe/Berlin",
    "hours": {"week": WEEK, "closed": ["2026-12-25"]},
    "voice_style": {"emoji": "none", "length": "short", "address": "formal"},
    "voice_examples": [{"customer": "Is it warm?", "reply": "As toast."}],
    "handover": {"problems": False, "keywords": ["wholesale"], "text": "Anna takes over.", "pause_hours": 4},
    "retention": {"conversations_days": None, "executions_days": 7, "uploads_days": 1},
    "use_model": False,
    "experiment": {
        "name": "model",
        "variants": [
            {"name": "rules", "share": 90, "use_model": False, "voice": None, "weights": {}},
            {"name": "warm", "share": 10, "use_model": True, "voice": "Warm.", "weights": {"local": WEIGHTS}},
        ],
    },
}


async def test_every_part_comes_back_as_it_was_given(api: httpx.AsyncClient, shop: str) -> None:
    changed = await api.patch(shop, json=PARTS)
    assert changed.status_code == 200, changed.text
    assert {name: changed.json()[name] for name in PARTS} == PARTS
    assert (await api.get(shop)).json() == changed.json()


async def test_a_part_is_given_whole(api: httpx.AsyncClient, shop: str) -> None:
    await api.patch(shop, json=PARTS)
    changed = await api.patch(shop, json={"handover": {"keywords": ["b2b"]}, "hours": {}})
    assert changed.json()["handover"] == {
        "problems": True,
        "keywords": ["b2b"],
        "text": None,
        "pause_hours": None,
    }
    assert changed.json()["hours"] == {"week": [], "closed": []}
    assert changed.json()["retention"] == PARTS["retention"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"hours": {"week": [{"day": "mon", "opens": "9:00", "closes": "12:00"}]}}, "hours.week.0.opens"),
        ({"hours": {"week": [{"day": "mon", "opens": "12:00", "closes": "09:00"}]}}, "hours.week.0"),
        ({"hours": {"week": [*WEEK, {"day": "mon", "opens": "11:00", "closes": "14:00"}]}}, "hours"),
        ({"hours": {"closed": ["25.12."]}}, "hours.closed.0"),
        ({"voice_style": {"emoji": "all"}}, "voice_style.emoji"),
        ({"voice_examples": [{"customer": "Hi", "reply": " "}]}, "voice_examples.0.reply"),
        ({"handover": {"pause_hours": 0}}, "handover.pause_hours"),
        ({"retention": {"executions_days": 0}}, "retention.executions_days"),
        ({"experiment": {"name": " ", "variants": HALVES}}, "experiment.name"),
        ({"experiment": {"name": "x", "variants": HALVES[:1]}}, "experiment.variants"),
        ({"experiment": {"name": "x", "variants": [HALVES[0], HALVES[0]]}}, "experiment.variants"),
        (
            {"experiment": {"name": "x", "variants": [HALVES[0] | {"share": 40}, HALVES[1]]}},
            "experiment.variants",
        ),
        (
            {"experiment": {"name": "x", "variants": [HALVES[0] | {"share": 0.5}, HALVES[1]]}},
            "experiment.variants.0.share",
        ),
        (
            {
                "experiment": {
                    "name": "x",
                    "variants": [HALVES[0], HALVES[1] | {"weights": {"local": WEIGHTS | {"luck": 1}}}],
                }
            },
            "experiment.variants.1.weights.local.luck",
        ),
        ({"comments": {"public_replies": ["x" * 151]}}, "comments.public_replies.0"),
    ],
)
async def test_what_is_wrong_names_its_field(
    api: httpx.AsyncClient, shop: str, given: dict[str, Any], field: str
) -> None:
    refused = await api.patch(shop, json=given)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


async def test_an_experiment_ends_by_null(api: httpx.AsyncClient, shop: str) -> None:
    running = (await api.patch(shop, json={"experiment": {"name": "x", "variants": HALVES}})).json()
    assert running["experiment"]["name"] == "x"
    assert (await api.patch(shop, json={"voice": "luxury"})).json()["experiment"] == running["experiment"]
    assert (await api.patch(shop, json={"experiment": None})).json()["experiment"] is None


async def test_of_two_who_change_a_profile_the_second_is_told(api: httpx.AsyncClient, shop: str) -> None:
    version = (await api.get(shop)).headers["ETag"]
    first = await api.patch(shop, json={"voice": "luxury"}, headers={"If-Match": version})
    assert first.status_code == 200
    second = await api.patch(shop, json={"voice": "casual"}, headers={"If-Match": version})
    assert second.status_code == 412
    again = await api.patch(shop, json={"voice": "casual"}, headers={"If-Match": first.headers["ETag"]})
    assert again.json()["voice"] == "casual"
    assert (await api.patch(shop, json={"voice": "luxury"}, headers={"If-Match": "*"})).status_code == 200


async def test_a_currency_is_fixed_once_there_are_products(
    api: httpx.AsyncClient, shop: str, engine: AsyncEngine
) -> None:
    assert (await api.patch(shop, json={"currency": "EUR"})).json()["currency"] == "EUR"
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO products (merchant_id, id, seq, body, text_hash, deleted) "
                "VALUES (:m, 'dress', 1, '{}', '', true)"
            ),
            {"m": shop.removeprefix(f"{SHOP}/")},
        )
    refused = await api.patch(shop, json={"currency": "JPY", "voice": "luxury"})
    assert (refused.status_code, refused.json()["field"]) == (409, "currency")
    assert (await api.get(shop)).json()["voice"] == "casual"
    assert (await api.patch(shop, json={"currency": "EUR"})).status_code == 200
