"""What models may cost a merchant in a day."""

from enum import StrEnum

MICRODOLLARS_PER_CENT = 10_000
WARNING_AT = 0.8


class BudgetState(StrEnum):
    UNLIMITED = "unlimited"
    OK = "ok"
    WARNING = "warning"  # 80 % are spent
    USED_UP = "used_up"  # the rules answer for the rest of the day


def share_of(budget_cents: int | None, spent_microdollars: int) -> float | None:
    """How much of it is spent: 1.0 is all. None without a limit."""
    if budget_cents is None:
        return None
    return spent_microdollars / (budget_cents * MICRODOLLARS_PER_CENT) if budget_cents else 1.0


def state_of(budget_cents: int | None, spent_microdollars: int) -> BudgetState:
    share = share_of(budget_cents, spent_microdollars)
    if share is None:
        return BudgetState.UNLIMITED
    if share >= 1:
        return BudgetState.USED_UP
    return BudgetState.WARNING if share >= WARNING_AT else BudgetState.OK
