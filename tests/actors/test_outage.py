"""Instagram is down for half a minute: what waited leaves in order, and nobody called it all the time."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.asides import Asides
from actors.courier import Courier
from actors.delivery import ECHO_PATIENCE_S
from channels.channel import Channel
from channels.instagram.channel import InstagramChannel
from channels.instagram.client import InstagramClient
from channels.instagram.events import parse
from scripts.outage.judge import judge, read, taken_for_a_person
from store import inbox, outbox
from store.vault import Vault
from tests.standins import outage
from tests.standins.clock import Clock
from tests.standins.instagram import TOKEN, WINDOW_S, Instagram
from tests.store.rows import CHANNEL, NOW, account_of, conversation_of, open_shop, queue, select

CUSTOMERS = 24
DOWN_S = 30
TIMEOUT_S = 0.1
LONGEST_S = 300


class Street:
    """A shop, its customers, Instagram, and seconds that pass in all of them at once."""

    def __init__(self, engine: AsyncEngine, clock: Clock, courier_on: Callable[[Channel], Courier]) -> None:
        self.engine = engine
        self.clock = clock
        self.courier_on = courier_on
        self.began = clock.now
        self.began_at = time.time()
        self.conversations: list[int] = []
        self.instagram = Instagram(
            accounts={account_of("m1"): TOKEN}, echo="after", enforce_window=True, clock=self.now
        )

    def now(self) -> float:
        return self.began_at + self.clock.now - self.began

    async def webhook(self, request: web.Request) -> web.Response:
        async with self.engine.begin() as connection:
            parsed = parse(await request.read(), now=datetime.now(UTC))
            await inbox.route(connection, CHANNEL, parsed.events)
        return web.Response()

    async def open(self, vault: Vault) -> None:
        await open_shop(self.engine, token=vault.seal(TOKEN))
        for number in range(CUSTOMERS):
            customer = f"99000000{number:04d}"
            self.conversations.append(await conversation_of(self.engine, customer))
            # The window of every sixth closes in the middle of it.
            open_s = DOWN_S / 2 if number % 6 == 0 else WINDOW_S - 60
            self.instagram.spoke_at[account_of("m1"), customer] = self.now() - WINDOW_S + open_s

    async def answer(self, conversation: int, words: str) -> None:
        customer = f"99000000{self.conversations.index(conversation):04d}"
        closes_at = self.instagram.spoke_at[account_of("m1"), customer] + WINDOW_S
        await queue(
            self.engine,
            conversation,
            f"{words}, first",
            f"{words}, second",
            execution_id=f"{words} of {conversation}",
            expires_at=NOW + timedelta(seconds=closes_at - self.now()),
        )

    async def second(self, courier: Courier) -> None:
        """One passes, and what is due in it is done."""
        self.clock.now += 1
        async with self.engine.begin() as connection:
            await connection.execute(
                text("""
                    UPDATE outbox SET due_at = due_at - interval '1 s',
                        expires_at = expires_at - interval '1 s', sending_at = sending_at - interval '1 s'
                """)
            )
            await outbox.expire(connection, ["m1"])
            await outbox.release(connection, ["m1"], ECHO_PATIENCE_S, held=courier.held)
        while taken := await courier.take(["m1"]):
            await asyncio.gather(*map(courier.send, taken))
        await self.instagram.settle()
        waiting_echoes = "DISTINCT conversation_id FROM inbox WHERE status = 'waiting' AND kind = 'echo'"
        for (conversation,) in await select(self.engine, waiting_echoes):
            async with self.engine.begin() as connection:
                waiting = await inbox.waiting(connection, conversation)
            echoes = [item for item in waiting if item.event.kind == "echo"]
            await Asides(conversation, self.engine, timedelta(hours=1)).settle(echoes, lambda _: None)

    async def unfinished(self) -> bool:
        async with self.engine.begin() as connection:
            return bool(await outbox.merchants_with_work(connection))


@pytest.fixture
async def street(
    engine: AsyncEngine, clock: Clock, courier_on: Callable[[Channel], Courier], vault: Vault
) -> AsyncIterator[Street]:
    made = Street(engine, clock, courier_on)
    app = web.Application()
    app.add_routes([web.post("/", made.webhook)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.instagram.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with made.instagram:
        await made.open(vault)
        yield made
    await runner.cleanup()


async def test_after_an_outage_all_leaves_in_order_and_nothing_after_its_window(street: Street) -> None:
    dice = random.Random(1)  # noqa: S311 - to be the same again, not to be secret
    drawn = outage.faults(dice, timeout_s=2 * TIMEOUT_S)
    street.instagram.faults.outage = lambda: next(drawn)
    async with aiohttp.ClientSession() as session:
        client = InstagramClient(
            session,
            graph_url=street.instagram.url,
            api_version="v25.0",
            app_url="https://shop.example",
            timeout_s=TIMEOUT_S,
        )
        courier = street.courier_on(InstagramChannel(client))
        for conversation in street.conversations:
            await street.answer(conversation, "one")
        for _ in range(DOWN_S):
            await street.second(courier)
            await street.answer(dice.choice(street.conversations), f"at {street.clock.now:g}")
        street.instagram.faults.outage = None
        for _ in range(LONGEST_S):
            if not await street.unfinished():
                break
            await street.second(courier)

    passed = timedelta(seconds=street.clock.now - street.began).total_seconds()
    rows = [replace(row, expires_at=row.expires_at + passed) for row in await read(street.engine)]
    verdict = judge(rows, street.instagram.ledger, street.instagram.faults.met)
    assert verdict.faults == []
    assert await taken_for_a_person(street.engine) == 0
    assert verdict.ends["sent"] > 60
    assert verdict.ends["failed outside_window"] >= 2 * CUSTOMERS // 6
    assert not street.instagram.refused
    # The first of each conversation, of those who all began at once; then one after another.
    assert len(street.instagram.faults.met) < CUSTOMERS + DOWN_S
