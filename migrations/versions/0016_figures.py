"""turns and days in figures, minutes in which all was up"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turn_facts",
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("silence", sa.Text()),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.Column("fell_back", sa.Boolean(), nullable=False),
        sa.Column("undelivered", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("microdollars", sa.BigInteger(), nullable=False),
        sa.Column("response_ms", sa.BigInteger()),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("search_ms", sa.Float(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.Column("remembered", sa.Integer(), nullable=False),
        sa.Column("missed", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        _merchant("turn_facts"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_turn_facts_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("execution_id", name=op.f("pk_turn_facts")),
    )
    op.create_index(
        op.f("ix_turn_facts_merchant_id_at_execution_id"), "turn_facts", ["merchant_id", "at", "execution_id"]
    )
    op.create_index(op.f("ix_turn_facts_conversation_id"), "turn_facts", ["conversation_id"])
    for name, where in (("missed", "missed <> '{}'"), ("unsettled", "NOT settled")):
        op.create_index(
            f"ix_turn_facts_{name}", "turn_facts", ["merchant_id", "at"], postgresql_where=sa.text(where)
        )
    op.create_table(
        "merchant_days",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        *_counts("conversations started reopened handed_over resolved"),
        *_counts("customer_messages assistant_messages person_messages"),
        *_counts("turns answered fell_back apologised undelivered erroneous"),
        sa.Column("confidence", sa.Float(), nullable=False),
        *_counts("products responses"),
        sa.Column("response_ms", sa.BigInteger(), nullable=False),
        sa.Column("response_times", postgresql.JSONB(), nullable=False),
        sa.Column("silences", postgresql.JSONB(), nullable=False),
        *_counts("searches"),
        sa.Column("search_ms", sa.Float(), nullable=False),
        *_counts("results remembered missed empty"),
        sa.Column("deliveries", postgresql.JSONB(), nullable=False),
        *_counts("clicks orders buyers"),
        sa.Column("revenue", postgresql.JSONB(), nullable=False),
        _merchant("merchant_days"),
        sa.PrimaryKeyConstraint("merchant_id", "day", name=op.f("pk_merchant_days")),
    )
    op.create_table(
        "turn_days",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        *_counts("turns handed_over erroneous"),
        sa.Column("confidence", sa.Float(), nullable=False),
        *_counts("products"),
        sa.Column("microdollars", sa.BigInteger(), nullable=False),
        *_counts("responses"),
        sa.Column("response_ms", sa.BigInteger(), nullable=False),
        _merchant("turn_days"),
        sa.PrimaryKeyConstraint("merchant_id", "day", "rung", "intent", name=op.f("pk_turn_days")),
    )
    op.create_table(
        "uptime_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_minute", sa.Integer(), nullable=False),
        sa.Column("last_minute", sa.Integer(), nullable=False),
        sa.Column("last_ready", sa.Boolean(), nullable=False),
        sa.Column("ready_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_uptime_days")),
    )


def _counts(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names.split()]


def _merchant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["merchant_id"], ["merchants.id"], name=op.f(f"fk_{table}_merchant_id"), ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in ("uptime_days", "turn_days", "merchant_days", "turn_facts"):
        op.drop_table(table)
