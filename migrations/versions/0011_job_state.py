"""what a job has to know to go on; one sync of a store at a time"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    state = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("jobs", sa.Column("state", state, server_default="{}", nullable=False))
    op.create_index(
        "ix_jobs_shopify",
        "jobs",
        ["merchant_id", sa.text("(options->>'mode')")],
        unique=True,
        postgresql_where="status = 'running' AND kind = 'shopify_sync'",
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_shopify", "jobs")
    op.drop_column("jobs", "state")
