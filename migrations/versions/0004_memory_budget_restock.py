"""preferences with weight and age, hand-overs, spending, restock wishes, interim parts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A preference was a word; now it has a weight and the time it was last said. Of the old ones that is not
# known: they count as said once, when the customer was last heard.
_AGED = """
    CREATE FUNCTION pg_temp.changed(preferences jsonb, at timestamptz) RETURNS jsonb LANGUAGE sql AS $$
        SELECT coalesce(jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) <> 'array' THEN value ELSE (
            SELECT coalesce(jsonb_agg(
                jsonb_build_object('value', v, 'weight', 1.0, 'at', at) ORDER BY n
            ), '[]')
            FROM jsonb_array_elements(value) WITH ORDINALITY AS e(v, n)
        ) END), '{}') FROM jsonb_each(preferences)
    $$
"""
_PLAIN = """
    CREATE FUNCTION pg_temp.changed(preferences jsonb, at timestamptz) RETURNS jsonb LANGUAGE sql AS $$
        SELECT coalesce(jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) <> 'array' THEN value ELSE (
            SELECT coalesce(jsonb_agg(v->'value' ORDER BY n), '[]')
            FROM jsonb_array_elements(value) WITH ORDINALITY AS e(v, n)
        ) END), '{}') FROM jsonb_each(preferences)
    $$
"""
_KEPT_IN = (
    ("conversations", "memory", "{preferences}", "coalesce(last_customer_at, updated_at)"),
    ("executions", "turn", "{memory,preferences}", "started_at"),
    ("executions", "reply", "{memory,preferences}", "started_at"),
)


def _change_preferences(function: str) -> None:
    op.execute(function)
    for table, column, path, at in _KEPT_IN:
        op.execute(
            f"UPDATE {table} SET {column} = jsonb_set({column}, '{path}', "  # noqa: S608 - constants
            f"pg_temp.changed({column} #> '{path}', {at})) "
            f"WHERE jsonb_typeof({column} #> '{path}') = 'object'"
        )
    op.execute("DROP FUNCTION pg_temp.changed")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("handover_reason", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("handover_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE conversations SET handover_reason = pause_reason, handover_at = updated_at "
        "WHERE paused_until > now() AND pause_reason NOT IN ('person_answered', 'paused_by_person')"
    )
    op.create_index(
        "ix_conversations_handover",
        "conversations",
        ["merchant_id", "id"],
        unique=False,
        postgresql_where=sa.text("handover_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_interim", "outbox", ["execution_id"], unique=True, postgresql_where=sa.text("part = 0")
    )
    op.create_table(
        "spending",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("microdollars", sa.BigInteger(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_spending_merchant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("merchant_id", "day", name=op.f("pk_spending")),
    )
    op.create_table(
        "restock_wishes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("variant_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_restock_wishes_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_restock_wishes_merchant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restock_wishes")),
        sa.UniqueConstraint(
            "conversation_id", "product_id", name=op.f("uq_restock_wishes_conversation_id_product_id")
        ),
    )
    op.create_index(
        op.f("ix_restock_wishes_merchant_id_product_id"),
        "restock_wishes",
        ["merchant_id", "product_id"],
        unique=False,
    )
    _change_preferences(_AGED)


def downgrade() -> None:
    _change_preferences(_PLAIN)
    op.drop_table("restock_wishes")
    op.drop_table("spending")
    op.drop_index("ix_outbox_interim", table_name="outbox", postgresql_where=sa.text("part = 0"))
    op.drop_index(
        "ix_conversations_handover",
        table_name="conversations",
        postgresql_where=sa.text("handover_at IS NOT NULL"),
    )
    op.drop_column("conversations", "handover_at")
    op.drop_column("conversations", "handover_reason")
