"""Customers over HTTP against stand-ins for Instagram and the model, beside the bare chain.

    python -m scripts.bench --customers 50 --seconds 20

Each customer writes, waits for the first part of the reply, writes again. The judge is the ledger of
the Instagram stand-in, compared with what the conversations have on record.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp

from launch.ports import free_ports
from scripts import processes
from scripts.started import started
from tests.standins.meta_webhooks import APP_SECRET, build_message_event, encode, sign

ADMIN_TOKEN = "bench"  # noqa: S105 - of a run that lives for a minute
WISHES = (
    "do you have a blue dress under 80?",
    "show me sneakers",
    "a leather bag please",
    "something for the office, size M",
    "candles as a gift under 40",
    "what is your return policy?",
    "black boots",
    "the cheapest necklace",
)
REPLY_PATIENCE_S = 30.0
# Looking more often would cost more than a turn does.
LEDGER_LOOK_S = 0.05
# Instagram takes some ten carousels a second from one account: with fewer accounts this is what is measured.
TOKENS = {str(17841400000000001 + number): f"IGAA_bench_{number}" for number in range(20)}
ACCOUNTS = tuple(TOKENS)


# What a turn passes, by what is in the command lines of the processes.
STATIONS = {
    "ingress": "ServeReplica:shopkeep:Front",
    "conversation": "ConversationActor",
    "agent": "ServeReplica:shopkeep:Agent",
    "catalog": "CatalogActor",
    "delivery": "DeliveryActor",
    "haproxy": "haproxy",
    "raylet": "raylet/raylet",
    "stand-ins": "tests.standins",
}


@dataclass(slots=True)
class Measured:
    webhook_s: list[float] = field(default_factory=list)
    reply_s: list[float] = field(default_factory=list)
    refused: int = 0
    unanswered: int = 0
    seconds: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Verdict:
    turns: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0


class Ledger:
    """Follows the stand-in's ledger and tells each customer of the next part."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self.parts: dict[str, list[dict[str, Any]]] = {}
        self._awaited: dict[str, asyncio.Future[float]] = {}
        self._seen = -1

    def next_part(self, customer_id: str) -> "asyncio.Future[float]":
        """When the stand-in took it, by the clock of time.time()."""
        awaited = self._awaited[customer_id] = asyncio.get_running_loop().create_future()
        return awaited

    async def follow(self) -> None:
        while True:
            async with self._session.get(f"{self._url}/_ledger", params={"after": self._seen}) as answer:
                for part in await answer.json():
                    self._seen = max(self._seen, part["order"])
                    self.parts.setdefault(part["recipient_id"], []).append(part)
                    awaited = self._awaited.get(part["recipient_id"])
                    # A turn's first part is its text; cards may still be of the turn before.
                    if awaited and not awaited.done() and part["kind"] == "text":
                        awaited.set_result(part["at"])
            await asyncio.sleep(LEDGER_LOOK_S)


@dataclass(frozen=True, slots=True)
class Street:
    """Where customers write to, and where replies are seen."""

    session: aiohttp.ClientSession
    webhook: str
    ledger: Ledger


def account_of(number: int) -> str:
    return ACCOUNTS[number % len(ACCOUNTS)]


async def customer(street: Street, number: int, measured: Measured, until: float) -> None:
    customer_id = f"99000000000{number:05d}"
    asked = 0
    while time.monotonic() < until:
        text = WISHES[(number + asked) % len(WISHES)]
        asked += 1
        began = time.monotonic()
        wrote_at = time.time()
        body = encode(
            build_message_event(
                account_id=account_of(number),
                customer_id=customer_id,
                text=text,
                mid=f"mid-{number}-{asked}",
                timestamp=int(time.time() * 1000),
            )
        )
        headers = {"X-Hub-Signature-256": sign(body)}
        arrived = street.ledger.next_part(customer_id)
        async with street.session.post(street.webhook, data=body, headers=headers) as answer:
            await answer.read()
            measured.webhook_s.append(time.monotonic() - began)
            if answer.status != 200:  # noqa: PLR2004 - HTTP
                measured.refused += 1
                continue
        try:
            async with asyncio.timeout(REPLY_PATIENCE_S):
                measured.reply_s.append(await arrived - wrote_at)
        except TimeoutError:
            measured.unanswered += 1


def cpu(folder: Path) -> dict[str, float]:
    """Seconds of CPU by station so far, the load generator's own included."""
    return {
        **{station: processes.cpu_s(title) for station, title in STATIONS.items()},
        "postgres": processes.postgres_cpu_s(folder),
        "generator": time.process_time(),
    }


async def play(
    base: str, ledger_url: str, folder: Path, customers: int, seconds: float
) -> tuple[Measured, Verdict]:
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        await connect_accounts(session, base)
        ledger = Ledger(session, ledger_url)
        following = asyncio.create_task(ledger.follow())
        street = Street(session, f"{base}/webhooks/instagram", ledger)
        # Caches, connections and lazily loaded weights are not what is measured.
        await crowd(street, range(90_000, 90_000 + customers), Measured(), 3.0)
        measured = Measured()
        before, began = cpu(folder), time.monotonic()
        await crowd(street, range(customers), measured, seconds)
        measured.seconds = time.monotonic() - began
        measured.cpu_s = {station: spent - before[station] for station, spent in cpu(folder).items()}
        verdict = await judge(session, base, headers, ledger, customers)
        following.cancel()
        return measured, verdict


async def connect_accounts(session: aiohttp.ClientSession, base: str) -> None:
    for account_id, token in TOKENS.items():
        account = {"account_id": account_id, "access_token": token}
        url = f"{base}/api/merchants/demo/instagram"
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        async with session.put(url, json=account, headers=headers) as answer:
            answer.raise_for_status()


async def crowd(street: Street, numbers: range, measured: Measured, seconds: float) -> None:
    until = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for number in numbers:
            group.create_task(customer(street, number, measured, until))


async def judge(
    session: aiohttp.ClientSession, base: str, headers: dict[str, str], ledger: Ledger, customers: int
) -> Verdict:
    """What should have left, from the conversations; what did leave, from the ledger."""
    verdict = Verdict()
    for number in range(customers):
        customer_id = f"99000000000{number:05d}"
        url = f"{base}/api/merchants/demo/conversations/{customer_id}"
        async with asyncio.timeout(REPLY_PATIENCE_S):
            while True:
                async with session.get(url, headers=headers) as answer:
                    thread = await answer.json()
                said = [line for line in thread["messages"] if line["role"] == "assistant"]
                left = ledger.parts.get(customer_id, [])
                if len(left) >= len(said):
                    break
                await asyncio.sleep(0.1)
        verdict.turns += len({line["execution_id"] for line in said})
        _compare(verdict, [_fingerprint(line) for line in said], [_sent(part) for part in left])
    return verdict


def _compare(verdict: Verdict, wanted: list[str], left: list[str]) -> None:
    verdict.lost += max(0, len(wanted) - len(left))
    verdict.duplicated += max(0, len(left) - len(wanted))
    if len(wanted) == len(left):
        verdict.reordered += sum(one != other for one, other in zip(wanted, left, strict=True))


def _fingerprint(line: dict[str, Any]) -> str:
    return f"{len(line['product_ids'])} cards" if line["product_ids"] else str(line["text"])


def _sent(part: dict[str, Any]) -> str:
    return f"{len(part['elements'])} cards" if part["kind"] == "cards" else str(part["text"])


async def bare(url: str, callers: int, seconds: float) -> float:
    """Calls a second through the bare chain."""
    done = 0
    until = time.monotonic() + seconds

    async def call(session: aiohttp.ClientSession) -> None:
        nonlocal done
        while time.monotonic() < until:
            async with session.get(url) as answer:
                answer.raise_for_status()
            done += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await _answers(session, url)
        for _ in range(20):
            async with session.get(url) as answer:
                await answer.read()
        until = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(call(session))
    return done / seconds


async def _answers(session: aiohttp.ClientSession, url: str) -> None:
    """HAProxy may come up a little later than what is behind it."""
    async with asyncio.timeout(REPLY_PATIENCE_S):
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with session.get(url) as answer:
                    if answer.ok:
                        return
            await asyncio.sleep(LEDGER_LOOK_S)


def measure_bare(callers: int, seconds: float) -> float:
    (port,) = free_ports(1)
    with started("scripts.bare_chain", "--port", str(port), until="ready"):
        return asyncio.run(bare(f"http://127.0.0.1:{port}/", callers, seconds))


def measure_turns(customers: int, seconds: float, *, model: bool, echo: str) -> tuple[Measured, Verdict]:
    port, instagram_port, model_port = free_ports(3)
    base = f"http://127.0.0.1:{port}"
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stack.enter_context(
            started(
                "tests.standins.instagram", "--port", str(instagram_port), "--echo", echo,
                "--webhook", f"{base}/webhooks/instagram",
                *(f"--account={account}:{token}" for account, token in TOKENS.items()), until="http",
            )
        )  # fmt: skip
        environment = {
            "DATA_DIR": folder,
            "PORT": str(port),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "BURST_QUIET_SECONDS": "0",
            "INSTAGRAM_APP_SECRET": APP_SECRET,
            "INSTAGRAM_GRAPH_URL": f"http://127.0.0.1:{instagram_port}",
        }
        if model:
            stack.enter_context(started("tests.standins.openai", "--port", str(model_port), until="http"))
            environment |= {
                "OPENAI_API_KEY": "bench",
                "OPENAI_BASE_URL": f"http://127.0.0.1:{model_port}/v1",
            }
        stack.enter_context(started("launcher", until="Ready after", environment=environment))
        return asyncio.run(play(base, f"http://127.0.0.1:{instagram_port}", Path(folder), customers, seconds))


def milliseconds(values: list[float]) -> str:
    if len(values) < 2:  # noqa: PLR2004 - no percentiles of one
        return "-"
    cuts = quantiles(values, n=100)
    return " / ".join(f"{cuts[at - 1] * 1000:.0f}" for at in (50, 95, 99))


def milliseconds_each(cpu_s: Mapping[str, float], turns: int) -> str:
    each = {station: spent * 1000 / max(1, turns) for station, spent in cpu_s.items()}
    each["all"] = sum(each.values())
    return ", ".join(f"{station} {ms:.1f}" for station, ms in each.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--agent", choices=("rules", "model", "both"), default="both")
    parser.add_argument("--echo", choices=("never", "after"), default="after")
    chosen = parser.parse_args()
    chain = measure_bare(chosen.customers, chosen.seconds / 2)
    print(f"{os.cpu_count()} cores, {chosen.customers} customers, {chosen.seconds:g} s, echo {chosen.echo}")
    print(f"bare chain           {chain:8.1f} calls/s")
    for agent in ("rules", "model") if chosen.agent == "both" else (chosen.agent,):
        measured, verdict = measure_turns(
            chosen.customers, chosen.seconds, model=agent == "model", echo=chosen.echo
        )
        rate = verdict.turns / measured.seconds
        print(f"\n{agent}")
        print(f"  turns              {rate:8.1f} a second, {rate / chain:.2f} of the bare chain")
        print(f"  webhook            {milliseconds(measured.webhook_s)} ms (p50 / p95 / p99)")
        print(f"  message to reply   {milliseconds(measured.reply_s)} ms (p50 / p95 / p99)")
        print(f"  CPU ms a turn      {milliseconds_each(measured.cpu_s, verdict.turns)}")
        print(
            f"  lost {verdict.lost}, duplicated {verdict.duplicated}, reordered {verdict.reordered}, "
            f"unanswered in {REPLY_PATIENCE_S:g} s {measured.unanswered}, refused {measured.refused}"
        )


if __name__ == "__main__":
    main()
