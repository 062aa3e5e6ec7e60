"""Who sent this? Shopify signs addresses it opens and webhooks it posts with the app's secret.

After the secret was changed Shopify may go on with the old one for an hour: any of them may have signed.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote

# An address that Shopify opened longer ago than this is somebody's copy of it.
MAX_AGE_S = 90
_SECONDS = re.compile(r"[0-9]{1,11}")
_UNSIGNED = ("hmac", "signature")


def sign_query(query: str, secret: str) -> str:
    """The value of `hmac` for a query string. All parameters count, whatever they are called."""
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    signed = "&".join(
        f"{_written(name)}={_written(','.join(values[name]))}"
        for name in sorted(values)
        if name not in _UNSIGNED
    )
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def query_ok(query: str, secrets: Sequence[str], *, now: float) -> bool:
    """Whether Shopify opened this address just now. `now` in seconds since 1970."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    expected = [sign_query(query, secret) for secret in secrets if secret]
    if not _any_equal(given.get("hmac", ""), expected):
        return False
    at = given.get("timestamp", "")
    return _SECONDS.fullmatch(at) is not None and abs(now - int(at)) <= MAX_AGE_S


def sign_body(body: bytes, secret: str) -> str:
    """The value of `X-Shopify-Hmac-Sha256`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def body_ok(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """`body` is the raw one, before any parsing. No secret, or an empty one, matches nothing."""
    return _any_equal(header or "", [sign_body(body, secret) for secret in secrets if secret])


def _any_equal(given: str, expected: Sequence[str]) -> bool:
    # All are compared, so that the time taken does not say which one came close.
    matches = [hmac.compare_digest(one.encode(), given.encode()) for one in expected]
    return any(matches)


def _written(text: str) -> str:
    """As a browser's form would, but for spaces."""
    return quote(text, safe="*").replace("~", "%7E")
