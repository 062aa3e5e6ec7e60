"""An order as a webhook brings it: only what tells whether a reply led to it, and what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.money import CURRENCIES, parse_amount
from models.referral import code_in
from sources.shopify.webhooks import moment, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`code` is of the link by which the visit began. The amount is without shipping and taxes that are
    added, in the store's currency.
    """

    id: str
    code: str
    amount_minor: int
    currency: str
    at: datetime


def led_by(body: Mapping[str, Any]) -> Order | None:
    """None for one that did not begin at a link of ours, is a test, or cannot be read."""
    order_id, at = number(body), moment(body.get("created_at"))
    landing = body.get("landing_site")  # the first page of the visit: /products/linen-shirt?ref=CODE
    code = code_in(landing) if isinstance(landing, str) else None
    currency, subtotal = body.get("currency"), body.get("subtotal_price")
    if order_id is None or at is None or code is None or body.get("test") is True:
        return None
    if not isinstance(currency, str) or currency not in CURRENCIES or not isinstance(subtotal, str):
        return None
    try:
        amount = parse_amount(subtotal, currency)
    except ValueError:
        return None
    return Order(id=order_id, code=code, amount_minor=amount, currency=currency, at=at)
