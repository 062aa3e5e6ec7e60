"""What Shopify posts: which shop, what happened to what. Bodies are of the REST kind: snake case, numbers.

A body is a signal and no more: it may be old, and shows a hundred variants at most.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sources.shopify.shops import shop_name

Json = Mapping[str, Any]
MAX_ID_CHARACTERS = 128
_NUMBER = re.compile(r"[1-9][0-9]{0,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`id` is the same each time one delivery is tried; None: it came without. `shop` is unsigned:
    something to look up, never to believe.
    """

    topic: str
    shop: str
    id: str | None
    triggered_at: datetime | None
    api_version: str | None
    body: Json


def parse(headers: Mapping[str, str], body: bytes) -> Webhook | None:
    """Headers in any letter case; newer deliveries write them without X-. None: nothing of it can be used."""

    def header(name: str) -> str:
        return headers.get(f"X-Shopify-{name}") or headers.get(f"Shopify-{name}") or ""

    shop = shop_name(header("Shop-Domain"))
    content = _object(body)
    if shop is None or content is None:
        return None
    given = header("Webhook-Id")
    return Webhook(
        topic=header("Topic").lower(),
        shop=shop,
        id=given if 0 < len(given) <= MAX_ID_CHARACTERS else None,
        triggered_at=moment(header("Triggered-At")),
        api_version=header("API-Version") or None,
        body=content,
    )


def signature(headers: Mapping[str, str]) -> str | None:
    return headers.get("X-Shopify-Hmac-Sha256") or headers.get("Shopify-Hmac-Sha256")


def number(body: Json, name: str = "id") -> str | None:
    """An id as text. They go beyond 2^53: Python's integers hold them all."""
    found = body.get(name)
    written = str(found) if isinstance(found, int | str) and not isinstance(found, bool) else ""
    return written if _NUMBER.fullmatch(written) else None


def moment(written: object) -> datetime | None:
    """In UTC; None for what is no time with its zone."""
    if not isinstance(written, str):
        return None
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _object(body: bytes) -> Json | None:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
