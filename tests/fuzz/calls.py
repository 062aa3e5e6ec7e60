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
}

# Bodies that are fine, to be damaged.
BODIES: tuple[Any, ...] = (
    {
        "name": "Dress",
        "variants": [{"price_minor": 100, "color": "blue", "stock": 1}],
        "metadata": {"a": {"b": [1]}},
    },
    {
        "name": "Shop",
        "faq": [{"question": "q", "answer": "a"}],
        "policies": {"returns": "30"},
        "languages": ["de"],
    },
    {"search": {"synonyms": [["a", "b"]]}, "comments": {"answer": "keywords", "keywords": ["price"]}},
    {
        "query": "blue dress",
        "filters": {"colors": ["blue"], "price_max": 5000},
        "limit": 5,
        "order": "relevance",
    },
    {"customer_id": "c1", "text": "do you have a blue dress?", "channel": "dm"},
    {"product_ids": ["p1", "p2"]},
    {"text": "hello"},
    {"account_id": "123", "access_token": "abc"},
    {"dedicated": None},
)
PLACES = st.sampled_from(
    [
        *(
            "9" * 300,
            "x" * 5000,
            "%00",
            "a%00b",
            "%ED%A0%80",
            "%FF%FE",
            "%2F",
            "%2E%2E%2F",
            "%25",
            "%0A",
            "%20",
        ),
        *(
            "-1",
            "null",
            "%F0%9F%92%99",
            "%D9%A3",
            "%C2%B2",
            "%E2%80%AE",
            "18446744073709551616",
            "p1",
            "c1",
            "turn-1",
        ),
    ]
) | st.text(min_size=1, max_size=20).map(lambda text: quote(text.encode(errors="ignore"), safe="") or "0")
# Values of a query, among them cursors that hold 1, 0xFF, four signs, twenty nines and a pair.
ASKED = PLACES | st.sampled_from(
    [
        *("0", "1", "201", "1e400", "NaN", "9" * 5000, "true", "", "%5B%5D", "instagram", "simulator", "csv"),
        *(
            "MQ==",
            "MA",
            "2bM=",
            "Li4=",
            "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=",
            "MSBwMQ==",
            "instagram&channel=simulator",
        ),
    ]
)
HEADERS = st.sampled_from(
    [
        {},
        {"If-Match": "\u00b2"},
        {"If-Match": "9" * 5000},
        {"If-Match": 'W/"1"'},
        {"If-Match": "*, *"},
        {"Idempotency-Key": "k"},
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
    while "{" in path:
        before, _, rest = path.partition("{")
        name, _, after = rest.partition("}")
        path = before + (draw(PLACES) if draw(st.booleans()) else KNOWN.get(name, "1")) + after
    names = st.sampled_from(
        ["cursor", "limit", "days", "channel", "needs_person", "format", "product_id", "colors"]
    )
    query = draw(st.lists(st.builds("{}={}".format, names, ASKED), max_size=3))
    body = draw(st.sampled_from(BODIES).flatmap(poisoned) | HOSTILE)
    headers = {"Content-Type": "application/json", **draw(HEADERS)}
    return {
        "method": method,
        "url": f"{path}?{'&'.join(query)}",
        "headers": [
            *AUTHORIZED.items(),
            *((name, value.encode("latin-1")) for name, value in headers.items()),
        ],
        "content": draw(st.none() | st.just(encode(body)) | st.binary(max_size=40)),
    }
