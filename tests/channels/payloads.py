"""Webhook bodies of every documented shape, with invented people."""

import json
from datetime import UTC, datetime
from typing import Any

from channels.instagram.events import Parsed, parse
from models.message import InboundEvent

SHOP = "17841400000000001"
ANNA = "990000000000001"
BEN = "990000000000002"
SENT_MS = 1760000000001
SENT_AT = datetime.fromtimestamp(SENT_MS / 1000, UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def body(*entries: Any) -> bytes:
    return json.dumps({"object": "instagram", "entry": list(entries)}).encode()


def entry(**content: Any) -> dict[str, Any]:
    return {"id": SHOP, "time": 1760000000123, **content}


def messaging(*, sender: str = ANNA, recipient: str = SHOP, **content: Any) -> dict[str, Any]:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": SENT_MS, **content}


def message(**fields: Any) -> dict[str, Any]:
    return messaging(message={"mid": "aWdfMDAx", **fields})


def echo(**fields: Any) -> dict[str, Any]:
    return messaging(sender=SHOP, recipient=ANNA, message={"mid": "aWdfMDA5", "is_echo": True, **fields})


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    return message(attachments=[{"type": kind, "payload": payload}])


def comment_value(**fields: Any) -> dict[str, Any]:
    return {
        "id": "17900000000000001",
        "text": "price?",
        "from": {"id": BEN, "username": "ben_buys"},
        "media": {"id": "18100000000000001", "media_product_type": "FEED"},
        **fields,
    }


def comment(field: str = "comments", **fields: Any) -> bytes:
    return changed(field, comment_value(**fields))


def changed(field: str, value: Any) -> bytes:
    return body({"id": SHOP, "time": 1760000000, "changes": [{"field": field, "value": value}]})


def parsed(raw: bytes) -> Parsed:
    return parse(raw, now=NOW)


def only(raw: bytes) -> InboundEvent:
    result = parsed(raw)
    assert result.dropped == 0
    [event] = result.events
    return event


def direct(event: Any) -> InboundEvent:
    return only(body(entry(messaging=[event])))
