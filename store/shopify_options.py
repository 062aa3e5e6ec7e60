"""What a store calls the options of its products, and what each was taken for when they were last read."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# The products that were read last: a store has few names for its options, and thousands of products.
SAMPLE = 400
_VALUES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSeen:
    """`kinds`: what it was taken for, the commonest first; "none" is one of them."""

    name: str
    kinds: tuple[str, ...]
    values: tuple[str, ...]
    products: int


_SEEN = text("""
    WITH sample AS (
        SELECT body->'metadata'->'options' AS options FROM products
        WHERE merchant_id = :merchant_id AND NOT deleted ORDER BY seq DESC LIMIT :sample
    ), each AS (
        SELECT key AS name, value->>'is' AS kind, value->'values' AS options
        FROM sample, jsonb_each(CASE jsonb_typeof(options) WHEN 'object' THEN options ELSE '{}' END)
    ), kinds AS (
        SELECT name, kind, count(*) AS products FROM each GROUP BY name, kind
    ), worth AS (
        SELECT name, one AS value, count(*) AS times
        FROM each, jsonb_array_elements_text(
            CASE jsonb_typeof(options) WHEN 'array' THEN options ELSE '[]' END) AS one
        GROUP BY name, one
    )
    SELECT name, sum(products) AS products, array_agg(kind ORDER BY products DESC, kind) AS kinds,
           ARRAY(SELECT value FROM worth WHERE worth.name = kinds.name
                 ORDER BY times DESC, value LIMIT :values) AS values
    FROM kinds GROUP BY name ORDER BY products DESC, name LIMIT 100
""")


async def seen(connection: AsyncConnection, merchant_id: str) -> list[OptionSeen]:
    """The commonest first."""
    found = await connection.execute(_SEEN, {"merchant_id": merchant_id, "sample": SAMPLE, "values": _VALUES})
    return [
        OptionSeen(
            name=row.name, kinds=tuple(row.kinds), values=tuple(row.values), products=int(row.products)
        )
        for row in found
    ]
