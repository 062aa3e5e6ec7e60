"""what the console lists conversations by, and the log of what happened, for who looks on"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Partial ones hold little: most conversations are none of these.
LISTED_WHERE = {
    "ix_conversations_handover": "handover_at IS NOT NULL",
    "ix_conversations_paused": "paused_until IS NOT NULL",
    "ix_conversations_unanswered": "unanswered_since IS NOT NULL",
    "ix_conversations_commented": "commented_at IS NOT NULL",
}
FAILED_STEP = (
    """steps @? '$[*]?(@."status" == "failed" && (@."name" == "model" || @."name" == "model_short" """
    """|| @."name" == "rules" || @."name" == "grounding"))'"""
)

# Table, when it fires, under which condition, what is noted of it: kind and data.
TRIGGERS = (
    (
        "inbox",
        "INSERT",
        "NEW.kind IN ('message', 'comment')",
        "'message'",
        "jsonb_build_object('role', 'customer')",
    ),
    (
        "messages",
        "INSERT",
        "NEW.role = 'person'",
        "'message'",
        "jsonb_build_object('role', NEW.role)",
    ),
    (
        "messages_amended",
        "UPDATE OF text",
        "NEW.text IS DISTINCT FROM OLD.text",
        "'message'",
        "jsonb_build_object('role', NEW.role)",
    ),
    (
        "executions",
        "INSERT",
        "true",
        "'turn'",
        "jsonb_build_object('execution_id', NEW.id, 'silence_reason', NEW.silence_reason)",
    ),
    (
        "conversations",
        "UPDATE",
        "(NEW.handover_at, NEW.paused_until) IS DISTINCT FROM (OLD.handover_at, OLD.paused_until)",
        """CASE WHEN NEW.handover_at IS DISTINCT FROM OLD.handover_at AND NEW.handover_at IS NOT NULL
             THEN 'handover' WHEN NEW.paused_until IS NULL THEN 'resume' ELSE 'pause' END""",
        "'{}'::jsonb",  # the reason may hold a customer's words
    ),
    (
        "outbox",
        "UPDATE OF status",
        "NEW.status <> OLD.status AND NEW.status IN ('sent', 'failed', 'cancelled')",
        "'delivery'",
        """jsonb_build_object('execution_id', NEW.execution_id, 'part', NEW.part,
                              'status', NEW.status, 'reason', NEW.reason)""",
    ),
    (
        "jobs",
        "INSERT OR UPDATE OF status, total, done",
        "true",
        "'job'",
        """jsonb_build_object('id', NEW.id, 'kind', NEW.kind, 'status', NEW.status,
                              'total', NEW.total, 'done', NEW.done)""",
    ),
)


def upgrade() -> None:
    op.add_column("conversations", sa.Column("customer_name", sa.Text()))
    op.add_column("conversations", sa.Column("unanswered_since", sa.DateTime(timezone=True)))
    op.add_column("conversations", sa.Column("commented_at", sa.DateTime(timezone=True)))
    _fill()
    op.drop_index("ix_conversations_handover", "conversations")
    op.drop_index("ix_conversations_merchant_id_updated_at", "conversations")
    op.create_index(
        "ix_conversations_merchant_id_updated_at_id", "conversations", ["merchant_id", "updated_at", "id"]
    )
    for name, where in LISTED_WHERE.items():
        op.create_index(
            name, "conversations", ["merchant_id", "updated_at", "id"], postgresql_where=sa.text(where)
        )
    op.create_index(
        "ix_messages_words",
        "messages",
        [sa.text("to_tsvector('simple'::regconfig, text)")],
        postgresql_using="gin",
        postgresql_where=sa.text("role <> 'assistant'"),
    )
    op.create_index(
        "ix_outbox_failed",
        "outbox",
        ["merchant_id", "created_at"],
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.create_index(
        "ix_executions_failed",
        "executions",
        ["merchant_id", "started_at"],
        postgresql_where=sa.text(FAILED_STEP),
    )
    _log()


def _fill() -> None:
    op.execute("""
        UPDATE conversations c SET commented_at = i.commented_at, customer_name = i.customer_name
        FROM (
            SELECT conversation_id, max(received_at) FILTER (WHERE kind = 'comment') AS commented_at,
                   (array_agg(event->>'username' ORDER BY seq DESC)
                    FILTER (WHERE event->>'username' IS NOT NULL))[1] AS customer_name
            FROM inbox WHERE kind IN ('message', 'comment') GROUP BY conversation_id
        ) i WHERE i.conversation_id = c.id
    """)
    op.execute("""
        UPDATE conversations c SET unanswered_since = i.at
        FROM (
            SELECT DISTINCT ON (conversation_id) conversation_id, at FROM inbox
            WHERE status = 'silent' AND reason = 'paused' ORDER BY conversation_id, seq DESC
        ) i
        WHERE i.conversation_id = c.id AND NOT EXISTS (
            SELECT FROM messages m WHERE m.conversation_id = c.id AND m.role <> 'customer' AND m.at > i.at
        )
    """)


def _log() -> None:
    op.create_table(
        "events",
        sa.Column(
            "tx",
            sa.BigInteger(),
            nullable=False,
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_events_merchant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tx", "id", name=op.f("pk_events")),
    )
    for name, fires, when, kind, data in TRIGGERS:
        table = name.removesuffix("_amended")
        conversation = (
            "NULL" if table == "jobs" else "NEW.id" if table == "conversations" else "NEW.conversation_id"
        )
        op.execute(f"""
            CREATE FUNCTION note_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO events (merchant_id, conversation_id, kind, data)
                VALUES (NEW.merchant_id, {conversation}, {kind}, {data});
                RETURN NULL;
            END $$
        """)  # noqa: S608 - the constants above
        op.execute(
            f"""
            CREATE TRIGGER note AFTER {fires} ON {table} FOR EACH ROW WHEN ({when})
            EXECUTE FUNCTION note_{name}()
        """.replace("TRIGGER note ", f"TRIGGER note_{name} ")
        )


def downgrade() -> None:
    for name, *_ in TRIGGERS:
        op.execute(f"DROP FUNCTION note_{name}() CASCADE")
    op.drop_table("events")
    op.drop_index("ix_executions_failed", "executions")
    op.drop_index("ix_outbox_failed", "outbox")
    op.drop_index("ix_messages_words", "messages")
    for name in LISTED_WHERE:
        op.drop_index(name, "conversations")
    op.drop_index("ix_conversations_merchant_id_updated_at_id", "conversations")
    op.create_index(
        op.f("ix_conversations_merchant_id_updated_at"), "conversations", ["merchant_id", "updated_at"]
    )
    op.create_index(
        "ix_conversations_handover",
        "conversations",
        ["merchant_id", "id"],
        postgresql_where=sa.text("handover_at IS NOT NULL"),
    )
    for column in ("commented_at", "unanswered_since", "customer_name"):
        op.drop_column("conversations", column)
