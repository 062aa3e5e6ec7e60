"""Comments and mentions, normalised."""

from datetime import datetime

from channels.instagram import ignored
from channels.instagram.direct import CHANNEL
from channels.instagram.envelopes import Notice
from channels.instagram.fields import child, identifier, key, known, moment, stamp, text
from models.message import EventKind, InboundEvent

COMMENTS = "comments"
LIVE = "live_comments"
# Nobody is named in a mention, and not in every comment.
NOBODY = ""


def read_comment(notice: Notice, now: datetime) -> InboundEvent | None:
    """None without the comment's id. Live comments have the same shape."""
    value = notice.value
    comment_id = identifier(value, "id", "comment_id")
    if comment_id is None:
        return None
    media = child(value, "media")
    media_id, ad_id = identifier(media, "id"), identifier(media, "ad_id")
    said = text(value, "text")
    return InboundEvent(
        channel=CHANNEL,
        account_id=notice.account_id,
        key=comment_id,
        kind=EventKind.COMMENT,
        customer_id=identifier(child(value, "from"), "id") or NOBODY,
        at=moment(value.get("timestamp"), notice.entry.get("time"), now=now),
        text=said,
        message_id=comment_id,
        media_id=media_id,
        parent_id=identifier(value, "parent_id"),
        username=text(child(value, "from"), "username") or None,
        referral=ad_id,
        subjects=known(media_id, identifier(media, "original_media_id"), ad_id),
        title=text(media, "ad_title") or None,
        live=notice.field == LIVE,
        ignored=_why_ignored(notice, said),
    )


def _why_ignored(notice: Notice, said: str) -> str | None:
    author = child(notice.value, "from")
    author_id = identifier(author, "id")
    if author_id == notice.account_id or "self_ig_scoped_id" in author:
        return ignored.OWN_COMMENT
    if author_id is None:
        return ignored.UNKNOWN_AUTHOR
    return None if said.strip() else ignored.EMPTY


def read_mention(notice: Notice, now: datetime) -> InboundEvent | None:
    """It carries ids only; the text would have to be fetched."""
    comment_id = identifier(notice.value, "comment_id")
    media_id = identifier(notice.value, "media_id")
    if comment_id is None and media_id is None:
        return None
    return InboundEvent(
        channel=CHANNEL,
        account_id=notice.account_id,
        key=key("mention", comment_id or "", media_id or ""),
        kind=EventKind.OTHER,
        customer_id=NOBODY,
        at=moment(notice.entry.get("time"), now=now),
        message_id=comment_id,
        media_id=media_id,
        ignored=ignored.MENTION,
    )


def read_unknown(notice: Notice, now: datetime) -> InboundEvent:
    field = text({"field": notice.field}, "field")
    about = identifier(notice.value, "id", "comment_id", "media_id") or ""
    return InboundEvent(
        channel=CHANNEL,
        account_id=notice.account_id,
        key=key("other", field, about, stamp(notice.entry, "time")),
        kind=EventKind.OTHER,
        customer_id=NOBODY,
        at=moment(notice.entry.get("time"), now=now),
        # The test button also writes a message that has neither sender nor text.
        ignored=ignored.DASHBOARD_TEST if "is_self" in notice.value else ignored.UNKNOWN_EVENT,
    )
