"""Calls of the API that nobody should make."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.fuzz.payloads import HOSTILE, poisoned
from tests.fuzz.wire import encode
from tests.fuzz.world import AUTHORIZED, MERCHANT

# What there is at an address, by the names of its parts.
KNOWN = {
    "m": MERCHANT.id,
    "product_id": "p1",
    "media_id": "18100000000000001",
    "customer_id": "c1",
    "execution_id": "turn-1",
}

_PRODUCT = {
    "name": "Dress",
    "variants": [{"price_minor": 100, "color": "blue"}],
    "metadata": {"a": [{"b": 1}]},
}
_SHOP = {
    "name": "Shop",
    "faq": [{"question": "q", "answer": "a"}],
    "policies": {"returns": "30 days"},
    "languages": ["de"],
    "comments": {"answer": "keywords", "keywords": ["price"]},
    "search": {"synonyms": [["a", "b"]]},
}
_FILTERS = {"colors": ["blue"], "sizes": [], "price_max": 5000, "in_stock": True}
# Bodies that are fine, by how the address ends that takes them: to be damaged.
BODIES: dict[str, Any] = {
    "merchants": _SHOP,
    "{m}": _SHOP,
    "products": _PRODUCT,
    "{product_id}": _PRODUCT,
    "similar": {"filters": _FILTERS, "limit": 5},
    "cheaper": {"filters": _FILTERS, "limit": 5},
    "search": {"query": "blue dress", "filters": _FILTERS, "limit": 5, "order": "relevance", "relax": True},
    "chat": {"customer_id": "c1", "text": "do you have a blue dress?", "channel": "dm", "media_id": "18"},
    "messages": {"text": "hello"},
    "{media_id}": {"product_ids": ["p1", "p2"]},
    "instagram": {"account_id": "123", "access_token": "abc"},
    "placement": {"dedicated": None},
}
_PLACES = (
    "%00 a%00b %ED%A0%80 %FF%FE %2F %2E%2E%2F %25 %0A %20 -1 null %F0%9F%92%99 %D9%A3 %C2%B2 %E2%80%AE p1 c1"
)
PLACES = st.sampled_from(["9" * 300, "x" * 5000, str(2**64), *_PLACES.split()]) | st.text(
    min_size=1, max_size=20
).map(lambda text: quote(text.encode(errors="ignore"), safe="") or "0")
# Among them cursors that hold 1, 0xD9, three dots, twenty-one nines, and a pair.
_ASKED = "0 1 201 1e400 NaN true %5B%5D instagram csv MQ== MA 2bM= Li4u OTk5OTk5OTk5OTk5OTk5OTk5OTk5 MSBwMQ=="
ASKED = PLACES | st.sampled_from(["", "9" * 5000, *_ASKED.split()])
NAMES = st.sampled_from(
    (
        "cursor",
        "limit",
        "days",
        "channel",
        "show",
        "search",
        "needs_person",
        "format",
        "product_id",
        "account_id",
        "colors",
    )
)
HEADERS = st.sampled_from(
    [
        {},
        {"If-Match": "\u00b2"},
        {"If-Match": "9" * 5000},
        {"If-Match": 'W/"1"'},
        {"If-Match": "*, *"},
        {"Idempotency-Key": "k"},
        {"Idempotency-Key": "k\0"},
        {"Idempotency-Key": "\u00ff" * 200},
        {"Content-Length": "9" * 5000},
        {"Content-Length": "-1"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": ""},
        {"Cookie": "shopkeep_session=\u00ff", "Accept": "x" * 5000},
        {"Accept-Encoding": "br", "Range": "bytes=0-", "Expect": "100-continue"},
    ]
)


@st.composite
def requests(draw: st.DrawFn, paths: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """To one of the addresses, with anything in it, behind it and under it."""
    method, path = draw(st.sampled_from(paths))
    fine = BODIES.get(path.rsplit("/", 1)[-1], {})
    while "{" in path:
        before, _, rest = path.partition("{")
        name, _, after = rest.partition("}")
        path = before + (draw(PLACES) if draw(st.integers(0, 3)) == 3 else KNOWN.get(name, "1")) + after
    query = draw(st.lists(st.builds("{}={}".format, NAMES, ASKED), max_size=3))
    body = st.just(fine) | poisoned(fine) | HOSTILE
    headers = {"Content-Type": "application/json", **draw(HEADERS)}
    return {
        "method": method,
        "url": f"{path}?{'&'.join(query)}",
        "headers": [
            *AUTHORIZED.items(),
            *((name, value.encode("latin-1")) for name, value in headers.items()),
        ],
        "content": draw(body.map(encode) | st.binary(max_size=40)),
    }
