"""Turns of the last ninety days, made by the ten thousand: their logs and what became of them."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from actors.figure_roll_ups import FigureRollUps

# More of them lately than long ago; of each hundred some fail, fall back, or find nothing.
_TURNS = (
    """
    INSERT INTO executions (id, merchant_id, conversation_id, turn, reply, steps, silence_reason,
                            started_at)
    SELECT 'turn-' || n, :shop, c.id, jsonb_build_object('id', 'turn-' || n, 'text', 'a linen dress, please'),
        CASE WHEN n % 20 > 0 THEN jsonb_build_object(
            'rung', CASE WHEN n % 50 = 1 THEN 'apology' WHEN n % 7 = 0 THEN 'rules' ELSE 'model' END,
            'intent', CASE n % 3 WHEN 0 THEN 'price_inquiry' ELSE 'product_search' END,
            'confidence', 0.8, 'cost_microdollars', n % 9000, 'handover', NULL,
            'cards', jsonb_build_array(jsonb_build_object(
                'product_id', 'ware-' || lpad(CAST(n % 900 AS text), 6, '0')))
        ) END,
        jsonb_build_array(jsonb_build_object(
            'name', 'search_products', 'status', 'ok', 'duration_ms', n % 80, 'data', jsonb_build_object(
                'query', 'linen ' || n % 300, 'found', CASE WHEN n % 30 = 0 THEN 0 ELSE n % 10 + 1 END,
                'relaxed', '[]'::jsonb, 'remembered', n % 2 = 0))),
        CASE WHEN n % 20 = 0 THEN 'paused' END,
        now() - power(CAST(n % 10007 AS float) / 10007, 2) * interval '90 days'
    FROM generate_series(1, :turns) AS n
    JOIN conversations c ON c.merchant_id = :shop AND c.customer_id = 'customer-' || (n % :customers + 1)
    """,
    """
    INSERT INTO inbox (channel, account_id, key, merchant_id, conversation_id, bucket, kind, event, at,
                       status, execution_id)
    SELECT 'instagram', 'account', id, merchant_id, conversation_id, 0, 'message', '{}',
        started_at - interval '1.5 seconds', 'answered', id
    FROM executions WHERE merchant_id = :shop
    """,
    """
    INSERT INTO outbox (merchant_id, conversation_id, execution_id, part, body, status, reason, expires_at,
                        sent_at, created_at)
    SELECT merchant_id, conversation_id, id, 1, '{}', 'sent', NULL, started_at,
        started_at + interval '2 seconds', started_at
    FROM executions WHERE merchant_id = :shop AND silence_reason IS NULL
    """,
)


async def make_turns(engine: AsyncEngine, shop: str, turns: int, customers: int) -> None:
    """Of customers who are there, named customer-1 and so on; counted by day as the job actor does it."""
    values = {"shop": shop, "turns": turns, "customers": customers}
    async with engine.begin() as connection:
        for statement in _TURNS:
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            await connection.execute(text(statement), used)
        await connection.execute(text("ANALYZE"))
    await FigureRollUps(engine).run(datetime.now(UTC))
