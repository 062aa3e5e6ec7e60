"""the variant of a turn, and days of customers in it"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_COUNTS = "turns answered handed_over erroneous fell_back missed responses clicks orders"


def upgrade() -> None:
    for name in ("experiment", "variant"):
        op.add_column("turn_facts", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "ix_turn_facts_variant",
        "turn_facts",
        ["merchant_id", "at"],
        postgresql_where=sa.text("experiment <> ''"),
    )
    op.create_table(
        "variant_days",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("experiment", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS.split()),
        sa.Column("response_ms", sa.BigInteger(), nullable=False),
        sa.Column("microdollars", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_variant_days_merchant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_variant_days_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "merchant_id",
            "experiment",
            "conversation_id",
            "day",
            "variant",
            name=op.f("pk_variant_days"),
        ),
    )
    op.create_index(op.f("ix_variant_days_conversation_id"), "variant_days", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("variant_days")
    op.drop_index("ix_turn_facts_variant", table_name="turn_facts")
    for name in ("variant", "experiment"):
        op.drop_column("turn_facts", name)
