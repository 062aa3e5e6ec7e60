"""when accounts were last asked for comments"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment_polls",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["channel", "account_id"],
            ["accounts.channel", "accounts.account_id"],
            name=op.f("fk_comment_polls_channel_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("channel", "account_id", name=op.f("pk_comment_polls")),
    )
    op.create_index(
        "ix_inbox_unread_mention",
        "inbox",
        ["channel", "account_id"],
        postgresql_where=sa.text("reason = 'mention' AND event->>'text' = ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_inbox_unread_mention", table_name="inbox")
    op.drop_table("comment_polls")
