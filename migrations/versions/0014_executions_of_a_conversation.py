"""the turns of one conversation are found, and deleted with it, without looking at all others"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME = "ix_executions_conversation_id_started_at"


def upgrade() -> None:
    op.create_index(NAME, "executions", ["conversation_id", "started_at"])


def downgrade() -> None:
    op.drop_index(NAME, "executions")
