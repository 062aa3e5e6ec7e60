from agent.breaker import COOLING_S, FAILURES, Breaker
from agent.cost import Tokens, cost_microdollars


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_three_failures_in_a_row_stop_the_calls() -> None:
    breaker = Breaker(Clock())
    for _ in range(FAILURES):
        assert breaker.lets_through()
        breaker.failed()
    assert not breaker.lets_through()


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = Breaker(Clock())
    for _ in range(FAILURES * 2):
        breaker.failed()
        breaker.succeeded()
    assert breaker.lets_through()


def test_after_cooling_one_call_tries_for_all() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        breaker.failed()
    clock.now += COOLING_S
    assert breaker.lets_through()
    assert not breaker.lets_through()
    breaker.succeeded()
    assert breaker.lets_through()


def test_a_call_costs_its_tokens_by_the_longest_name_known() -> None:
    tokens = Tokens(prompt=1000, cached=400, completion=100)
    assert cost_microdollars("gpt-4o-mini-2024-07-18", tokens) == 600 * 0.15 + 400 * 0.075 + 100 * 0.60
    assert cost_microdollars("gpt-4o", tokens) == 600 * 2.50 + 400 * 1.25 + 100 * 10
    assert cost_microdollars("some-local-model", tokens) == 0
