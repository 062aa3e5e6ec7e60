"""Signed webhooks at a fixed pace, whatever the answers do. Made beforehand: sending costs little."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.standins.meta_webhooks import build_messaging, encode, sign

PATIENCE_S = 10.0
CUSTOMERS = 1000
OK = 200


@dataclass(frozen=True, slots=True)
class Webhook:
    """`keys`: of the events in it, as the inbox has them."""

    request: bytes
    keys: tuple[str, ...]


@dataclass(slots=True)
class Answers:
    """Seconds are from when a webhook should have left. Status 0: none in ten seconds."""

    seconds: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    kept: list[str] = field(default_factory=list)
    late_s: float = 0.0

    @property
    def statuses(self) -> Counter[int]:
        return Counter({status: len(took) for status, took in self.seconds.items()})


def made(
    kind: str, accounts: Sequence[str], count: int, events: int, *, host: str, run: str
) -> list[Webhook]:
    """All of a webhook's events come from one account, as Meta sends them."""
    return [
        _webhook(
            kind, accounts[number % len(accounts)], range(number * events, (number + 1) * events), host, run
        )
        for number in range(count)
    ]


def _webhook(kind: str, account: str, numbers: range, host: str, run: str) -> Webhook:
    now = int(time.time() * 1000)
    made = [_event(kind, account, number, now, run) for number in numbers]
    messaging = [event["entry"][0]["messaging"][0] for event, _ in made]
    body = encode({"object": "instagram", "entry": [{"id": account, "time": now, "messaging": messaging}]})
    head = (
        f"POST /webhooks/instagram HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: {sign(body)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Webhook(head.encode() + body, tuple(key for _, key in made))


def _event(kind: str, account: str, number: int, now: int, run: str) -> tuple[Any, str]:
    customer, mid = f"9900000{number % CUSTOMERS:06}", f"{run}-{number}"
    if kind == "messages":
        content: dict[str, Any] = {"message": {"mid": mid, "text": "do you have a blue dress under 80?"}}
        return build_messaging(account, customer, account, now, **content), mid
    if number % 2:
        content = {"reaction": {"mid": mid, "action": "react", "reaction": "love", "emoji": "\u2764"}}
        return build_messaging(
            account, customer, account, now, **content
        ), f"{mid}:reaction:{customer}:react:{now}"
    return build_messaging(account, customer, account, now, read={"mid": mid}), f"read:{customer}:{mid}"


class Door:
    """Connections that are kept, each carrying one webhook at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, request: bytes) -> int:
        """The status. 0 when there is no answer."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = self._free.pop() if self._free else await self._open()
                try:
                    writer.write(request)
                    head = await reader.readuntil(b"\r\n\r\n")
                    await _body(reader, head)
                except BaseException:
                    writer.close()
                    raise
        except (OSError, EOFError, TimeoutError):
            return 0
        if b"connection: close" in head.lower():
            writer.close()
        else:
            self._free.append((reader, writer))
        return int(head[9:12])

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port)

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    """Read to its end, so that the next answer begins there."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line[15:]))
        elif line == b"transfer-encoding: chunked":
            await reader.readuntil(b"\r\n0\r\n\r\n")


async def pour(door: Door, webhooks: Sequence[Webhook], rate: float) -> Answers:
    """Webhook n leaves at n / rate seconds. `late_s`: how far the sender itself fell behind at worst."""
    answers = Answers()

    async def one(webhook: Webhook, due: float) -> None:
        answers.late_s = max(answers.late_s, time.monotonic() - due)
        status = await door.post(webhook.request)
        answers.seconds[status].append(time.monotonic() - due)
        if status == OK:
            answers.kept.extend(webhook.keys)

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number, webhook in enumerate(webhooks):
            due = began + number / rate
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            group.create_task(one(webhook, due))
    return answers
