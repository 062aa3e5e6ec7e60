"""What a database's tables look like, and what of it the code of before would miss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COLUMNS = """
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
           a.attnotnull AS required, a.attidentity <> '' OR d.oid IS NOT NULL AS filled,
           a.attidentity::text || coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS default
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
    WHERE a.attnum > 0 AND NOT a.attisdropped
"""
# Table, what it holds rows to, how that is written.
_RULES = """
    SELECT conrelid::regclass::text, true, conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'p', 'u', 'x')
    UNION SELECT indrelid::regclass::text, indisunique, pg_get_indexdef(indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION SELECT tgrelid::regclass::text, false, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION SELECT '', false, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Column:
    type: str
    required: bool
    filled: bool  # by the database, where a row does not say
    default: str


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """An index, a constraint, a trigger, a function."""

    table: str
    binding: bool  # rows are held to it, and statements may rely on it
    definition: str

    @property
    def relied_on(self) -> bool:
        """No statement needs a foreign key to be there: without it rows may outlive those they are of."""
        return self.binding and " FOREIGN KEY " not in self.definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    columns: Mapping[tuple[str, str], Column]
    rules: frozenset[Rule]

    @property
    def tables(self) -> set[str]:
        return {table for table, _ in self.columns}


async def schema(connection: AsyncConnection) -> Schema:
    columns = (await connection.execute(text(_COLUMNS))).all()
    rules = (await connection.execute(text(_RULES))).all()
    return Schema(
        columns={(table, name): Column(*rest) for table, name, *rest in columns},
        rules=frozenset(Rule(*each) for each in rules),
    )


def missed(before: Schema, after: Schema) -> list[str]:
    """What the code of before, still running beside the new one, would stumble over; in words."""
    return sorted({*_gone(before, after), *_demanded(before, after)})


def _gone(before: Schema, after: Schema) -> Iterator[str]:
    for table in before.tables - after.tables:
        yield f"the table {table} is gone"
    for (table, name), was in before.columns.items():
        if table not in after.tables:
            continue
        now = after.columns.get((table, name))
        if now is None:
            yield f"{table}.{name} is gone"
        elif now.type != was.type:
            yield f"{table}.{name} was {was.type} and is {now.type}"
        elif was.filled and not now.filled:
            yield f"{table}.{name} has lost its default"
    for rule in before.rules - after.rules:
        if rule.relied_on and rule.table in after.tables:
            yield f"{rule.table} has lost: {rule.definition}"


def _demanded(before: Schema, after: Schema) -> Iterator[str]:
    for (table, name), now in after.columns.items():
        was = before.columns.get((table, name))
        asked_before = was is not None and was.required
        if table in before.tables and now.required and not now.filled and not asked_before:
            yield f"{table}.{name} has to be given"
        elif was is not None and now.required and not was.required:
            yield f"{table}.{name} may no longer be NULL"
    for rule in after.rules - before.rules:
        if rule.binding and rule.table in before.tables:
            yield f"{rule.table} is held to: {rule.definition}"
