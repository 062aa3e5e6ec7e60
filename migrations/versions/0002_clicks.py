"""tracked links, clicks, daily roll-ups"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _merchant_and_conversation(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"],
            ["merchants.id"],
            name=op.f(f"fk_{table}_merchant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f(f"fk_{table}_conversation_id"),
            ondelete="CASCADE",
        ),
    )


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("code", sa.Text(), nullable=False),
        *_merchant_and_conversation("links"),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_links")),
        sa.UniqueConstraint(
            "merchant_id",
            "execution_id",
            "product_id",
            name=op.f("uq_links_merchant_id_execution_id_product_id"),
        ),
    )
    op.create_index(op.f("ix_links_conversation_id"), "links", ["conversation_id"], unique=False)
    op.create_table(
        "clicks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_merchant_and_conversation("clicks"),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clicks")),
    )
    op.create_index(op.f("ix_clicks_conversation_id"), "clicks", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_clicks_merchant_id_at"), "clicks", ["merchant_id", "at"], unique=False)
    op.create_table(
        "product_days",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("recommendations", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("clickers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"],
            ["merchants.id"],
            name=op.f("fk_product_days_merchant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("merchant_id", "day", "product_id", name=op.f("pk_product_days")),
    )


def downgrade() -> None:
    op.drop_table("product_days")
    op.drop_index(op.f("ix_clicks_merchant_id_at"), table_name="clicks")
    op.drop_index(op.f("ix_clicks_conversation_id"), table_name="clicks")
    op.drop_table("clicks")
    op.drop_index(op.f("ix_links_conversation_id"), table_name="links")
    op.drop_table("links")
