"""A look over the assistant's shoulder: events while they happen, and a turn played again."""

import asyncio

from tests.cluster.shops import Shop, dress


async def test_who_looks_on_hears_of_a_message_and_its_turn(shop: Shop) -> None:
    stream = f"{shop.api.url}{shop.path}/events"
    async with asyncio.timeout(30), shop.api.session.get(stream, headers=shop.api.headers) as events:
        assert events.status == 200
        heard: list[str] = []
        async for line in events.content:
            name, _, value = line.decode().strip().partition(": ")
            heard += [value] if name == "event" else []
            if heard == ["hello"]:
                await shop.chat("hello")
                heard.append("answered")
            if "turn" in heard:
                break
    assert [one for one in heard if one != "delivery"] == ["hello", "answered", "message", "turn"]


async def test_a_turn_is_played_again_with_todays_catalogue(shop: Shop) -> None:
    await shop.add(dress("ocean", "Blue"))
    reply = await shop.chat("do you have a blue dress?")
    said = (await shop.conversation("ada", "simulator"))["messages"]
    await shop.add(dress("lagoon", "Blue", price_minor=3000))
    await shop.delete("/products/ocean")
    replayed = (await shop.post(f"/executions/{reply['execution_id']}/replay")).body
    assert [product["id"] for product in replayed["old"]["products"]] == ["ocean"]
    assert [product["id"] for product in replayed["new"]["products"]] == ["lagoon"]
    assert "products" in replayed["differs"]
    assert replayed["new"]["steps"]
    assert (await shop.conversation("ada", "simulator"))["messages"] == said
