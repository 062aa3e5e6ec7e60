"""What Shopify's GraphQL answers: data, what it cost, or which error it reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sources.shopify.errors import Refused, ShopifyError, StoreAway, Unreachable

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Points: at most, now, and back each second."""

    maximum: float
    available: float
    restore_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    requested: float | None
    throttle: Throttle | None


class Throttled(ShopifyError):
    """Never leaves the client: it waits."""


def cost_of(answer: Mapping[str, Any]) -> Cost:
    cost = child(child(answer, "extensions"), "cost")
    status = child(cost, "throttleStatus")
    maximum, available, rate = (
        number(status.get(name)) for name in ("maximumAvailable", "currentlyAvailable", "restoreRate")
    )
    throttle = None
    if maximum is not None and available is not None and rate is not None:
        throttle = Throttle(maximum=maximum, available=available, restore_rate=rate)
    return Cost(requested=number(cost.get("requestedQueryCost")), throttle=throttle)


def error_of(answer: Mapping[str, Any]) -> ShopifyError | None:
    """What the `errors` say. Data that came beside them is not all that was asked for, and not taken."""
    errors = answer.get("errors")
    if not errors:
        return None if isinstance(answer.get("data"), dict) else Unreachable("the answer has no data")
    if not isinstance(errors, list):
        return Refused(str(errors)[:300])
    problems = [problem for problem in errors if isinstance(problem, dict)]
    codes = {str(child(problem, "extensions").get("code")) for problem in problems}
    said = "; ".join(str(problem.get("message"))[:200] for problem in problems[:3])
    if "THROTTLED" in codes:
        return Throttled(said)
    if "SHOP_INACTIVE" in codes:
        return StoreAway(said)
    if "INTERNAL_SERVER_ERROR" in codes:
        return Unreachable(said)
    return Refused(said)


def child(fields: Mapping[str, Any], name: str) -> Json:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
