"""The tables. Every row belongs to a merchant; every query names it (DESIGN: scope).

`seq` columns order what happened: `inbox.seq` is the order of arrival, `products.seq` the order of
changes to one merchant's catalogue. Those of conversations, of the catalogue, of stores, of figures and of
users are beside.
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
