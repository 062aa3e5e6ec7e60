"""What the Graph API accepts as a message, and how it says no."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

Json = Mapping[str, Any]

SENDER_ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")
_MEDIA = ("image", "audio", "video", "file")


class GraphError(Exception):
    def __init__(
        self, code: int, subcode: int | None = None, message: str = "refused", *, status: int = 400
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.subcode = subcode
        self.body = error_body(code, subcode, message)


def error_body(code: int, subcode: int | None = None, message: str = "refused") -> dict[str, Any]:
    error: dict[str, Any] = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    return {"error": error | {"is_transient": code in (1, 2, 4, 17, 32, 613), "fbtrace_id": "AStandIn"}}


def token_invalid() -> GraphError:
    return GraphError(190, 463, "Error validating access token: Session has expired", status=401)


def _require(condition: object, message: str) -> None:
    if not condition:
        raise GraphError(100, None, message)


def check_message(message: Any) -> str:
    """The kind of message: text, cards or media."""
    _require(isinstance(message, dict), "message must be an object")
    bodies = [name for name in ("text", "attachment", "attachments") if name in message]
    _require(len(bodies) == 1, "exactly one of text, attachment and attachments")
    if "quick_replies" in message:
        _check_quick_replies(message["quick_replies"])
    if "text" in message:
        check_text(message["text"])
        return "text"
    if "attachments" in message:
        items = message["attachments"]
        _require(isinstance(items, list) and 1 <= len(items) <= 10, "1 to 10 attachments")
        for item in items:
            _check_media(item)
        return "media"
    return _check_attachment(message["attachment"])


def check_tag(body: Json) -> str | None:
    """HUMAN_AGENT is the one tag there is."""
    tag = body.get("tag")
    _require(tag in (None, "HUMAN_AGENT"), "unknown tag")
    _require(
        (body.get("messaging_type") == "MESSAGE_TAG") == (tag is not None), "a tag and its messaging_type"
    )
    return tag


def check_text(text: Any) -> None:
    _require(isinstance(text, str) and text.strip(), "text must not be empty")
    _require(len(text.encode(errors="replace")) <= 1000, "Length of param message[text] must be <= 1000")


def _check_attachment(attachment: Any) -> str:
    _require(isinstance(attachment, dict), "attachment must be an object")
    if attachment.get("type") != "template":
        _check_media(attachment)
        return "media"
    payload = attachment.get("payload")
    _require(isinstance(payload, dict), "a template needs a payload")
    if payload.get("template_type") == "button":
        check_text(payload.get("text"))
        _require(len(payload["text"]) <= 640, "text of at most 640 characters")
        _check_buttons(payload.get("buttons"), at_least=1)
        return "buttons"
    _require(payload.get("template_type") == "generic", "unknown template_type")
    elements = payload.get("elements")
    _require(isinstance(elements, list) and 1 <= len(elements) <= 10, "1 to 10 elements")
    for element in elements:
        _check_element(element)
    return "cards"


def _check_element(element: Any) -> None:
    _require(isinstance(element, dict), "an element must be an object")
    known = {"title", "subtitle", "image_url", "default_action", "buttons"}
    _require(set(element) <= known, f"unknown {sorted(set(element) - known)}")
    _check_line(element.get("title"), "title", 80)
    _require(len(element) > 1, "one property besides title")
    if "subtitle" in element:
        _check_line(element["subtitle"], "subtitle", 80)
    if "image_url" in element:
        check_url(element["image_url"])
    if "default_action" in element:
        action = element["default_action"]
        _require(isinstance(action, dict) and set(action) == {"type", "url"}, "type and url alone")
        _require(action["type"] == "web_url", "default_action is a web_url")
        check_url(action["url"])
    _check_buttons(element.get("buttons", []), at_least=0)


def _check_buttons(buttons: Any, *, at_least: int) -> None:
    _require(isinstance(buttons, list) and at_least <= len(buttons) <= 3, "at most 3 buttons")
    for button in buttons:
        _require(isinstance(button, dict), "a button must be an object")
        _check_line(button.get("title"), "button title", 20)
        if button.get("type") == "web_url":
            check_url(button.get("url"))
        else:
            _require(button.get("type") == "postback", "buttons are web_url or postback")
            _check_line(button.get("payload"), "payload", 1000)


def _check_quick_replies(replies: Any) -> None:
    _require(isinstance(replies, list) and 1 <= len(replies) <= 13, "1 to 13 quick replies")
    for reply in replies:
        _require(isinstance(reply, dict), "a quick reply must be an object")
        if reply.get("content_type") == "text":
            _check_line(reply.get("title"), "title", 20)


def _check_media(item: Any) -> None:
    _require(isinstance(item, dict), "an attachment must be an object")
    if item.get("type") in ("like_heart", "MEDIA_SHARE"):
        return
    _require(item.get("type") in _MEDIA, "unknown attachment type")
    payload = item.get("payload")
    _require(isinstance(payload, dict), "an attachment needs a payload")
    if "attachment_id" not in payload:
        check_url(payload.get("url"))


def _check_line(text: Any, name: str, limit: int) -> None:
    _require(isinstance(text, str) and text.strip(), f"{name} must not be empty")
    _require(len(text) <= limit, f"{name} of at most {limit} characters")


def check_url(url: Any) -> None:
    _require(isinstance(url, str) and not any(char.isspace() for char in url), "malformed url")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise GraphError(100, None, "malformed url") from None
    _require(parts.scheme in ("http", "https") and parts.hostname, "malformed url")
