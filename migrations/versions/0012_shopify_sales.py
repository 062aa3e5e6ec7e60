"""orders that came by a tracked link"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shopify_sales",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_shopify_sales_merchant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_shopify_sales_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("merchant_id", "order_id", name=op.f("pk_shopify_sales")),
    )
    op.create_index(op.f("ix_shopify_sales_merchant_id_at"), "shopify_sales", ["merchant_id", "at"])
    op.create_index(op.f("ix_shopify_sales_conversation_id"), "shopify_sales", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("shopify_sales")
