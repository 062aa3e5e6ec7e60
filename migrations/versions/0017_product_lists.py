"""lists of products, collections, changes of many products at once"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PAGE = 500


def upgrade() -> None:
    _listing()
    _collections()
    _bulk_changes()
    op.execute(
        'UPDATE products SET body = body || \'{"source": "shopify"}\' '
        "WHERE body->'metadata'->>'shopify_shop' IS NOT NULL"
    )
    _fill()


def downgrade() -> None:
    op.execute("UPDATE products SET body = body - 'source'")
    op.drop_table("bulk_change_products")
    op.drop_table("bulk_changes")
    op.drop_table("collection_products")
    op.drop_table("collections")
    op.drop_table("product_listing")


def _listing() -> None:
    op.create_table(
        "product_listing",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("price_min", sa.BigInteger(), nullable=False),
        sa.Column("price_max", sa.BigInteger(), nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=True),
        sa.Column("sellable", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("featured", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "id"],
            ["products.merchant_id", "products.id"],
            name="fk_product_listing_product",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("merchant_id", "id", name=op.f("pk_product_listing")),
    )


def _collections() -> None:
    op.create_table(
        "collections",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_collections_merchant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merchant_id", "id", name=op.f("pk_collections")),
    )
    op.create_index(
        "ix_collections_name",
        "collections",
        ["merchant_id", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("NOT deleted"),
    )
    op.create_table(
        "collection_products",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("collection_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "collection_id"],
            ["collections.merchant_id", "collections.id"],
            name="fk_collection_products_collection",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "merchant_id", "collection_id", "product_id", name=op.f("pk_collection_products")
        ),
    )
    op.create_index(
        op.f("ix_collection_products_merchant_id_product_id"),
        "collection_products",
        ["merchant_id", "product_id"],
    )


def _bulk_changes() -> None:
    op.create_table(
        "bulk_changes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("edit", postgresql.JSONB(), nullable=False),
        sa.Column("undone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_bulk_changes_merchant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_changes")),
    )
    op.create_index(
        op.f("ix_bulk_changes_merchant_id_created_at"), "bulk_changes", ["merchant_id", "created_at"]
    )
    op.create_table(
        "bulk_change_products",
        sa.Column("bulk_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulk_id"], ["bulk_changes.id"], name=op.f("fk_bulk_change_products_bulk_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bulk_id", "product_id", name=op.f("pk_bulk_change_products")),
    )


def _fill() -> None:
    """What is there already: names are folded by Python's rules, as new ones are."""
    columns = (
        "merchant_id, id, name, words, category, brand, source, price_min, price_max, "
        "stock, sellable, active, featured, deleted, created_at"
    )
    insert = sa.text(
        f"INSERT INTO product_listing ({columns}) "  # noqa: S608 - constant columns
        f"SELECT {columns} FROM jsonb_populate_recordset(NULL::product_listing, CAST(:rows AS jsonb))"
    )
    for rows in _pages():
        op.get_bind().execute(insert, {"rows": json.dumps([_listed(row) for row in rows])})


def _pages() -> Iterator[list[Mapping[str, Any]]]:
    last = ("", "")
    while True:
        found = op.get_bind().execute(
            sa.text(
                "SELECT merchant_id, id, body, deleted FROM products "
                "WHERE (merchant_id, id) > (:merchant_id, :id) ORDER BY merchant_id, id LIMIT :page"
            ),
            {"merchant_id": last[0], "id": last[1], "page": PAGE},
        )
        rows: list[Mapping[str, Any]] = [dict(row) for row in found.mappings()]
        if not rows:
            return
        yield rows
        last = (rows[-1]["merchant_id"], rows[-1]["id"])


def _listed(row: Mapping[str, Any]) -> dict[str, Any]:
    body = row["body"]
    variants = body["variants"]
    prices = [variant["price_minor"] for variant in variants]
    sellable = [variant for variant in variants if _sellable(variant)]
    counted = all(v.get("stock") is not None and not v.get("oversell") for v in sellable)
    stock = sum(v.get("stock") or 0 for v in variants if v.get("available", True))
    skus = (variant["sku"] for variant in variants if variant.get("sku"))
    return {
        "merchant_id": row["merchant_id"],
        "id": row["id"],
        "name": _folded(body["name"]),
        "words": _folded(" ".join((body["name"], body.get("brand") or "", *skus, row["id"]))),
        "category": " > ".join(body.get("category", ())),
        "brand": body.get("brand") or "",
        "source": body.get("source", "own"),
        "price_min": min(prices),
        "price_max": max(prices),
        "stock": stock if counted else None,
        "sellable": bool(sellable),
        "active": body.get("is_active", True),
        "featured": body.get("is_featured", False),
        "deleted": row["deleted"],
        "created_at": body["created_at"],
    }


def _sellable(variant: Mapping[str, Any]) -> bool:
    stock = variant.get("stock")
    return bool(variant.get("available", True) and (stock is None or stock > 0 or variant.get("oversell")))


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
