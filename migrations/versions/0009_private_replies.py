"""private replies are found by their message ids, whichever conversation they are in"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_outbox_private",
        "outbox",
        ["merchant_id", "message_id"],
        postgresql_where="comment_id IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_private", "outbox")
