"""The tables a message passes, from the inbox to the outbox. Beside store/tables.py; the same rules hold."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.columns import conversation, merchant, metadata, moment, now

# `version` guards every change of state; `bucket` (crc32 of the key) decides the shard.
conversations = Table(
    "conversations",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    merchant(),
    Column("channel", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("customer_name", Text),  # as the channel last gave it
    Column("bucket", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="0"),
    Column("memory", JSONB),  # models.turn.Memory; None: a new customer
    Column("paused_until", DateTime(timezone=True)),
    Column("pause_reason", Text),
    # Set while a person is needed: from a hand-over until somebody answers or resumes the assistant.
    Column("handover_reason", Text),
    moment("handover_at"),
    moment("last_customer_at"),
    moment("unanswered_since"),  # what came in while a person was to answer; None: nothing waits
    moment("commented_at"),
    now("created_at"),
    now("updated_at"),
    UniqueConstraint("merchant_id", "channel", "account_id", "customer_id"),
    Index(None, "merchant_id", "updated_at", "id"),
    # Found by the beginning of an id.
    Index(
        "ix_conversations_customer",
        "merchant_id",
        "customer_id",
        postgresql_ops={"customer_id": "text_pattern_ops"},
    ),
    *[
        Index(name, "merchant_id", "updated_at", "id", postgresql_where=text(f"{column} IS NOT NULL"))
        for name, column in (
            ("ix_conversations_handover", "handover_at"),
            ("ix_conversations_paused", "paused_until"),
            ("ix_conversations_unanswered", "unanswered_since"),
            ("ix_conversations_commented", "commented_at"),
        )
    ],
)

# Every event that came in, once. `status`: waiting -> answered | recorded | silent, with a reason
# wherever it got no reply.
inbox = Table(
    "inbox",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    merchant(),
    conversation(),
    Column("bucket", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("event", JSONB, nullable=False),  # models.message.InboundEvent
    Column("at", DateTime(timezone=True), nullable=False),
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("reason", Text),
    Column("execution_id", Text),
    now("received_at"),
    UniqueConstraint("channel", "account_id", "key"),
    Index("ix_inbox_waiting", "conversation_id", postgresql_where=text("status = 'waiting'")),
    Index("ix_inbox_message", "conversation_id", text("(event->>'message_id')")),
    Index(
        "ix_inbox_unread_mention",
        "channel",
        "account_id",
        postgresql_where=text("reason = 'mention' AND event->>'text' = ''"),
    ),
)

# Events of accounts nobody has connected (yet).
unrouted = Table(
    "unrouted",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("event", JSONB, nullable=False),
    now("received_at"),
    Index(None, "received_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    merchant(),
    conversation(),
    Column("role", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("product_ids", JSONB, nullable=False, server_default="[]"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("inbox_seq", BigInteger),  # the event it came with
    Column("provider_id", Text),  # the channel's id of it
    Column("execution_id", Text),
    Index(None, "conversation_id", "id"),
    # The assistant's words are long, many, and nobody looks for them.
    Index(
        "ix_messages_words",
        text("to_tsvector('simple'::regconfig, text)"),
        postgresql_using="gin",
        postgresql_where=text("role <> 'assistant'"),
    ),
)

# Of an execution: a way of answering failed, or what it said was not true. What a model was told once and
# then did right is no failure.
FAILED_STEP = (
    """steps @? '$[*]?(@."status" == "failed" && (@."name" == "model" || @."name" == "model_short" """
    """|| @."name" == "rules" || @."name" == "grounding"))'"""
)

# The log of one turn; its id is the turn's.
executions = Table(
    "executions",
    metadata,
    Column("id", Text, primary_key=True),
    merchant(),
    conversation(),
    Column("turn", JSONB, nullable=False),  # models.turn.Turn: enough to play it again
    Column("reply", JSONB),  # models.turn.Reply without its steps; None: silence
    Column("steps", JSONB, nullable=False),
    Column("silence_reason", Text),
    Column("started_at", DateTime(timezone=True), nullable=False),
    now("finished_at"),
    Index(None, "merchant_id", "started_at"),
    Index(None, "conversation_id", "started_at"),
    Index("ix_executions_failed", "merchant_id", "started_at", postgresql_where=text(FAILED_STEP)),
)

# What is to be sent, in the order of `id` within a conversation.
# `status`: pending -> sending -> sent | failed | cancelled, the last two with a reason.
outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    merchant(),
    conversation(),
    Column("execution_id", Text),  # None: typed by a person
    Column("part", Integer, nullable=False),  # of a reply from 1; 0 is what goes out while it is made
    Column("body", JSONB, nullable=False),  # models.turn.Part
    Column("comment_id", Text),  # set: a private reply to this comment
    Column("even_paused", Boolean, nullable=False, server_default="false"),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    moment("sending_at"),
    moment("sent_at"),
    Column("message_id", Text),
    now("created_at"),
    Index(
        "ix_outbox_unfinished",
        "conversation_id",
        "id",
        postgresql_where=text("status IN ('pending', 'sending')"),
    ),
    Index("ix_outbox_message", "conversation_id", "message_id"),
    Index("ix_outbox_private", "merchant_id", "message_id", postgresql_where=text("comment_id IS NOT NULL")),
    Index("ix_outbox_interim", "execution_id", unique=True, postgresql_where=text("part = 0")),
    Index("ix_outbox_failed", "merchant_id", "created_at", postgresql_where=text("status = 'failed'")),
)
