"""Processes die in the middle of the work; no customer notices more than a pause."""

import asyncio
from typing import Any

from tests.cluster.polling import until
from tests.cluster.second import Second
from tests.standins.instagram import Sent

CUSTOMERS = [f"9900000000002{number:02}" for number in range(40)]
MESSAGES = 5
PATIENCE_S = 120.0


async def test_no_message_is_lost_doubled_or_reordered_when_processes_are_killed(second: Second) -> None:
    await asyncio.gather(
        *[_talk(second, customer_id) for customer_id in CUSTOMERS],
        _kill(second, "ray::ConversationActor", when_sent=20),
        _kill(second, "ray::CatalogActor", when_sent=60),
        _kill(second, "ray::ServeReplica:shopkeep:Agent", when_sent=100),
    )
    for customer_id in CUSTOMERS:
        said = await _settled(second, customer_id)
        heard = [line for line in said if line["role"] == "customer"]
        answers = [line for line in said if line["role"] == "assistant"]
        assert [line["text"] for line in heard] == [_text(number) for number in range(MESSAGES)]
        assert {line["execution_id"] for line in heard} == {line["execution_id"] for line in answers}
        _check_sent(second.account.sent_to(customer_id), answers)


def _text(number: int) -> str:
    return f"message {number}: do you have a blue dress?"


async def _talk(second: Second, customer_id: str) -> None:
    """One message, then two bursts of two, each after an answer: as people do."""
    for number in range(MESSAGES):
        before = len(second.account.sent_to(customer_id))
        await second.account.says(customer_id, _text(number), attempts=9)
        if number in (0, 2):
            await second.account.replies(customer_id, at_least=before + 1, timeout_s=PATIENCE_S)


async def _kill(second: Second, title: str, *, when_sent: int) -> None:
    ledger = second.account.instagram.ledger

    async def busy() -> bool:
        return len(ledger) >= when_sent

    await until(busy, what=f"{when_sent} messages sent", timeout_s=PATIENCE_S)
    victim = second.launcher.named(title)[0]
    victim.kill()


async def _settled(second: Second, customer_id: str) -> list[Any]:
    """The conversation, once all is answered and all that was answered has left."""

    async def look() -> list[Any]:
        said: list[Any] = (await second.demo.conversation(customer_id))["messages"]
        answers = [line for line in said if line["role"] == "assistant"]
        all_heard = len(said) - len(answers) >= MESSAGES
        return said if all_heard and len(second.account.sent_to(customer_id)) >= len(answers) else []

    return await until(look, what=f"the end of {customer_id}", timeout_s=PATIENCE_S)


def _check_sent(sent: list[Sent], answers: list[Any]) -> None:
    """Each part once, in order."""
    assert len({each.mid for each in sent}) == len(sent) == len(answers)
    for each, line in zip(sent, answers, strict=True):
        if each.kind == "text":
            assert each.text == line["text"]
        else:
            assert all(element["title"] in line["text"] for element in each.elements)
