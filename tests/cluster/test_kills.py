"""Processes die in the middle of the work; no customer notices more than a pause."""

import asyncio
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import psutil
import pytest

from tests.cluster.polling import until
from tests.cluster.second import Second
from tests.standins.instagram import Sent

CUSTOMERS = 40
MESSAGES = 5
PATIENCE_S = 120.0


async def test_no_message_is_lost_doubled_or_reordered_when_processes_are_killed(second: Second) -> None:
    customers = [f"9900000000002{number:02}" for number in range(CUSTOMERS)]
    victims = ("ray::ConversationActor", "ray::CatalogActor", "ray::ServeReplica:shopkeep:Agent")
    await asyncio.gather(
        *[_talk(second, customer_id) for customer_id in customers],
        _kill(second, *victims),
    )
    for customer_id in customers:
        answers = await _answers(second, customer_id)
        sent = second.account.sent_to(customer_id)
        assert len({each.mid for each in sent}) == len(sent)
        assert [_names(each) for each in sent] == [_shown(line) for line in answers]


@pytest.mark.slow
async def test_every_process_may_die_and_only_what_was_just_leaving_leaves_twice(second: Second) -> None:
    customers = [f"9900000000003{number:02}" for number in range(CUSTOMERS)]
    victims = (
        *("ray::ServeReplica:shopkeep:Front", "ray::DeliveryActor", "postgres"),
        *("ray::ServeController", "ray::JobActor", "ray::DeliveryActor"),
    )
    await asyncio.gather(
        *[_talk(second, customer_id) for customer_id in customers],
        _kill(second, *victims),
    )
    doubled = 0
    for customer_id in customers:
        answers = await _answers(second, customer_id)
        sent = second.account.sent_to(customer_id)
        doubled += len(sent) - len(answers)
        assert _once(map(_names, sent)) == _once(map(_shown, answers))
    # A killed delivery may have had one part of each customer on its way.
    assert doubled <= 2 * CUSTOMERS


def _text(number: int) -> str:
    return f"message {number}: do you have a blue dress?"


async def _talk(second: Second, customer_id: str) -> None:
    """One message, then two bursts of two, each after an answer: as people do."""
    for number in range(MESSAGES):
        before = len(second.account.sent_to(customer_id))
        await second.account.says(customer_id, _text(number), attempts=9)
        if number in (0, 2):
            await second.account.replies(customer_id, at_least=before + 1, timeout_s=PATIENCE_S)


async def _kill(second: Second, *titles: str) -> None:
    """One after the other, whenever 40 more messages have left."""
    ledger = second.account.instagram.ledger
    begun = len(ledger)
    for number, title in enumerate(titles, start=1):
        enough = begun + 40 * number

        async def busy(enough: int = enough) -> bool:
            return len(ledger) >= enough

        await until(busy, what=f"{enough} messages sent", timeout_s=PATIENCE_S)
        _victim(second, title).kill()


def _victim(second: Second, title: str) -> psutil.Process:
    if title == "postgres":
        # No child of the launcher's; the file's first line is its pid.
        file = second.launcher.folder / "var" / "postgres" / "postmaster.pid"
        return psutil.Process(int(file.read_text().split()[0]))
    return second.launcher.named(title)[0]


async def _answers(second: Second, customer_id: str) -> list[Any]:
    """What the assistant said, once all is answered and all that was answered has left."""

    async def look() -> Any:
        conversation = await second.demo.conversation(customer_id)
        said = conversation["messages"] if conversation else []
        answers = [line for line in said if line["role"] == "assistant"]
        heard = [line for line in said if line["role"] == "customer"]
        left = _once(map(_names, second.account.sent_to(customer_id)))
        complete = len(heard) >= MESSAGES and len(left) >= len(_once(map(_shown, answers)))
        return (heard, answers, conversation) if complete else None

    heard, answers, conversation = await until(look, what=f"the end of {customer_id}", timeout_s=PATIENCE_S)
    assert conversation["state"] == "active"
    assert [line["text"] for line in heard] == [_text(number) for number in range(MESSAGES)]
    assert {line["execution_id"] for line in heard} == {line["execution_id"] for line in answers}
    return list(answers)


def _once(parts: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Without those that are like the one before."""
    return [part for part, _ in groupby(parts)]


def _names(sent: Sent) -> tuple[str, ...]:
    """A text, or the names on the cards."""
    return (sent.text,) if sent.kind == "text" else tuple(card["title"] for card in sent.elements)


def _shown(line: Any) -> tuple[str, ...]:
    """The same of a message on record: a line for each card, its name first, its link in the next line."""
    if not line["product_ids"]:
        return (line["text"],)
    return tuple(row.split(" – ")[0] for row in line["text"].split("\n") if " – " in row)
