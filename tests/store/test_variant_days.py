"""An experiment in figures: what somebody would count who reads everything slowly, each customer once."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from random import Random
from statistics import fmean, stdev
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store import merchant_days, retention, variant_days
from tests.store.rows import open_shop, select

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 3, 29)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]
NOW = datetime(2026, 4, 20, tzinfo=UTC)
# Whom each customer's turns are answered by, in turn; the last one was moved.
VARIANTS = [("a",), ("b",), ("a",), ("b",), ("",), ("a", "b")]


@pytest.fixture(autouse=True)
async def _shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


async def put(connection: AsyncConnection, turns: list[dict[str, Any]]) -> None:
    for number in range(len(VARIANTS)):
        await connection.execute(
            text(
                "INSERT INTO conversations (merchant_id, channel, account_id, customer_id, bucket) "
                "VALUES ('m1', 'instagram', 'a', :customer, 0)"
            ),
            {"customer": f"c{number}"},
        )
    for turn in turns:
        await put_turn(connection, turn)


async def put_turn(connection: AsyncConnection, turn: dict[str, Any]) -> None:
    await connection.execute(
        text("""
            INSERT INTO executions (id, merchant_id, conversation_id, turn, reply, steps, silence_reason,
                                    started_at)
            SELECT :id, 'm1', id, jsonb_build_object('experiment', CAST(:experiment AS text),
                                                     'variant', CAST(:variant AS text)),
                   jsonb_build_object('rung', CAST(:rung AS text), 'intent', 'support', 'confidence', 1,
                                      'cards', CAST('[]' AS jsonb),
                                      'cost_microdollars', CAST(:cost AS integer),
                                      'handover', CASE WHEN :handed_over THEN CAST('{}' AS jsonb) END),
                   CASE WHEN :missed THEN CAST('[{"name": "search_products", "status": "ok", "duration_ms": 1,
                       "data": {"query": "x", "found": 0, "relaxed": []}}]' AS jsonb) ELSE '[]' END,
                   :silence, :at
            FROM conversations WHERE customer_id = :customer
        """),
        {name: turn[name] for name in turn if name not in ("clicks", "orders")},
    )
    for table, more in (("clicks", ""), ("shopify_sales", ", order_id, amount_minor, currency")):
        for number, at in enumerate(turn["clicks" if table == "clicks" else "orders"]):
            values = f", '{turn['id']}-{number}', 1, 'EUR'" if more else ""
            await connection.execute(
                text(
                    f"INSERT INTO {table} (merchant_id, conversation_id, execution_id, product_id, at{more}) "  # noqa: S608
                    f"SELECT 'm1', id, :id, 'p', :at{values} FROM conversations WHERE customer_id = :customer"
                ),
                {"id": turn["id"], "at": at, "customer": turn["customer"]},
            )


def some_turns(seed: int) -> list[dict[str, Any]]:
    random = Random(seed)  # noqa: S311 - a made-up world
    return [some_turn(random, number) for number in range(50)]


def some_turn(random: Random, number: int) -> dict[str, Any]:
    customer = random.randrange(len(VARIANTS))
    at = datetime(2026, 3, 29, tzinfo=UTC) + timedelta(seconds=random.randrange(3 * 86_400))
    variant = VARIANTS[customer][number % len(VARIANTS[customer])]
    return {
        "id": f"turn-{number}",
        "customer": f"c{customer}",
        "at": at,
        "experiment": "model" if variant else "",
        "variant": variant,
        "rung": random.choice(["model", "rules", "rules", "apology"]),
        "cost": random.randrange(500),
        "handed_over": random.random() < 0.2,
        "missed": random.random() < 0.2,
        "silence": random.choice([None, None, None, "paused"]),
        "clicks": [at + timedelta(hours=9)] if random.random() < 0.2 else [],
        "orders": [at + timedelta(hours=20)] if random.random() < 0.1 else [],
    }


async def roll_up(engine: AsyncEngine, days: list[date]) -> None:
    async with engine.begin() as connection:
        for day in days:
            await merchant_days.roll_up(connection, "m1", day, BERLIN, NOW)
            await variant_days.roll_up(connection, "m1", day, BERLIN)


def slowly(turns: list[dict[str, Any]]) -> dict[str, variant_days.Counted]:
    """The same, read from start to end."""
    found: dict[str, list[list[dict[str, Any]]]] = {"a": [], "b": []}
    in_order = sorted((turn for turn in turns if turn["variant"]), key=lambda turn: str(turn["customer"]))
    for _, of_one in groupby(in_order, key=lambda turn: str(turn["customer"])):
        own = list(of_one)
        variants = {turn["variant"] for turn in own}
        if len(variants) == 1:
            found[variants.pop()].append(own)
    return {variant: counted(variant, customers) for variant, customers in found.items() if customers}


def counted(variant: str, customers: list[list[dict[str, Any]]]) -> variant_days.Counted:
    def to_whom(happened: Any) -> int:
        return sum(any(map(happened, turns)) for turns in customers)

    turns = [turn for own in customers for turn in own]
    return variant_days.Counted(
        variant=variant,
        customers=len(customers),
        turns=len(turns),
        outcomes={
            "answered": to_whom(lambda turn: not turn["silence"]),
            "handed_over": to_whom(lambda turn: turn["handed_over"]),
            "failed": to_whom(lambda turn: not turn["silence"] and turn["rung"] == "apology"),
            "fell_back": 0,
            "missed": to_whom(lambda turn: turn["missed"]),
            "clicked": to_whom(lambda turn: turn["clicks"]),
            "bought": to_whom(lambda turn: turn["orders"]),
        },
        averages={
            "turns": measured([len(own) for own in customers]),
            "microdollars": measured([sum(turn["cost"] for turn in own) for own in customers]),
        },
    )


def measured(values: list[int]) -> variant_days.Measured:
    deviation = stdev(values) if len(values) > 1 else 0.0
    near: Any = pytest.approx
    return variant_days.Measured(customers=len(values), value=near(fmean(values)), deviation=near(deviation))


async def figures(engine: AsyncEngine) -> variant_days.Figures:
    async with engine.begin() as connection:
        found = await variant_days.figures(connection, "m1", "model")
    assert found
    return found


@pytest.mark.parametrize("seed", range(4))
async def test_variants_are_what_somebody_counts_who_reads_everything(engine: AsyncEngine, seed: int) -> None:
    turns = some_turns(seed)
    async with engine.begin() as connection:
        await put(connection, turns)
    await roll_up(engine, DAYS)
    found = await figures(engine)
    assert {one.variant: one for one in found.variants} == slowly(turns)
    assert found.moved == len(
        {turn["customer"] for turn in turns if turn["variant"] == "a"}
        & {turn["customer"] for turn in turns if turn["variant"] == "b"}
    )


async def test_counting_again_in_whatever_order_changes_nothing(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await put(connection, some_turns(7))
    await roll_up(engine, DAYS)
    first = await select(engine, "* FROM variant_days ORDER BY conversation_id, day, variant")
    await roll_up(engine, DAYS[::-1])
    assert first == await select(engine, "* FROM variant_days ORDER BY conversation_id, day, variant")


async def test_what_is_counted_outlives_the_logs_of_the_turns(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await put(connection, some_turns(8))
    await roll_up(engine, DAYS)
    before = await figures(engine)
    async with engine.begin() as connection:
        await retention.delete_executions(connection, "m1", NOW, 1000)
    assert await figures(engine) == before


async def test_a_day_that_moved_with_the_time_zone_is_counted_where_it_is_now(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await put(connection, some_turns(9))
    await roll_up(engine, DAYS)
    before = await figures(engine)
    async with engine.begin() as connection:
        for day in DAYS:
            await variant_days.roll_up(connection, "m1", day, ZoneInfo("America/New_York"))
        await variant_days.roll_up(connection, "m1", FIRST - timedelta(days=1), ZoneInfo("America/New_York"))
    after = await figures(engine)
    assert (after.variants, after.moved) == (before.variants, before.moved)


async def test_a_shop_without_an_experiment_has_no_figures(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        assert await variant_days.figures(connection, "m1", "model") is None
        assert await variant_days.experiments(connection, "m1") == []
