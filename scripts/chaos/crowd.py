"""The customers of a plan, and Instagram as it brings what they write."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

from scripts.chaos.ledger import Ledger
from scripts.chaos.plan import Customer, Message, Plan
from tests.standins.meta_webhooks import APP_SECRET, build_message_event, encode, sign

OK = 200
# As Instagram does: again and again what was not answered 200, less and less often. Instagram soon waits
# longer than a second; here that would hide how long we were away.
FIRST_RETRY_S, LONGEST_RETRY_S = 0.2, 1.0
# Who has waited so long writes on: what became of the answer is for the judge to find.
PATIENCE_S = 120.0


@dataclass(slots=True, kw_only=True)
class Crowd:
    """`accounts`: their ids at Instagram. `at_once`: how many customers talk at the same time."""

    session: aiohttp.ClientSession
    webhook: str
    accounts: Sequence[str]
    ledger: Ledger
    at_once: int
    secret: str = APP_SECRET
    accepted: dict[str, Message] = field(default_factory=dict)  # by mid
    refused: int = 0  # webhooks that were not answered 200, and came again
    waiting: dict[str, float] = field(default_factory=dict)  # customers with no answer yet: when they wrote
    _progress: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def play(self, plan: Plan) -> None:
        room = asyncio.Semaphore(self.at_once)
        async with asyncio.TaskGroup() as group:
            for customer in plan.customers:
                group.create_task(self._talk(customer, room))

    async def reach(self, messages: int) -> None:
        """Return once so many messages have been accepted."""
        async with self._progress:
            await self._progress.wait_for(lambda: len(self.accepted) >= messages)

    async def _talk(self, customer: Customer, room: asyncio.Semaphore) -> None:
        async with room:
            for burst in customer.bursts:
                await self._write(customer, burst)
                del self.waiting[customer.id]

    async def _write(self, customer: Customer, burst: Sequence[Message]) -> None:
        """Until it is answered. The answer may come before a webhook's 200 does: then that was lost."""
        began_ms = int(time.time() * 1000)
        wrote_at = 0.0
        async with asyncio.TaskGroup() as posting:
            for message in burst:
                await asyncio.sleep(message.gap_s)
                self.waiting[customer.id] = wrote_at = time.time()
                for _ in range(message.copies):
                    posting.create_task(self._bring(customer, message, began_ms + message.written))
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.ledger.next_part(customer.id, after=wrote_at)
        except TimeoutError:
            pass

    async def _bring(self, customer: Customer, message: Message, written_ms: int) -> None:
        event = build_message_event(
            account_id=self.accounts[customer.account],
            customer_id=customer.id,
            text=message.text,
            mid=message.mid,
            timestamp=written_ms,
        )
        body = encode(event)
        for attempt in itertools.count():
            if await self._post(body) == OK:
                break
            self.refused += 1
            await asyncio.sleep(min(LONGEST_RETRY_S, FIRST_RETRY_S * 2**attempt))
        self.accepted[message.mid] = message
        async with self._progress:
            self._progress.notify_all()

    async def _post(self, body: bytes) -> int:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, self.secret)}
        try:
            async with self.session.post(self.webhook, data=body, headers=headers) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0
