"""users, their sessions and links, tokens of programs, and what each of them changed"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _until(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _reference(table: str, column: str, target: str, *, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.Text(), nullable=nullable),
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"),
    ]


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def upgrade() -> None:
    _create_users()
    _create_tokens_and_log()


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        _moment("disabled_at"),
        _moment("signed_in_at"),
        _now("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_key", name=op.f("uq_users_email_key")),
    )
    op.create_table(
        "user_merchants",
        *_reference("user_merchants", "user_id", "users.id"),
        *_reference("user_merchants", "merchant_id", "merchants.id"),
        sa.PrimaryKeyConstraint("user_id", "merchant_id", name=op.f("pk_user_merchants")),
    )
    _index("user_merchants", "merchant_id")
    op.create_table(
        "sessions",
        sa.Column("id_hash", sa.Text(), nullable=False),
        *_reference("sessions", "user_id", "users.id", nullable=True),
        _now("created_at"),
        _until("expires_at"),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_sessions")),
    )
    _index("sessions", "user_id")
    _index("sessions", "expires_at")
    op.create_table(
        "invitations",
        *_reference("invitations", "user_id", "users.id"),
        sa.Column("code_hash", sa.Text(), nullable=False),
        _until("expires_at"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        _until("resets_at"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failures")),
    )
    _index("sign_in_failures", "resets_at")


def _create_tokens_and_log() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *_reference("api_tokens", "merchant_id", "merchants.id", nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        _now("created_at"),
        _moment("last_used_at"),
        _moment("revoked_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_tokens_hash")),
    )
    _index("api_tokens", "merchant_id")
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _now("at"),
        *_reference("audit_log", "merchant_id", "merchants.id", nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    _index("audit_log", "merchant_id", "id")
    _index("audit_log", "actor_id", "id")
    _index("audit_log", "action", "id")
    _index("audit_log", "at")


def downgrade() -> None:
    for table in (
        "audit_log",
        "api_tokens",
        "sign_in_failures",
        "invitations",
        "sessions",
        "user_merchants",
        "users",
    ):
        op.drop_table(table)
