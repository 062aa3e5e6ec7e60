"""Direct messages and what happens to them, normalised."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from channels.instagram import ignored
from channels.instagram.envelopes import MESSAGING, STANDBY, Notice
from channels.instagram.fields import Json, child, identifier, key, known, moment, stamp, text
from models.message import Attachment, EventKind, InboundEvent

CHANNEL = "instagram"
UNSUPPORTED = "unsupported"
_PERMALINK = re.compile(r"https://(?:www\.)?instagram\.com/(?:p|reel|tv)/([\w-]{1,64})")


def read(notice: Notice, now: datetime) -> InboundEvent | None:
    """None when it says neither who nor which message."""
    value = notice.value
    sender = identifier(child(value, "sender"), "id")
    recipient = identifier(child(value, "recipient"), "id")
    ours = child(value, "message").get("is_echo") is True or sender == notice.account_id
    customer_id = recipient if ours else sender
    if customer_id is None:
        return None
    base = InboundEvent(
        channel=CHANNEL,
        account_id=notice.account_id,
        key="",
        kind=EventKind.ECHO if ours else EventKind.MESSAGE,
        customer_id=customer_id,
        at=moment(value.get("timestamp"), notice.entry.get("time"), now=now),
    )
    name = next((name for name in _READERS if isinstance(value.get(name), dict)), None)
    event = _READERS[name](base, child(value, name), value) if name else _other(base, value)
    if event is None:
        return None
    why = event.ignored or _why_ignored(notice, event.kind, sender, recipient)
    return replace(event, ignored=why) if why else event


def _why_ignored(notice: Notice, kind: EventKind, sender: str | None, recipient: str | None) -> str | None:
    if kind not in (EventKind.MESSAGE, EventKind.ECHO):
        return None
    if child(notice.value, "message").get("is_self") is True or notice.value.get("is_self") is True:
        return ignored.SELF_MESSAGE
    if notice.field == STANDBY and kind is EventKind.MESSAGE:
        return ignored.STANDBY
    # The dashboard's test button sends a change between two made-up people.
    if notice.field not in (MESSAGING, STANDBY) and notice.account_id not in (sender, recipient):
        return ignored.DASHBOARD_TEST
    return None


def _message(base: InboundEvent, message: Json, value: Json) -> InboundEvent | None:
    mid = identifier(message, "mid")
    if mid is None:
        return None
    if message.get("is_deleted") is True:
        return replace(base, key=key(mid, "deleted"), kind=EventKind.UNSEND, message_id=mid)
    reply_to = child(message, "reply_to")
    story_id = identifier(child(reply_to, "story"), "id")
    media_id = story_id or _shared_media(message)
    referral = child(message, "referral") or child(value, "referral")
    event = replace(
        base,
        key=mid,
        text=text(message, "text"),
        message_id=mid,
        attachments=_attachments(message),
        payload=text(child(message, "quick_reply"), "payload") or None,
        reply_to=identifier(reply_to, "mid") or story_id,
        media_id=media_id,
        **_referred(referral, media_id),
    )
    if event.text.strip() or event.attachments or event.kind is EventKind.ECHO:
        return event
    if message.get("is_unsupported") is True:
        # Instagram withholds it: who sent it is told so, as of anything else that cannot be seen.
        return replace(event, attachments=(Attachment(type=UNSUPPORTED),))
    return replace(event, ignored=ignored.EMPTY)


def _postback(base: InboundEvent, postback: Json, value: Json) -> InboundEvent | None:
    mid = identifier(postback, "mid")
    payload = text(postback, "payload")
    return replace(
        base,
        key=mid or key("postback", base.customer_id, stamp(value), payload),
        text=text(postback, "title"),
        message_id=mid,
        payload=payload or None,
        **_referred(child(postback, "referral")),
    )


def _edit(base: InboundEvent, edit: Json, value: Json) -> InboundEvent | None:
    mid = identifier(edit, "mid")
    if mid is None:
        return None
    number = identifier(edit, "num_edit") or stamp(value)
    return replace(
        base, key=key(mid, "edit", number), kind=EventKind.EDIT, text=text(edit, "text"), message_id=mid
    )


def _reaction(base: InboundEvent, reaction: Json, value: Json) -> InboundEvent | None:
    """`payload` is the action, `text` the emoji."""
    mid = identifier(reaction, "mid")
    if mid is None:
        return None
    action = text(reaction, "action")
    sender = identifier(child(value, "sender"), "id") or ""
    return replace(
        base,
        key=key(mid, "reaction", sender, action, stamp(value)),
        kind=EventKind.REACTION,
        text=text(reaction, "emoji", "reaction"),
        message_id=mid,
        payload=action or None,
        ignored=ignored.REACTION,
    )


def _seen(base: InboundEvent, seen: Json, value: Json) -> InboundEvent | None:
    mid = identifier(seen, "mid")
    if mid is None:
        return None
    sender = identifier(child(value, "sender"), "id") or ""
    return replace(
        base, key=key("read", sender, mid), kind=EventKind.READ, message_id=mid, ignored=ignored.READ
    )


def _link_opened(base: InboundEvent, referral: Json, value: Json) -> InboundEvent | None:
    came = _referred(referral)
    return replace(
        base,
        key=key("referral", base.customer_id, stamp(value), came["referral"] or ""),
        kind=EventKind.REFERRAL,
        **came,
    )


def _other(base: InboundEvent, value: Json) -> InboundEvent:
    names = sorted({text({"name": name}, "name") for name in value})
    return replace(
        base,
        key=key("other", base.customer_id, stamp(value), *names),
        kind=EventKind.OTHER,
        ignored=ignored.UNKNOWN_EVENT,
    )


_READERS: Mapping[str, Callable[[InboundEvent, Json, Json], InboundEvent | None]] = {
    "message": _message,
    "postback": _postback,
    "message_edit": _edit,
    "reaction": _reaction,
    "read": _seen,
    "referral": _link_opened,  # last: others carry one inside
}


def _listed(message: Json) -> list[Json]:
    found = message.get("attachments")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _attachments(message: Json) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            type=text(item, "type") or "unknown",
            url=text(child(item, "payload"), "url") or None,
            title=text(child(item, "payload"), "title") or None,
        )
        for item in _listed(message)
    )


def _shared_media(message: Json) -> str | None:
    """The post or reel a customer shared: what "how much is this?" is about.

    Of an older share only the link is known, and the code in it.
    """
    payloads = [child(item, "payload") for item in _listed(message)]
    ids = (identifier(payload, "ig_post_media_id", "reel_video_id") for payload in payloads)
    codes = (_PERMALINK.match(text(payload, "url")) for payload in payloads)
    return next((media_id for media_id in ids if media_id), None) or next(
        (code[1] for code in codes if code), None
    )


def _referred(referral: Json, media_id: str | None = None) -> dict[str, Any]:
    """The ad, link or product somebody came by, and with it what the message is about."""
    ref, ad_id = identifier(referral, "ref"), identifier(referral, "ad_id")
    product_id = identifier(child(referral, "product"), "id")
    return {
        "referral": ref or ad_id or product_id,
        "subjects": known(media_id, product_id, ad_id, ref),
        "title": text(child(referral, "ads_context_data"), "ad_title") or None,
    }
