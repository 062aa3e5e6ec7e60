"""A merchant's budget for models is watched by whoever keeps the turns."""

import logging

from models.budget import BudgetState, state_of
from models.merchant import Merchant

log = logging.getLogger(__name__)


def warn_of_budget(merchant: Merchant, spent: int, cost: int) -> None:
    """Once a day when 80 % are used up, once when all of it is: by the turn that cost it. Microdollars."""
    budget = merchant.model_budget_per_day
    state = state_of(budget, spent)
    if state is state_of(budget, spent - cost):
        return
    log.warning(
        "merchant %s: $%.2f of today's $%.2f for models are spent%s",
        merchant.id,
        spent / 1_000_000,
        (budget or 0) / 100,
        "; the rules answer until midnight UTC" if state is BudgetState.USED_UP else "",
    )
