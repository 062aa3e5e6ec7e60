"""Who sent this? Meta signs each webhook with the app secret."""

import hashlib
import hmac
from collections.abc import Sequence

_PREFIX = "sha256="


def sign(body: bytes, secret: str) -> str:
    """The value of `X-Hub-Signature-256`."""
    return _PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Any secret may match: events of the two login kinds are signed with different ones.

    `body` is the raw one, before any parsing. No secret, or an empty one, matches nothing.
    """
    given = (header or "").encode()
    # All are compared, so that the time taken does not say which one came close.
    matches = [hmac.compare_digest(sign(body, secret).encode(), given) for secret in secrets if secret]
    return any(matches)
