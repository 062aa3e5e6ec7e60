"""Cards as Instagram's generic template: a carousel of pictures, two lines and a link."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from channels.cutting import shorten, utf16_units
from channels.instagram.limits import CARDS
from channels.instagram.links import absolute
from models.turn import Card

_LINE_CHARACTERS = 80
_BUTTON = "View"
# Without a suffix the server's content type decides, as with most image hosts.
_PICTURES = frozenset({"", ".png", ".jpg", ".jpeg", ".gif"})


def generic_template(cards: Sequence[Card], *, app_url: str, pictures: bool = True) -> dict[str, Any]:
    elements = [_element(card, app_url, pictures=pictures) for card in cards[:CARDS]]
    payload = {"template_type": "generic", "elements": elements}
    return {"attachment": {"type": "template", "payload": payload}}


def _element(card: Card, app_url: str, *, pictures: bool) -> dict[str, Any]:
    title = shorten(card.name, _LINE_CHARACTERS, utf16_units) or _BUTTON
    # A title alone is refused.
    element: dict[str, Any] = {
        "title": title,
        "subtitle": shorten(card.text, _LINE_CHARACTERS, utf16_units) or title,
    }
    picture = absolute(card.image, app_url) if pictures else None
    if picture and PurePosixPath(urlsplit(picture).path).suffix.lower() in _PICTURES:
        element["image_url"] = picture
    url = absolute(card.url, app_url)
    if url:
        element["default_action"] = {"type": "web_url", "url": url}
        element["buttons"] = [{"type": "web_url", "url": url, "title": _BUTTON}]
    return element
