"""what an import did is known after its products are forgotten"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COUNTS = ("created", "changed", "deactivated")


def upgrade() -> None:
    for name in COUNTS:
        op.add_column("imports", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.execute("""
        UPDATE imports SET created = made.created, changed = made.changed, deactivated = made.deactivated
        FROM (
            SELECT import_id, count(*) FILTER (WHERE change = 'created') AS created,
                count(*) FILTER (WHERE change = 'changed') AS changed,
                count(*) FILTER (WHERE change = 'deactivated') AS deactivated
            FROM import_products GROUP BY import_id
        ) AS made
        WHERE made.import_id = imports.id
    """)


def downgrade() -> None:
    for name in COUNTS:
        op.drop_column("imports", name)
