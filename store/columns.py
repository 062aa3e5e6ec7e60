"""The columns that many tables have, and what all tables are listed in."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, MetaData, Text, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def now(name: str) -> Column[object]:
    """When the row was made, or changed last."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=text("now()"))


def moment(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


def merchant(*, primary: bool = False, nullable: bool = False) -> Column[object]:
    """Whose row it is, and with whom it goes."""
    return Column(
        "merchant_id",
        Text,
        ForeignKey("merchants.id", ondelete="CASCADE"),
        primary_key=primary,
        nullable=nullable,
    )


def conversation() -> Column[object]:
    return Column(
        "conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False
    )
