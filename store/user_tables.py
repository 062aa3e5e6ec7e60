"""The tables of who may come in, and of what they changed. Beside store/tables.py; the same rules hold."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from store.columns import merchant, metadata, moment, now


def _user(*, primary: bool = False, nullable: bool = False) -> Column[object]:
    return Column(
        "user_id",
        Text,
        ForeignKey("users.id", ondelete="CASCADE"),
        primary_key=primary,
        nullable=nullable,
    )


users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),  # store.users.Role
    Column("email", Text, nullable=False),  # as it was written
    Column("email_key", Text, nullable=False, unique=True),  # as it is compared
    Column("name", Text, nullable=False),
    Column("password_hash", Text),  # argon2id; None: not set yet
    moment("disabled_at"),
    moment("signed_in_at"),
    now("created_at"),
)

# Which shops a merchant's user sees. An operator sees all and has no rows here.
user_merchants = Table(
    "user_merchants",
    metadata,
    _user(primary=True),
    merchant(primary=True),
    Index(None, "merchant_id"),
)

# By the hash of the id: who reads the table cannot come in with it.
sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", Text, primary_key=True),
    _user(nullable=True),  # None: entered by the link of the start
    now("created_at"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

# A link with which one user sets a password, once. A newer one takes its place.
invitations = Table(
    "invitations",
    metadata,
    _user(primary=True),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("prefix", Text, nullable=False),  # its readable beginning
    Column("name", Text, nullable=False),
    merchant(nullable=True),  # None: the whole installation
    Column("created_by", Text, nullable=False),  # as the audit log names them
    now("created_at"),
    moment("last_used_at"),  # to the minute
    moment("revoked_at"),
    Index(None, "merchant_id"),
)

# What people and programs changed: names of fields, never what was in them.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    now("at"),
    Column("merchant_id", Text),  # it may be gone; None: of the installation
    Column("actor_kind", Text, nullable=False),  # web.principal.Kind
    Column("actor_id", Text, nullable=False),  # of a user or token; else empty
    Column("actor_name", Text, nullable=False),  # as it was called then
    Column("action", Text, nullable=False),  # subject.verb
    Column("target", Text),
    Column("fields", ARRAY(Text), nullable=False),
    Index(None, "merchant_id", "id"),
    Index(None, "actor_id", "id"),
    Index(None, "action", "id"),
    Index(None, "at"),
)

# Sign-ins that failed, by the hash of an e-mail or of where they came from.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("resets_at", DateTime(timezone=True), nullable=False),
    Index(None, "resets_at"),
)
