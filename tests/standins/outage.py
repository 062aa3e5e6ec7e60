"""Instagram is down: every call meets a fault, drawn from a seed."""

import random
from collections.abc import Callable, Iterator

from tests.standins.faults import Fault
from tests.standins.graph_rules import error_body

# What it says, in the shape of Meta's header: minutes.
_REGAIN = '{"1":[{"type":"instagram","call_count":100,"estimated_time_to_regain_access":1}]}'


def faults(dice: random.Random, *, timeout_s: float) -> Iterator[Fault]:
    """Endless. `timeout_s`: longer than the caller waits for an answer."""
    kinds: tuple[Callable[[], Fault], ...] = (
        lambda: Fault(do="answer", status=500, body=error_body(dice.choice((1, 2)))),
        lambda: Fault(do="answer", status=503, body="Service Unavailable"),
        lambda: Fault(do="answer", status=429, body=error_body(613)),
        lambda: Fault(do="answer", status=429, headers={"Retry-After": "20"}, body={}),
        lambda: Fault(
            do="answer", status=400, headers={"X-Business-Use-Case-Usage": _REGAIN}, body=error_body(80002)
        ),
        lambda: Fault(do="cut_before"),
        lambda: Fault(do="cut_after", mute=dice.random() < 0.5),
        lambda: Fault(do="cut_before", delay_s=timeout_s),
        lambda: Fault(do="hang", delay_s=timeout_s, mute=dice.random() < 0.5),
    )
    # Limits make an account wait for long: were they as frequent as the rest, little else would be met.
    weights = (6, 4, 2, 1, 1, 3, 3, 2, 2)
    while True:
        yield dice.choices(kinds, weights)[0]()


def what(fault: Fault) -> str:
    """In the words of a table."""
    if fault.do == "answer":
        code = fault.body["error"]["code"] if isinstance(fault.body, dict) and fault.body else "none"
        return f"HTTP {fault.status}, code {code}" + "".join(f", {name}" for name in fault.headers)
    when = "before" if fault.do == "cut_before" else "after"
    how = "no answer in time" if fault.delay_s else "cut off"
    return f"{how}, {when} it was taken" + (", echo lost" if fault.mute else "")
