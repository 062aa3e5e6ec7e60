"""A merchant gets a catalog actor of its own and goes back, and nobody who asks notices."""

import asyncio
from functools import partial
from typing import Any

import aiohttp
import pytest

from launch.ports import free_ports
from tests.cluster.api import Api
from tests.cluster.launching import AUTHORIZED, running, scratch_folder
from tests.cluster.polling import until
from tests.cluster.shops import Shop, dress

# Another process starts, on whatever machine this is.
PATIENCE_S = 120.0


async def placement(shop: Shop) -> Any:
    answer = await shop.get("/placement")
    assert answer.status == 200, answer.raw
    return answer.body


async def shows(shop: Shop, wanted: dict[str, Any]) -> bool:
    return bool(await placement(shop) == wanted)


async def marked(shop: Shop, *, dedicated: bool) -> str:
    """The actor, once the merchant is there."""
    answer = await shop.put("/placement", {"dedicated": dedicated})
    assert (answer.status, answer.body["dedicated"]) == (202, dedicated), answer.raw
    return await moved(shop, dedicated=dedicated)


async def moved(shop: Shop, *, dedicated: bool) -> str:
    async def there() -> str:
        actor: str = (await placement(shop))["actor"]
        return actor if actor.startswith("catalog-dedicated-") is dedicated else ""

    return await until(there, what=f"a move to dedicated={dedicated}", timeout_s=PATIENCE_S)


async def test_a_merchant_moves_while_it_is_searched_and_written_and_no_call_fails_or_is_stale(
    shop: Shop,
) -> None:
    await shop.add(dress("ocean", price_minor=1000))
    price, done = 1000, asyncio.Event()

    async def write() -> None:
        nonlocal price
        while not done.is_set():
            answer = await shop.put("/products/ocean", dress("ocean", price_minor=price + 1))
            assert answer.status == 200, answer.raw
            price += 1

    async def search() -> None:
        while not done.is_set():
            least = price
            answer = await shop.post("/search", {"query": "ocean dress"})
            assert answer.status == 200, answer.raw
            assert answer.body["hits"][0]["product"]["variants"][0]["price_minor"] >= least

    async def talk() -> None:
        while not done.is_set():
            shown = await shop.chat("do you have a blue dress?")
            assert [product["id"] for product in shown["products"]] == ["ocean"]

    async def move() -> None:
        try:
            own = await marked(shop, dedicated=True)
            # Loaded with the first search that comes there.
            there = {"actor": own, "dedicated": True, "products": 1, "loaded": True}
            await until(partial(shows, shop, there), what=f"{there}")
            assert await marked(shop, dedicated=False) == "catalog-0"
        finally:
            done.set()

    await asyncio.gather(write(), search(), talk(), move())
    found = (await shop.post("/search", {"query": "ocean dress"})).body["hits"]
    assert found[0]["product"]["variants"][0]["price_minor"] == price


@pytest.mark.parametrize("body", [{"dedicated": "yes"}, {}, {"dedicated": 1}])
async def test_a_placement_that_says_nothing_clear_names_its_field(shop: Shop, body: Any) -> None:
    assert (await shop.put("/placement", body)).field() == "dedicated"


@pytest.mark.slow
async def test_a_shop_that_outgrows_the_limit_has_its_own_actor_after_a_restart_too(
    session: aiohttp.ClientSession,
) -> None:
    (port,) = free_ports(1)
    actors = []
    with scratch_folder() as folder:
        for _ in range(2):
            async with running(folder, port, {"DEDICATED_PRODUCTS": "10"}) as launcher:
                shop = Shop(api=Api(session=session, url=launcher.url, headers=AUTHORIZED), id="demo")
                answer = await shop.post("/search", {"query": "dress"})
                assert answer.status == 200, answer.raw
                actors.append(await moved(shop, dedicated=True))
                assert (await shop.api.get("/readyz")).status == 200
    assert actors[0] == actors[1]
