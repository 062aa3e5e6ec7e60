"""customers are found by the beginning of their ids"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAME = "ix_conversations_customer"


def upgrade() -> None:
    op.create_index(
        NAME,
        "conversations",
        ["merchant_id", "customer_id"],
        postgresql_ops={"customer_id": "text_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_index(NAME, "conversations")
