"""The tables. Every row belongs to a merchant; every query names it (DESIGN: scope).

`seq` columns order what happened: `inbox.seq` is the order of arrival, `products.seq` the order of
changes to one merchant's catalogue. Those of the catalogue, of stores, of figures and of users are beside.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from store.columns import conversation, merchant, metadata, moment, now

merchants = Table(
    "merchants",
    metadata,
    Column("id", Text, primary_key=True),
    Column("profile", JSONB, nullable=False),  # models.merchant.Merchant
    moment("leaving_at"),  # from then on it is as if there were none; its rows go one after another
    now("created_at"),
    now("updated_at"),
)

# A merchant's account on a channel; an account belongs to one merchant.
accounts = Table(
    "accounts",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account_id", Text, primary_key=True),
    merchant(),
    Column("access_token", LargeBinary),  # encrypted; None: the channel needs none
    Column("status", Text, nullable=False, server_default="connected"),  # or why it is parked
    now("connected_at"),
    Column("app_scoped_id", Text),  # the channel's other id of it, which only our app knows
    Column("username", Text),
    Column("permissions", JSONB),  # what its owner agreed to; None: not known
    Column("subscribed", JSONB),  # the fields it sends us, when last looked; None: not known
    now("token_at"),  # since when we have the token
    moment("expires_at"),  # of the token; None: not known
    moment("checked_at"),  # when somebody last looked after it
    moment("last_event_at"),  # to the minute
    Index(None, "merchant_id"),
)

# Which catalog actor has a merchant. The epoch says which incarnation of it may write.
placement = Table(
    "placement",
    metadata,
    Column("merchant_id", Text, ForeignKey("merchants.id", ondelete="CASCADE"), primary_key=True),
    Column("actor", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    Column("seq", BigInteger, nullable=False, server_default="0"),
    Column("dedicated", Boolean),  # the operator's word; None: its size decides
)

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

# What a customer means by "this" under a post.
posts = Table(
    "posts",
    metadata,
    Column("merchant_id", Text, ForeignKey("merchants.id", ondelete="CASCADE"), primary_key=True),
    Column("media_id", Text, primary_key=True),
    Column("product_ids", JSONB, nullable=False),
    now("updated_at"),
)

# Comments that no webhook brought are asked for; counts of comments by recent post save most calls.
comment_polls = Table(
    "comment_polls",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("account_id", Text, primary_key=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("counts", JSONB, nullable=False, server_default="{}"),
    ForeignKeyConstraint(
        ["channel", "account_id"], ["accounts.channel", "accounts.account_id"], ondelete="CASCADE"
    ),
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

# What happened, for who looks on (store/events.py). Triggers write it with what they tell of; of a
# conversation it names the number alone, so that nothing here has to be erased.
events = Table(
    "events",
    metadata,
    Column("tx", BigInteger, primary_key=True, server_default=text("pg_current_xact_id()::text::bigint")),
    Column("id", BigInteger, Identity(), primary_key=True),
    merchant(),
    Column("conversation_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    now("at"),
)

# What models cost a merchant in a UTC day.
spending = Table(
    "spending",
    metadata,
    Column("merchant_id", Text, ForeignKey("merchants.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("microdollars", BigInteger, nullable=False),
    Column("turns", Integer, nullable=False),
)

# Customers who want to know when something is back. They go with their conversation.
restock_wishes = Table(
    "restock_wishes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    merchant(),
    conversation(),
    Column("product_id", Text, nullable=False),
    Column("variant_ids", ARRAY(Text), nullable=False),  # any of them; empty: any variant of the product
    Column("execution_id", Text, nullable=False),  # the turn in which it was wished for
    now("created_at"),
    UniqueConstraint("conversation_id", "product_id"),
    Index(None, "merchant_id", "product_id"),
)

# Where a tracked link leads: one for each product that a turn showed.
links = Table(
    "links",
    metadata,
    Column("code", Text, primary_key=True),
    merchant(),
    conversation(),
    Column("execution_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("url", Text, nullable=False),  # the product's, when it was shown
    now("created_at"),
    UniqueConstraint("merchant_id", "execution_id", "product_id"),
    Index(None, "conversation_id"),
)

clicks = Table(
    "clicks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    merchant(),
    conversation(),
    Column("execution_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    now("at"),
    Index(None, "merchant_id", "at"),
    Index(None, "conversation_id"),
)

# Background work: resumable from `cursor`, owned while `lease_until` lies ahead.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    merchant(),
    Column("status", Text, nullable=False, server_default="running"),  # done, failed
    Column("options", JSONB, nullable=False, server_default="{}"),
    Column("cursor", BigInteger, nullable=False, server_default="0"),
    Column("state", JSONB, nullable=False, server_default="{}"),  # what else it has to know to go on
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("errors", JSONB, nullable=False, server_default="[]"),
    moment("lease_until"),
    now("created_at"),
    moment("finished_at"),
    Index("ix_jobs_running", "created_at", postgresql_where=text("status = 'running'")),
    # A store is read in one way once at a time, however often that is asked for.
    Index(
        "ix_jobs_shopify",
        "merchant_id",
        text("(options->>'mode')"),
        unique=True,
        postgresql_where=text("status = 'running' AND kind = 'shopify_sync'"),
    ),
)

# What was asked to be deleted. Nobody's name is in it: `keys` are hashes, by which the same is found again
# in a backup that still has it (store/deletions.py).
deletions = Table(
    "deletions",
    metadata,
    Column("code", Text, primary_key=True),  # whoever has it may see how it stands
    Column("what", Text, nullable=False),  # store.deletions.What
    Column("asked_by", Text, nullable=False),  # store.deletions.By
    Column("merchant_id", Text),  # it may be gone; None: of no merchant in particular
    Column("keys", ARRAY(Text), nullable=False),
    Column("held", Integer, nullable=False),  # how many there were
    Column("asked_at", DateTime(timezone=True), nullable=False),
    moment("done_at"),
    Index(None, "asked_at"),
)

# Facts of this installation: shard counts, one-use sign-in codes.
installation = Table(
    "installation",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
    moment("expires_at"),
)
