"""The tables of the catalogue. Beside store/tables.py; the same rules hold."""

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

# A deleted product stays as a tombstone, so that "changed since" is exact.
products = Table(
    "products",
    metadata,
    Column("merchant_id", Text, ForeignKey("merchants.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("body", JSONB, nullable=False),  # models.product.Product
    Column("deleted", Boolean, nullable=False, server_default="false"),
    Column("text_hash", Text, nullable=False),
    Column("embedder", Text),  # None: not embedded yet
    Column("embedding", LargeBinary),  # float32, as many as the embedder's dimension
    now("updated_at"),
    Index(None, "merchant_id", "seq"),
)

# What a list of products is filtered and sorted by: a tenth of the product's own row. See store/listed.py
product_listing = Table(
    "product_listing",
    metadata,
    Column("merchant_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),  # folded, as people sort names
    Column("words", Text, nullable=False),  # folded: name, brand, SKUs, id
    Column("category", Text, nullable=False),  # the path, "Clothing > Dresses"
    Column("brand", Text, nullable=False),
    Column("source", Text, nullable=False),  # models.product.Source
    Column("price_min", BigInteger, nullable=False),
    Column("price_max", BigInteger, nullable=False),
    Column("stock", BigInteger),  # pieces that can be bought; None: they are not counted
    Column("sellable", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("featured", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(
        ["merchant_id", "id"],
        ["products.merchant_id", "products.id"],
        name="fk_product_listing_product",
        ondelete="CASCADE",
    ),
)

# Groups that a merchant puts products in: "Summer sale". `tags`: what customers call it.
collections = Table(
    "collections",
    metadata,
    Column("merchant_id", Text, ForeignKey("merchants.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Column("deleted", Boolean, nullable=False, server_default="false"),
    now("created_at"),
    now("updated_at"),
    Index(
        "ix_collections_name",
        "merchant_id",
        text("lower(name)"),
        unique=True,
        postgresql_where=text("NOT deleted"),
    ),
)

collection_products = Table(
    "collection_products",
    metadata,
    Column("merchant_id", Text, primary_key=True),
    Column("collection_id", Text, primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    ForeignKeyConstraint(
        ["merchant_id", "collection_id"],
        ["collections.merchant_id", "collections.id"],
        name="fk_collection_products_collection",
        ondelete="CASCADE",
    ),
    Index(None, "merchant_id", "product_id"),
)

# Changes of many products at once, as long as they can be undone.
bulk_changes = Table(
    "bulk_changes",
    metadata,
    Column("id", Text, primary_key=True),
    merchant(),
    Column("edit", JSONB, nullable=False),  # actors.bulk_edits.Edit
    Column("undone", Boolean, nullable=False, server_default="false"),
    now("created_at"),
    Index(None, "merchant_id", "created_at"),
)

# `body` is the product from before the change; None where only what it is in has changed.
bulk_change_products = Table(
    "bulk_change_products",
    metadata,
    Column("bulk_id", Text, ForeignKey("bulk_changes.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("body", JSONB),
)

# What customers saw and took to, by day in UTC; counted from executions and clicks.
product_days = Table(
    "product_days",
    metadata,
    Column("merchant_id", Text, ForeignKey("merchants.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("recommendations", Integer, nullable=False),  # replies that showed it
    Column("clicks", Integer, nullable=False),
    Column("clickers", Integer, nullable=False),  # customers who clicked
)

# Wishes that are fulfilled, until the customer has been told.
restocks = Table(
    "restocks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    merchant(),
    conversation(),
    Column("product_id", Text, nullable=False),
    Column("variant_ids", ARRAY(Text), nullable=False),  # as they were wished for
    now("created_at"),
    UniqueConstraint("conversation_id", "product_id"),
)

# Pictures merchants uploaded; their bytes are files (store.files).
media = Table(
    "media",
    metadata,
    Column("merchant_id", Text, ForeignKey("merchants.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("extension", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),  # of all its sizes
    moment("unused_since"),  # no product names it
    now("created_at"),
)

# Files of products; the file itself lies beside the database (store.files) until `erased_at`.
imports = Table(
    "imports",
    metadata,
    Column("id", Text, primary_key=True),
    merchant(),
    Column("name", Text, nullable=False),  # the file's, as it was uploaded
    Column("bytes", BigInteger, nullable=False),
    Column("reading", JSONB, nullable=False),  # models.imports.Reading
    Column("missing", Text, nullable=False, server_default="keep"),  # products it does not name
    Column("status", Text, nullable=False),
    Column("job_id", Text),  # the one that works on it, or did last
    Column("preview", JSONB),  # models.imports.Preview
    Column("created", Integer, nullable=False, server_default="0"),  # as the next, once it has ended
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("deactivated", Integer, nullable=False, server_default="0"),
    Column("bad", Integer, nullable=False, server_default="0"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("kept", Integer, nullable=False, server_default="0"),  # by an undo, for what was done since
    Column("fault", JSONB),  # of the file as a whole
    now("created_at"),
    moment("finished_at"),
    moment("erased_at"),
    Index(None, "merchant_id", "created_at", "id"),
)

# What an import made of which product, and what that was before.
import_products = Table(
    "import_products",
    metadata,
    Column("import_id", Text, ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", Text, primary_key=True),
    merchant(),
    Column("change", Text, nullable=False),  # created, changed, deactivated
    Column("before", JSONB),  # models.product.Product
    Column("version", BigInteger, nullable=False),  # the one it left
)
