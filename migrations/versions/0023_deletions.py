"""what was asked to be deleted is on record by itself; a merchant may leave"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Of those of before nobody knows any more whom they were about.
KEPT = """
    INSERT INTO deletions (code, what, asked_by, keys, held, asked_at, done_at)
    SELECT substr(key, 10), 'account', 'instagram', '{}', CAST(value->>'accounts' AS integer),
           CAST(value->>'at' AS timestamptz), CAST(value->>'at' AS timestamptz)
    FROM installation WHERE key LIKE 'deletion:%'
"""
# Code of before, running on for a while, still shows them.
LEFT = """
    UPDATE installation SET expires_at = now() + interval '30 days' WHERE key LIKE 'deletion:%'
"""
BACK = "UPDATE installation SET expires_at = NULL WHERE key LIKE 'deletion:%'"


def upgrade() -> None:
    op.create_table(
        "deletions",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Text()),
        sa.Column("keys", ARRAY(sa.Text()), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_deletions")),
    )
    op.create_index(op.f("ix_deletions_asked_at"), "deletions", ["asked_at"])
    op.execute(KEPT)
    op.execute(LEFT)
    op.add_column("merchants", sa.Column("leaving_at", sa.DateTime(timezone=True)))
    op.drop_constraint(op.f("fk_audit_log_merchant_id"), "audit_log", type_="foreignkey")


def downgrade() -> None:
    op.execute("UPDATE audit_log SET merchant_id = NULL WHERE merchant_id NOT IN (SELECT id FROM merchants)")
    op.create_foreign_key(
        op.f("fk_audit_log_merchant_id"),
        "audit_log",
        "merchants",
        ["merchant_id"],
        ["id"],
        ondelete="CASCADE",
    )
    # Who was leaving is gone for the code of before, too: it knows no way to end what was begun.
    op.execute("DELETE FROM merchants WHERE leaving_at IS NOT NULL")
    op.drop_column("merchants", "leaving_at")
    op.execute(BACK)
    op.drop_table("deletions")
