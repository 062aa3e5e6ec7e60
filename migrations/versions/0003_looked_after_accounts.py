"""accounts: both ids, the life of the token, what is subscribed, the last event"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    moment = sa.DateTime(timezone=True)
    op.add_column("accounts", sa.Column("app_scoped_id", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("username", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("permissions", json, nullable=True))
    op.add_column("accounts", sa.Column("subscribed", json, nullable=True))
    op.add_column("accounts", sa.Column("token_at", moment, server_default=sa.text("now()"), nullable=False))
    op.add_column("accounts", sa.Column("expires_at", moment, nullable=True))
    op.add_column("accounts", sa.Column("checked_at", moment, nullable=True))
    op.add_column("accounts", sa.Column("last_event_at", moment, nullable=True))
    # What is there already got its token when it was connected.
    op.execute("UPDATE accounts SET token_at = connected_at")


def downgrade() -> None:
    for column in (
        "last_event_at",
        "checked_at",
        "expires_at",
        "token_at",
        "subscribed",
        "permissions",
        "username",
        "app_scoped_id",
    ):
        op.drop_column("accounts", column)
