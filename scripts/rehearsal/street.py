"""Instagram as it brings what is written, at its time whatever the answers do, and the sale at noon."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

from scripts.rehearsal.day import VIRAL_POST, Kind, Tempo, Written
from tests.standins.meta_webhooks import build_comment_event, build_message_event, encode, sign

OK = 200
# As Instagram does: what is not answered 200 comes again, less and less often.
RETRIES_S = (1.0, 4.0, 15.0, 60.0)
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`status` 0: none in time. `took_s` from when it was due."""

    at_s: float
    status: int
    took_s: float


@dataclass(slots=True, kw_only=True)
class Street:
    """`accounts`: Instagram's id of each shop."""

    session: aiohttp.ClientSession
    webhook: str
    accounts: Sequence[str]
    tempo: Tempo
    answers: list[Answer] = field(default_factory=list)
    accepted: int = 0
    given_up: int = 0
    late_s: float = 0.0  # how far the sender itself was behind at most
    _began: float = 0.0

    @property
    def at_s(self) -> float:
        """What time of the day it is."""
        return self.tempo.at_s(time.monotonic() - self._began)

    async def play(self, day: Sequence[Written]) -> None:
        self._began = time.monotonic()
        async with asyncio.TaskGroup() as bringing:
            for number, written in enumerate(day):
                due = self._began + self.tempo.real_s(written.at_s)
                await asyncio.sleep(due - time.monotonic())
                self.late_s = max(self.late_s, time.monotonic() - due)
                bringing.create_task(self._bring(written, f"rehearsed{number}", due))

    async def wait_until(self, at_s: float) -> None:
        await asyncio.sleep(self._began + self.tempo.real_s(at_s) - time.monotonic())

    async def _bring(self, written: Written, message_id: str, due: float) -> None:
        body = encode(self._event(written, message_id))
        for retry_s in (*RETRIES_S, None):
            status = await self._post(body)
            self.answers.append(Answer(at_s=written.at_s, status=status, took_s=time.monotonic() - due))
            if status == OK:
                self.accepted += 1
                return
            if retry_s is not None:
                await asyncio.sleep(retry_s)
                due = time.monotonic()
        self.given_up += 1

    def _event(self, written: Written, message_id: str) -> object:
        account, now_ms = self.accounts[written.shop], int(time.time() * 1000)
        if written.kind is Kind.COMMENT:
            return build_comment_event(
                account_id=account,
                customer_id=written.customer_id,
                text=written.text,
                comment_id=message_id,
                timestamp=now_ms,
                media_id=VIRAL_POST,
            )
        return build_message_event(
            account_id=account,
            customer_id=written.customer_id,
            text=written.text,
            mid=message_id,
            timestamp=now_ms,
        )

    async def _post(self, body: bytes) -> int:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body)}
        try:
            async with asyncio.timeout(PATIENCE_S):
                async with self.session.post(self.webhook, data=body, headers=headers) as answer:
                    await answer.read()
                    return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0
