"""Days in figures: whatever happened, they are what somebody would count who reads everything slowly."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.codec import to_json
from models.histogram import bucket
from store import merchant_days, turn_facts
from store.merchant_days import QUIET, Counts, bounds
from store.turn_facts import Wanted
from tests.store.rows import open_shop, select

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 29)  # 23 hours long in Berlin
NOW = datetime(2026, 4, 20, tzinfo=UTC)
DAYS = [DAY + timedelta(days=n) for n in range(-2, 3)]


@dataclass(frozen=True, kw_only=True)
class Talked:
    """A turn, with all that belongs to it."""

    id: str
    conversation: int
    at: datetime
    heard: tuple[datetime, ...]
    sent: tuple[tuple[str, str | None, datetime | None], ...]  # status, reason, when
    steps: tuple[dict[str, Any], ...]
    reply: dict[str, Any] | None
    silence: str | None


@dataclass(kw_only=True)
class World:
    turns: list[Talked] = field(default_factory=list)
    messages: list[tuple[int, str, datetime]] = field(default_factory=list)
    clicks: list[tuple[int, datetime]] = field(default_factory=list)
    orders: list[tuple[int, datetime, int, str]] = field(default_factory=list)


def some_step(random: Random) -> dict[str, Any]:
    name = random.choice(["search_products"] * 3 + ["model", "rules", "facets", "budget_used_up"])
    data: dict[str, Any] = {}
    if name == "search_products":
        found = random.choice([0, 1, 5])
        data = {
            "query": random.choice(["Red Dress", "boots", ""]),
            "found": found,
            "relaxed": random.choice([[], [], ["price"]]) if found else [],
            "remembered": random.random() < 0.5,
        }
    status = random.choice(["ok", "ok", "failed"])
    if status == "failed":
        data = {"query": "x", "reason": "broken"}
    return {"name": name, "status": status, "duration_ms": random.randint(0, 900) / 4, "data": data}


def some_turn(random: Random, number: int) -> Talked:
    at = datetime(2026, 3, 27, tzinfo=UTC) + timedelta(seconds=random.randint(0, 5 * 86_400))
    silence = random.choice([None, None, None, "paused", "spam"])
    sent: list[tuple[str, str | None, datetime | None]] = []
    if silence is None:
        for _ in range(random.randint(0, 2)):
            status = random.choice(["sent", "sent", "sent", "failed", "cancelled", "pending"])
            when = at + timedelta(milliseconds=random.randint(0, 90_000)) if status == "sent" else None
            sent.append((status, "why" if status in ("failed", "cancelled") else None, when))
    reply = None
    if silence is None or random.random() < 0.5:
        reply = {
            "rung": random.choice(["model", "rules", "apology"]),
            "intent": random.choice(["product_search", "support"]),
            "confidence": random.choice([0.25, 0.5, 1.0]),
            "cards": [{}] * random.randint(0, 3),
            "cost_microdollars": random.randint(0, 500),
            "handover": random.choice([None, None, {"reason": "asked"}]),
        }
    return Talked(
        id=f"turn-{number}",
        conversation=random.randint(0, 5),
        at=at,
        heard=tuple(at - timedelta(seconds=n) for n in range(random.randint(0, 2))),
        sent=tuple(sent),
        steps=tuple(some_step(random) for _ in range(random.randint(0, 4))),
        reply=reply,
        silence=silence,
    )


def some_world(seed: int) -> World:
    random = Random(seed)  # noqa: S311 - a made-up world
    world = World(turns=[some_turn(random, number) for number in range(40)])
    for turn in world.turns:
        world.messages += [(turn.conversation, "customer", at) for at in turn.heard]
        if turn.sent:
            world.messages.append((turn.conversation, random.choice(["assistant", "person"]), turn.at))
        if random.random() < 0.3:
            world.clicks.append((turn.conversation, turn.at + timedelta(minutes=3)))
        if random.random() < 0.2:
            sale = (turn.conversation, turn.at + timedelta(hours=1), random.randint(100, 900), "EUR")
            world.orders.append(sale)
    return world


JSON = {"turn", "reply", "steps", "event", "body"}


async def insert(connection: AsyncConnection, table: str, **values: Any) -> Any:
    names = ", ".join(values)
    marks = ", ".join(f"CAST(:{name} AS jsonb)" if name in JSON else f":{name}" for name in values)
    written = {
        name: to_json(value) if name in JSON and value is not None else value
        for name, value in values.items()
    }
    sql = f"INSERT INTO {table} (merchant_id, {names}) VALUES ('m1', {marks})"  # noqa: S608 - our own names
    return await connection.execute(
        text(sql + (" RETURNING id" if table == "conversations" else "")), written
    )


async def put(engine: AsyncEngine, world: World) -> None:
    async with engine.begin() as connection:
        made = [
            await insert(connection, "conversations", **OF_INSTAGRAM, customer_id=f"c{n}") for n in range(6)
        ]
        ids = [one.scalar_one() for one in made]
        for turn in world.turns:
            await put_turn(connection, turn, ids[turn.conversation])
        for number, role, at in world.messages:
            await insert(connection, "messages", conversation_id=ids[number], role=role, text="x", at=at)
        shown: dict[str, Any] = {"execution_id": "turn", "product_id": "p"}
        for number, at in world.clicks:
            await insert(connection, "clicks", conversation_id=ids[number], at=at, **shown)
        for n, (number, at, amount, currency) in enumerate(world.orders):
            order = {"order_id": str(n), "amount_minor": amount, "currency": currency, "at": at}
            await insert(connection, "shopify_sales", conversation_id=ids[number], **order, **shown)


OF_INSTAGRAM: dict[str, Any] = {"channel": "instagram", "account_id": "a", "bucket": 0}


async def put_turn(connection: AsyncConnection, turn: Talked, conversation: int) -> None:
    log = {"turn": {"text": "hi"}, "reply": turn.reply, "steps": list(turn.steps)}
    ended = {"silence_reason": turn.silence, "started_at": turn.at}
    await insert(connection, "executions", id=turn.id, conversation_id=conversation, **log, **ended)
    own: dict[str, Any] = {"conversation_id": conversation, "execution_id": turn.id}
    for n, at in enumerate(turn.heard):
        arrived = {"key": f"{turn.id}-{n}", "kind": "message", "event": {"text": "hi"}, "at": at}
        await insert(connection, "inbox", **OF_INSTAGRAM, **own, **arrived, status="answered")
    for n, (status, reason, when) in enumerate(turn.sent, start=1):
        part = {"part": n, "body": {"text": "hi"}, "expires_at": NOW, "created_at": turn.at}
        await insert(connection, "outbox", **own, **part, status=status, reason=reason, sent_at=when)


def slowly(world: World, day: date) -> Counts:
    """The same, read from start to end."""
    start, end = bounds(day, BERLIN)

    def today(at: datetime) -> bool:
        return start <= at < end

    turns = [turn for turn in world.turns if today(turn.at)]
    answered = [turn for turn in turns if turn.silence is None]
    searches = [step for turn in turns for step in turn.steps if is_search(step)]
    missed = [step for step in searches if step["data"]["found"] == 0 or step["data"]["relaxed"]]
    responses = [ms for turn in answered if (ms := response_ms(turn)) is not None]
    apologies = [turn for turn in answered if rung(turn) == "apology"]
    undelivered = [turn for turn in answered if any(part[0] == "failed" for part in turn.sent)]
    parts = [f"{status}/{reason}" if reason else status for turn in turns for status, reason, _ in turn.sent]
    orders = [order for order in world.orders if today(order[1])]
    roles = Counter(role for _, role, at in world.messages if today(at))
    return Counts(
        **conversations(world, start, end),
        customer_messages=roles["customer"],
        assistant_messages=roles["assistant"],
        person_messages=roles["person"],
        turns=len(turns),
        answered=len(answered),
        fell_back=sum(any(map(is_fall, turn.steps)) for turn in answered),
        apologised=len(apologies),
        undelivered=len(undelivered),
        erroneous=len({turn.id for turn in (*apologies, *undelivered)}),
        confidence=sum(turn.reply["confidence"] for turn in answered if turn.reply),
        products=sum(len(turn.reply["cards"]) for turn in answered if turn.reply),
        responses=len(responses),
        response_ms=sum(responses),
        response_times=dict(Counter(str(bucket(ms)) for ms in responses)),
        silences=dict(Counter(turn.silence for turn in turns if turn.silence)),
        searches=len(searches),
        search_ms=sum(step["duration_ms"] for step in searches),
        results=sum(step["data"]["found"] for step in searches),
        remembered=sum(step["data"]["remembered"] for step in searches),
        missed=len(missed),
        empty=sum(step["data"]["found"] == 0 for step in searches),
        deliveries=dict(Counter(parts)),
        clicks=sum(today(at) for _, at in world.clicks),
        orders=len(orders),
        buyers=len({order[0] for order in orders}),
        revenue={"EUR": sum(order[2] for order in orders)} if orders else {},
    )


def conversations(world: World, start: datetime, end: datetime) -> dict[str, int]:
    found = dict.fromkeys(("conversations", "started", "reopened", "handed_over", "resolved"), 0)
    for number in range(6):
        wrote = sorted(at for each, role, at in world.messages if each == number and role == "customer")
        before = [at for at in wrote if at < start]
        within = [at for at in wrote if start <= at < end]
        after = [at for at in wrote if at >= end]
        if not within:
            continue
        handed = any(
            turn.conversation == number and start <= turn.at < end and turn.reply and turn.reply["handover"]
            for turn in world.turns
        )
        found["conversations"] += 1
        found["started"] += not before
        found["reopened"] += bool(before) and within[0] - before[-1] >= QUIET
        found["handed_over"] += handed
        found["resolved"] += not handed and (after[0] if after else NOW) - within[-1] >= QUIET
    return found


def is_search(step: dict[str, Any]) -> bool:
    return bool(step["name"] == "search_products" and step["status"] == "ok")


def is_fall(step: dict[str, Any]) -> bool:
    failed: bool = step["status"] == "failed" and step["name"] in ("model", "model_short", "rules")
    return failed or step["name"] == "budget_used_up"


def rung(turn: Talked) -> str:
    return str(turn.reply["rung"]) if turn.reply else ""


def response_ms(turn: Talked) -> int | None:
    sent = [when for status, _, when in turn.sent if status == "sent" and when]
    if not sent or not turn.heard:
        return None
    return round((min(sent) - max(turn.heard)) / timedelta(milliseconds=1))


async def roll_up(engine: AsyncEngine, days: Iterable[date] = DAYS) -> None:
    async with engine.begin() as connection:
        for day in days:
            await merchant_days.roll_up(connection, "m1", day, BERLIN, NOW)


async def counted(engine: AsyncEngine) -> dict[date, Counts]:
    async with engine.begin() as connection:
        found = await merchant_days.between(connection, "m1", DAYS[0], DAYS[-1])
    return {day.day: day.counts for day in found}


@pytest.fixture(autouse=True)
async def _shop(engine: AsyncEngine) -> None:
    await open_shop(engine)


@pytest.mark.parametrize("seed", range(6))
async def test_a_day_is_what_somebody_counts_who_reads_everything(engine: AsyncEngine, seed: int) -> None:
    world = some_world(seed)
    await put(engine, world)
    await roll_up(engine)
    found = await counted(engine)
    for day in DAYS:
        assert asdict(found[day]) == asdict(slowly(world, day)), day


async def test_counting_again_in_whatever_order_changes_nothing(engine: AsyncEngine) -> None:
    await put(engine, some_world(7))
    await roll_up(engine)
    first = await counted(engine), await select(engine, "* FROM turn_days ORDER BY day, rung, intent")
    await roll_up(engine, reversed(DAYS))
    assert first == (
        await counted(engine),
        await select(engine, "* FROM turn_days ORDER BY day, rung, intent"),
    )


async def test_what_was_still_to_be_sent_counts_once_it_is(engine: AsyncEngine) -> None:
    turn = Talked(
        id="turn",
        conversation=0,
        at=datetime(2026, 3, 29, 10, tzinfo=UTC),
        heard=(datetime(2026, 3, 29, 10, tzinfo=UTC),),
        sent=(("pending", None, None),),
        steps=(),
        reply={"rung": "rules", "intent": "support", "confidence": 1, "cards": []},
        silence=None,
    )
    await put(engine, World(turns=[turn], messages=[(0, "customer", turn.at)]))
    await roll_up(engine)
    before = (await counted(engine))[DAY]
    assert (before.responses, before.deliveries) == (0, {"pending": 1})
    async with engine.begin() as connection:
        assert await turn_facts.unsettled(connection, turn.at, NOW) == ["m1"]
        await connection.execute(
            text("UPDATE outbox SET status = 'sent', sent_at = :at"), {"at": turn.at + timedelta(seconds=2)}
        )
    await roll_up(engine)
    after = (await counted(engine))[DAY]
    assert (after.responses, after.response_ms, after.deliveries) == (1, 2000, {"sent": 1})
    async with engine.begin() as connection:
        assert await turn_facts.unsettled(connection, turn.at, NOW) == []


async def test_groups_add_up_to_the_answered_turns(engine: AsyncEngine) -> None:
    await put(engine, some_world(3))
    await roll_up(engine)
    async with engine.begin() as connection:
        groups = await merchant_days.by_rung_and_intent(connection, "m1", DAYS[0], DAYS[-1])
    days = (await counted(engine)).values()
    assert sum(group.turns for group in groups) == sum(day.answered for day in days)
    assert sum(group.erroneous for group in groups) == sum(day.erroneous for day in days)
    assert {group.rung for group in groups} == {"model", "rules", "apology"}


async def test_turns_are_listed_by_what_became_of_them(engine: AsyncEngine) -> None:
    world = some_world(5)
    await put(engine, world)
    await roll_up(engine)
    since, until = bounds(DAYS[0], BERLIN)[0], bounds(DAYS[-1], BERLIN)[1]

    async def listed(**more: Any) -> set[str]:
        async with engine.begin() as connection:
            found = await turn_facts.listing(
                connection, "m1", Wanted(since=since, until=until, **more), limit=200
            )
        return {one.execution_id for one in found}

    turns = [turn for turn in world.turns if since <= turn.at < until]
    answered = [turn for turn in turns if turn.silence is None]
    assert await listed() == {turn.id for turn in turns}
    assert await listed(outcome="silent") == {turn.id for turn in turns} - {turn.id for turn in answered}
    assert await listed(silence="spam") == {turn.id for turn in turns if turn.silence == "spam"}
    assert await listed(rung="apology") == {turn.id for turn in answered if rung(turn) == "apology"}
    assert await listed(outcome="fell_back") == {
        turn.id for turn in answered if any(map(is_fall, turn.steps))
    }
    assert await listed(slower_ms=30_000) == {turn.id for turn in turns if (response_ms(turn) or 0) > 30_000}
    boots = {
        turn.id
        for turn in turns
        for step in turn.steps
        if is_search(step) and step["data"]["query"] == "boots"
        if step["data"]["found"] == 0 or step["data"]["relaxed"]
    }
    assert await listed(query="boots") == boots
    async with engine.begin() as connection:
        queries = await turn_facts.missed_queries(connection, "m1", since, until, limit=9)
    assert {one.query: one.turns for one in queries}["boots"] == len(boots)
    assert "" not in {one.query for one in queries}


async def test_pages_show_each_turn_once_newest_first(engine: AsyncEngine) -> None:
    world = some_world(2)
    await put(engine, world)
    await roll_up(engine)
    wanted = Wanted(since=bounds(DAYS[0], BERLIN)[0], until=bounds(DAYS[-1], BERLIN)[1])
    seen: list[str] = []
    after = None
    async with engine.begin() as connection:
        while page := await turn_facts.listing(connection, "m1", wanted, limit=7, after=after):
            seen += [one.execution_id for one in page]
            after = (page[-1].at, page[-1].execution_id)
    expected = sorted(world.turns, key=lambda turn: (turn.at, turn.id), reverse=True)
    assert seen == [turn.id for turn in expected if wanted.since <= turn.at < wanted.until]


async def test_a_shop_counts_its_own_turns(engine: AsyncEngine) -> None:
    await open_shop(engine, "m2")
    await put(engine, some_world(1))
    async with engine.begin() as connection:
        await merchant_days.roll_up(connection, "m2", DAY, BERLIN, NOW)
        (day,) = await merchant_days.between(connection, "m2", DAY, DAY)
    assert day.counts == Counts()
