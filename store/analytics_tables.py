"""The tables that figures are read from. Beside store/tables.py; the same rules hold.

All of it can be counted again from what turns, deliveries, clicks and orders left on record.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from store.columns import merchant, metadata


def _count(name: str) -> Column[object]:
    return Column(name, Integer, nullable=False)


# One slim row for each turn: what its log says in numbers. `rung` and `intent` are empty where nobody was
# answered; then `silence` says why.
turn_facts = Table(
    "turn_facts",
    metadata,
    Column("execution_id", Text, primary_key=True),
    merchant(),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),  # when the turn began
    Column("rung", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("silence", Text),
    Column("handed_over", Boolean, nullable=False),
    Column("fell_back", Boolean, nullable=False),  # a rung failed, or the budget passed it by
    Column("undelivered", Boolean, nullable=False),  # a part of it failed for good
    Column("confidence", Float, nullable=False),
    _count("products"),
    Column("microdollars", BigInteger, nullable=False),
    Column("response_ms", BigInteger),  # None: nothing has been sent, or nobody had written
    _count("searches"),
    Column("search_ms", Float, nullable=False),
    _count("results"),
    _count("remembered"),  # searches answered from memory
    Column("missed", ARRAY(Text), nullable=False),  # queries nothing fitted as it was asked for
    _count("empty"),  # of these, those that found nothing at all
    Column("settled", Boolean, nullable=False),  # every part of it has ended
    Column("experiment", Text, nullable=False, server_default=""),
    Column("variant", Text, nullable=False, server_default=""),
    Index(None, "merchant_id", "at", "execution_id"),
    Index(None, "conversation_id"),
    Index("ix_turn_facts_missed", "merchant_id", "at", postgresql_where=text("missed <> '{}'")),
    Index("ix_turn_facts_unsettled", "merchant_id", "at", postgresql_where=text("NOT settled")),
    Index("ix_turn_facts_variant", "merchant_id", "at", postgresql_where=text("experiment <> ''")),
)

# A merchant's day, from midnight to midnight in `zone`. Sums only, so that days add up to weeks.
merchant_days = Table(
    "merchant_days",
    metadata,
    merchant(primary=True),
    Column("day", Date, primary_key=True),
    Column("zone", Text, nullable=False),
    # Conversations a customer wrote in.
    _count("conversations"),
    _count("started"),
    _count("reopened"),
    _count("handed_over"),
    _count("resolved"),
    _count("customer_messages"),
    _count("assistant_messages"),
    _count("person_messages"),
    # Turns.
    _count("turns"),
    _count("answered"),
    _count("fell_back"),
    _count("apologised"),
    _count("undelivered"),
    _count("erroneous"),  # apologised or undelivered
    Column("confidence", Float, nullable=False),  # the sum of it
    _count("products"),
    _count("responses"),  # turns whose first part was sent
    Column("response_ms", BigInteger, nullable=False),
    Column("response_times", JSONB, nullable=False),  # models.histogram: bucket -> turns
    Column("silences", JSONB, nullable=False),  # reason -> turns
    # Searches.
    _count("searches"),
    Column("search_ms", Float, nullable=False),
    _count("results"),
    _count("remembered"),
    _count("missed"),
    _count("empty"),
    # What came of it.
    Column("deliveries", JSONB, nullable=False),  # "sent", "failed/reason" ... -> parts
    _count("clicks"),
    _count("orders"),
    _count("buyers"),  # conversations an order came from
    Column("revenue", JSONB, nullable=False),  # currency -> minor units
)

# Answered turns of a merchant's day, by who answered and what was asked.
turn_days = Table(
    "turn_days",
    metadata,
    merchant(primary=True),
    Column("day", Date, primary_key=True),
    Column("rung", Text, primary_key=True),
    Column("intent", Text, primary_key=True),
    _count("turns"),
    _count("handed_over"),
    _count("erroneous"),
    Column("confidence", Float, nullable=False),
    _count("products"),
    Column("microdollars", BigInteger, nullable=False),
    _count("responses"),
    Column("response_ms", BigInteger, nullable=False),
)

# A customer's day in an experiment. By customer, as each is counted once however many days they came.
variant_days = Table(
    "variant_days",
    metadata,
    merchant(primary=True),
    Column("experiment", Text, primary_key=True),
    Column(
        "conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("day", Date, primary_key=True),
    Column("variant", Text, primary_key=True),
    Column("zone", Text, nullable=False),
    _count("turns"),
    # Of these turns.
    _count("answered"),
    _count("handed_over"),
    _count("erroneous"),
    _count("fell_back"),
    _count("missed"),
    _count("responses"),
    # That day, from links of turns of this variant.
    _count("clicks"),
    _count("orders"),
    Column("response_ms", BigInteger, nullable=False),
    Column("microdollars", BigInteger, nullable=False),
    Index(None, "conversation_id"),
)

# Minutes in which somebody looked whether everything answers, by day in UTC.
uptime_days = Table(
    "uptime_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("first_minute", Integer, nullable=False),  # of the day, the first that was looked at
    Column("last_minute", Integer, nullable=False),
    Column("last_ready", Boolean, nullable=False),
    Column("ready_minutes", Integer, nullable=False),
)
