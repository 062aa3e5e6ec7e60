"""The tables of connected Shopify stores. Beside store/tables.py; the same rules hold."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.columns import merchant, metadata, moment, now

# A merchant's store. Who is disconnected keeps the row for its settings, not the shop.
# `status`: connected | reconnect | paused | disconnected, all but the first with a reason.
shopify_stores = Table(
    "shopify_stores",
    metadata,
    merchant(primary=True),
    Column("shop", Text, nullable=False),  # demo-shop.myshopify.com, lower case
    Column("status", Text, nullable=False, server_default="connected"),
    Column("reason", Text),
    Column("access_token", LargeBinary),  # encrypted, as the next
    Column("refresh_token", LargeBinary),  # None: the access token does not expire
    moment("expires_at"),  # of the access token; None: never
    moment("refresh_expires_at"),
    Column("scopes", JSONB),  # what was granted; None: not known
    Column("automatic", Boolean, nullable=False, server_default="true"),
    Column("options", JSONB, nullable=False, server_default="{}"),  # option name -> color, size, material
    now("connected_at"),
    now("token_at"),  # since when we have the tokens
    moment("checked_at"),  # when somebody last looked after it
    moment("last_event_at"),  # to the minute
    moment("last_sync_at"),  # the last sync that read all it set out to read
    moment("recent_due_at"),  # the next reading of what changed lately
    moment("full_due_at"),  # the next comparison of everything
    Index("ix_shopify_stores_shop", "shop", unique=True, postgresql_where=text("status <> 'disconnected'")),
)

# Webhooks that were taken: one that comes again changes nothing.
shopify_webhooks = Table(
    "shopify_webhooks",
    metadata,
    merchant(primary=True),
    Column("webhook_id", Text, primary_key=True),
    now("received_at"),
    Index(None, "received_at"),
)

# What a webhook named and nobody has read again yet. `kind`: product | inventory_item | collection.
shopify_changes = Table(
    "shopify_changes",
    metadata,
    merchant(primary=True),
    Column("kind", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),  # the number of it
    moment("changed_at"),  # the newest `updated_at` a webhook named; None: none did
    Column("version", BigInteger, nullable=False, server_default="1"),  # webhooks about it since it was read
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    now("noted_at"),
    Index(None, "due_at"),
)

# What a sync has to say: of a product as it was last read, or of the store (`product_id` None).
shopify_log = Table(
    "shopify_log",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    merchant(),
    Column("kind", Text, nullable=False),  # warning | default | event
    Column("product_id", Text),  # Shopify's number of it
    Column("field", Text, nullable=False),
    Column("detail", Text, nullable=False),
    now("at"),
    Index(None, "merchant_id", "id"),
    Index(
        "ix_shopify_log_product", "merchant_id", "product_id", postgresql_where=text("product_id IS NOT NULL")
    ),
)

# Orders that came by a tracked link: which reply's, for how much. Nothing about who bought.
shopify_sales = Table(
    "shopify_sales",
    metadata,
    merchant(primary=True),
    Column("order_id", Text, primary_key=True),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("execution_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),  # ours, whose link was followed
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "merchant_id", "at"),
    Index(None, "conversation_id"),
)
