"""What a customer gets leads through us; what is on record leads to the shop."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.courier import Courier
from actors.tracked_links import TrackedLinks
from channels.errors import NotSent
from models.turn import Part, PartType
from store import outbox
from store.outbox import Delivery
from store.vault import Vault
from tests.actors.test_courier import Wire
from tests.store.rows import CHANNEL, SOON, conversation_of, open_shop, select
from tests.store.shown import card

CARDS = Part(
    type=PartType.CARDS,
    text="Dress – https://shop.example/dress",
    cards=(
        replace(card("dress"), url="https://shop.example/dress"),
        replace(card("hat"), url="http://shop.example/hat"),
        card("no address"),
        replace(card("ours"), url="/media/ours"),
    ),
)


@pytest.fixture
def tracked(engine: AsyncEngine) -> TrackedLinks:
    numbers = iter(range(100))
    return TrackedLinks(engine, lambda: f"code-{next(numbers)}")


@pytest.fixture
async def delivery(engine: AsyncEngine) -> Delivery:
    """Of a carousel, claimed."""
    await open_shop(engine, token=Vault(["key"]).seal("token"))
    conversation_id = await conversation_of(engine)
    async with engine.begin() as connection:
        await outbox.put(connection, "m1", conversation_id, [CARDS], execution_id="turn-1", expires_at=SOON)
        (claimed,) = await outbox.claim(connection, ["m1"])
    return claimed


def urls(part: Part) -> list[str | None]:
    return [each.url for each in part.cards]


async def test_web_addresses_on_cards_become_links_of_ours(
    engine: AsyncEngine, tracked: TrackedLinks, delivery: Delivery
) -> None:
    part = await tracked.put_into(delivery)
    assert urls(part) == ["/r/code-0", "/r/code-1", None, "/media/ours"]
    assert part.text == CARDS.text
    rows = await select(
        engine, "code, merchant_id, conversation_id, execution_id, product_id, url FROM links ORDER BY code"
    )
    assert [tuple(row) for row in rows] == [
        ("code-0", "m1", delivery.conversation_id, "turn-1", "dress", "https://shop.example/dress"),
        ("code-1", "m1", delivery.conversation_id, "turn-1", "hat", "http://shop.example/hat"),
    ]


async def test_what_is_sent_again_leads_through_the_same_links(
    tracked: TrackedLinks, delivery: Delivery
) -> None:
    assert await tracked.put_into(delivery) == await tracked.put_into(delivery)


@pytest.mark.parametrize(
    "changes",
    [
        {"execution_id": None},
        {"part": replace(CARDS, type=PartType.TEXT)},
        {"part": replace(CARDS, cards=CARDS.cards[2:])},
    ],
    ids=["a person's", "written out", "without an address"],
)
async def test_what_has_no_link_to_count_leaves_as_it_is(
    engine: AsyncEngine, tracked: TrackedLinks, delivery: Delivery, changes: dict[str, object]
) -> None:
    delivery = replace(delivery, **changes)  # type: ignore[arg-type] # fields of a Delivery
    assert await tracked.put_into(delivery) == delivery.part
    assert await select(engine, "code FROM links") == []


async def test_a_code_is_taken_by_no_two_links(tracked: TrackedLinks, delivery: Delivery) -> None:
    one = await tracked.put_into(delivery)
    other = await tracked.put_into(replace(delivery, execution_id="turn-2"))
    assert len({*urls(one), *urls(other)}) == len(urls(one)) + 2


async def test_the_customer_gets_our_links_and_the_record_keeps_the_shops(
    engine: AsyncEngine, tracked: TrackedLinks, delivery: Delivery
) -> None:
    wire = Wire()
    courier = Courier(
        engine=engine,
        channels={CHANNEL: wire},
        open_token=Vault(["key"]).open,
        monotonic=lambda: 0.0,
        links=tracked,
    )
    wire.error = NotSent()
    await courier.send(delivery)
    wire.error = None
    await courier.send(delivery)
    ((_, part),) = wire.sent
    assert urls(part) == ["/r/code-0", "/r/code-1", None, "/media/ours"]
    (kept,) = await select(engine, "body->'cards'->0->>'url' FROM outbox")
    assert kept == ("https://shop.example/dress",)
