"""Shopify stores, their webhooks, what is to be read again, what syncs have to say"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _owner(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f(f"fk_{table}_merchant_id"), ondelete="CASCADE"
        ),
    ]


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "shopify_stores",
        *_owner("shopify_stores"),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="connected", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        _moment("expires_at"),
        _moment("refresh_expires_at"),
        sa.Column("scopes", json, nullable=True),
        sa.Column("automatic", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("options", json, server_default="{}", nullable=False),
        _now("connected_at"),
        _now("token_at"),
        _moment("checked_at"),
        _moment("last_event_at"),
        _moment("last_sync_at"),
        _moment("recent_due_at"),
        _moment("full_due_at"),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_shopify_stores")),
    )
    op.create_index(
        "ix_shopify_stores_shop",
        "shopify_stores",
        ["shop"],
        unique=True,
        postgresql_where=sa.text("status <> 'disconnected'"),
    )
    op.create_table(
        "shopify_webhooks",
        *_owner("shopify_webhooks"),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        _now("received_at"),
        sa.PrimaryKeyConstraint("merchant_id", "webhook_id", name=op.f("pk_shopify_webhooks")),
    )
    op.create_index(op.f("ix_shopify_webhooks_received_at"), "shopify_webhooks", ["received_at"])
    op.create_table(
        "shopify_changes",
        *_owner("shopify_changes"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        _moment("changed_at"),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _now("due_at"),
        _now("noted_at"),
        sa.PrimaryKeyConstraint("merchant_id", "kind", "external_id", name=op.f("pk_shopify_changes")),
    )
    op.create_index(op.f("ix_shopify_changes_due_at"), "shopify_changes", ["due_at"])
    op.create_table(
        "shopify_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_owner("shopify_log"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        _now("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shopify_log")),
    )
    op.create_index(op.f("ix_shopify_log_merchant_id_id"), "shopify_log", ["merchant_id", "id"])
    op.create_index(
        "ix_shopify_log_product",
        "shopify_log",
        ["merchant_id", "product_id"],
        postgresql_where=sa.text("product_id IS NOT NULL"),
    )


def downgrade() -> None:
    # Code of before takes every job for an import.
    op.execute(
        "UPDATE jobs SET status = 'failed', finished_at = now(), lease_until = NULL "
        "WHERE status = 'running' AND kind LIKE 'shopify%'"
    )
    for table in ("shopify_log", "shopify_changes", "shopify_webhooks", "shopify_stores"):
        op.drop_table(table)
