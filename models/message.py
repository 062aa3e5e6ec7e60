"""What customers, the assistant and people say, and what a channel reports."""

from datetime import datetime
from enum import StrEnum

from models.record import record


class Role(StrEnum):
    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    PERSON = "person"


@record
class Message:
    role: Role
    text: str
    at: datetime
    product_ids: tuple[str, ...] = ()


@record
class ConversationKey:
    """One customer of one merchant on one account of one channel. Never joined across accounts."""

    merchant_id: str
    channel: str
    account_id: str
    customer_id: str


class EventKind(StrEnum):
    MESSAGE = "message"  # text, attachment, quick reply, postback: answered
    COMMENT = "comment"  # public, answered privately
    EDIT = "edit"
    UNSEND = "unsend"
    ECHO = "echo"  # a message the account itself sent
    REACTION = "reaction"
    READ = "read"
    REFERRAL = "referral"
    RESTOCK = "restock"  # of our own: something the customer waits for is back, and nothing was said
    OTHER = "other"  # understood as an event, not as any kind above


@record
class Attachment:
    type: str
    url: str | None = None
    title: str | None = None


@record
class InboundEvent:
    """One event of a channel, normalised. `key` is unique per (channel, account) for ever.

    `message_id` is the provider's id of the message (or comment) this event is about.
    `reply_to` is a message id, story id or media id that gives the text its context.
    `subjects` are ids of the post, story, ad or link it is about, the closest first: a merchant may
    have said which products are in it. `title` is that of the ad. `live`: while a broadcast lasts.
    `ignored` is set when the event can never lead to a reply: the reason on record.
    """

    channel: str
    account_id: str
    key: str
    kind: EventKind
    customer_id: str
    at: datetime
    text: str = ""
    message_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None
    reply_to: str | None = None
    media_id: str | None = None
    parent_id: str | None = None
    username: str | None = None
    referral: str | None = None
    subjects: tuple[str, ...] = ()
    title: str | None = None
    live: bool = False
    ignored: str | None = None

    @property
    def said(self) -> str:
        """Its text, or what came in place of one: [image]."""
        return self.text or " ".join(f"[{attachment.type}]" for attachment in self.attachments)
