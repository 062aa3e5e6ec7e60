"""How popular each product of a shop is: its days, each counting half after HALF_LIFE_DAYS.

A day is worth CLICK for every customer who clicked, and ln(1 + recommendations). What is recommended is our
own doing, and would feed itself: shown a hundred times a day counts seven times as much as shown once. A
click is the customer's choice, and one customer's counts once a day, however often it is tapped: it is
worth as much as being shown 150 times that day.
"""

from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

HALF_LIFE_DAYS = 30
CLICK = 5.0
# What is older counts less than a thousandth.
_DAYS = 10 * HALF_LIFE_DAYS


async def of(connection: AsyncConnection, merchant_id: str, today: date) -> dict[str, float]:
    """By product id; who is not named has none."""
    found = await connection.execute(
        text("""
            SELECT product_id,
                   sum((:click * clickers + ln(1 + recommendations))
                       * power(0.5, (CAST(:today AS date) - day) / CAST(:half_life AS float))) AS popularity
            FROM product_days WHERE merchant_id = :merchant_id AND day > :oldest GROUP BY product_id
        """),
        {
            "merchant_id": merchant_id,
            "click": CLICK,
            "today": today,
            "half_life": HALF_LIFE_DAYS,
            "oldest": today - timedelta(days=_DAYS),
        },
    )
    return {row.product_id: float(row.popularity) for row in found}
