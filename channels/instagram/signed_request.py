"""What Meta posts when somebody removes the app or asks for deletion: signed with the app secret."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence

from channels.instagram.fields import Json, identifier

_ALGORITHM = "HMAC-SHA256"


def user_id(signed_request: str, secrets: Sequence[str]) -> str | None:
    """Whom it is about; None unless one of the secrets signed it, by the one algorithm there is.

    `signature.payload`, both base64url without padding; what is signed is the payload still encoded.
    """
    signature, _, payload = signed_request.partition(".")
    given = _decoded(signature)
    # All are compared, so that the time taken does not say which one came close.
    matches = [hmac.compare_digest(_sign(payload, secret), given) for secret in secrets if secret]
    if not any(matches):
        return None
    content = _content(payload)
    return identifier(content, "user_id") if content.get("algorithm") == _ALGORITHM else None


def _sign(payload: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()


def _content(payload: str) -> Json:
    try:
        found: object = json.loads(_decoded(payload))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(text: str) -> bytes:
    """Empty when it is no base64url."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
