"""What was said before the last messages, in few words: made by code, in order, never longer than a page.

Customers' own words are what matters later ("for my sister's wedding in June"); of ours the products shown.
"""

from collections.abc import Iterable

from models.message import Message, Role

MOST = 1200
_WHO = {Role.CUSTOMER: "Customer: ", Role.ASSISTANT: "Assistant: ", Role.PERSON: "Colleague: "}
_LONGEST = {Role.CUSTOMER: 160, Role.ASSISTANT: 80, Role.PERSON: 160}
_NAMES = 5


def fold(summary: str, leaving: Iterable[Message]) -> str:
    """The summary with these messages, oldest first, at its end."""
    lines = [*summary.splitlines(), *filter(None, map(_line, leaving))]
    return "\n".join(_fitting(lines))


def _line(message: Message) -> str:
    if message.product_ids:
        names = [row.split(" – ")[0] for row in message.text.splitlines() if " – " in row]
        return f"Shown: {', '.join(names[:_NAMES])}" if names else ""
    words = " ".join(message.text.split())
    if not words:
        return ""
    longest = _LONGEST[message.role]
    short = words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
    return _WHO[message.role] + short


def _fitting(lines: list[str]) -> list[str]:
    """Our own oldest words go first, then the customer's."""
    size = sum(len(line) + 1 for line in lines)
    for ours in (True, False):
        kept = []
        for line in lines:
            is_ours = not line.startswith(_WHO[Role.CUSTOMER])
            if size > MOST and is_ours is ours:
                size -= len(line) + 1
            else:
                kept.append(line)
        lines = kept
    return lines
