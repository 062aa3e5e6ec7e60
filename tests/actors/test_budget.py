import logging

import pytest

from actors.budget import warn_of_budget
from models.budget import BudgetState, share_of, state_of
from models.merchant import Merchant

DOLLAR = 1_000_000


def shop(budget_cents: int | None) -> Merchant:
    return Merchant(id="m1", name="Linden & Lark", model_budget_per_day=budget_cents)


@pytest.mark.parametrize(
    ("spent", "cost", "warned"),
    [
        (0.79, 0.1, []),
        (0.80, 0.1, ["$0.80 of today's $1.00"]),
        (0.85, 0.1, ["$0.85 of today's $1.00"]),
        (0.95, 0.1, []),
        (1.00, 0.1, ["$1.00 of today's $1.00 for models are spent; the rules answer until midnight UTC"]),
        (1.20, 0.1, []),
        (1.00, 1.0, ["the rules answer"]),
    ],
)
def test_the_turn_that_crosses_a_mark_warns_and_no_other_one(
    caplog: pytest.LogCaptureFixture, spent: float, cost: float, warned: list[str]
) -> None:
    with caplog.at_level(logging.WARNING):
        warn_of_budget(shop(100), round(spent * DOLLAR), round(cost * DOLLAR))
    assert len(caplog.messages) == len(warned)
    assert all(part in message for part, message in zip(warned, caplog.messages, strict=True))


def test_without_a_limit_nothing_is_ever_used_up(caplog: pytest.LogCaptureFixture) -> None:
    warn_of_budget(shop(None), 10**12, 10**11)
    assert caplog.messages == []
    assert (state_of(None, 10**12), share_of(None, 10**12)) == (BudgetState.UNLIMITED, None)


def test_a_limit_of_nothing_is_used_up_from_the_start() -> None:
    assert (state_of(0, 0), share_of(0, 0)) == (BudgetState.USED_UP, 1.0)
