"""merchants with a catalog actor of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement", sa.Column("dedicated", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("placement", "dedicated")
