"""Webhook bodies as Meta writes them, and its signature."""

import base64
import hashlib
import hmac
import json
from typing import Any

ACCOUNT_ID = "17841400000000001"
APP_SECRET = "ig_secret_test"


def sign(body: bytes, secret: str = APP_SECRET) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def encode(payload: Any) -> bytes:
    return json.dumps(payload, separators=(",", ":")).encode()


def envelope(account_id: str, time: int, **content: Any) -> dict[str, Any]:
    return {"object": "instagram", "entry": [{"id": account_id, "time": time, **content}]}


def build_messaging(
    account_id: str, sender_id: str, recipient_id: str, timestamp: int, **content: Any
) -> dict[str, Any]:
    """Any event of a conversation; `timestamp` in milliseconds."""
    people = {"sender": {"id": sender_id}, "recipient": {"id": recipient_id}}
    return envelope(account_id, timestamp, messaging=[people | {"timestamp": timestamp} | content])


def build_message_event(
    *, account_id: str = ACCOUNT_ID, customer_id: str, text: str, mid: str, timestamp: int
) -> dict[str, Any]:
    message = {"mid": mid, "text": text}
    return build_messaging(account_id, customer_id, account_id, timestamp, message=message)


def build_echo(account_id: str, customer_id: str, timestamp: int, message: Any) -> dict[str, Any]:
    return build_messaging(
        account_id, account_id, customer_id, timestamp, message=message | {"is_echo": True}
    )


def build_comment_event(
    *,
    account_id: str = ACCOUNT_ID,
    customer_id: str,
    text: str,
    comment_id: str,
    timestamp: int,
    username: str = "buyer_x",
    media_id: str = "18100000000000001",
) -> dict[str, Any]:
    """`timestamp` in milliseconds like everywhere here; comments carry seconds."""
    value = {
        "id": comment_id,
        "text": text,
        "from": {"id": customer_id, "username": username},
        "media": {"id": media_id, "media_product_type": "FEED"},
    }
    return envelope(account_id, timestamp // 1000, changes=[{"field": "comments", "value": value}])


def sign_request(content: Any, secret: str = APP_SECRET) -> str:
    """The `signed_request` of the deauthorize and deletion callbacks."""
    payload = _base64url(encode(content))
    return f"{_base64url(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())}.{payload}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
