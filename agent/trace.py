"""The execution log of one turn while it is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from models.turn import Step

Clock = Callable[[], datetime]
Monotonic = Callable[[], float]


class Trace:
    def __init__(self, clock: Clock, monotonic: Monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """In the order they began: tools that ran side by side stand in the order of their calls."""
        return tuple(sorted(self._steps, key=lambda step: step.started_at))

    @contextmanager
    def step(self, name: str, **data: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a step's data is any JSON
        """Whoever runs the step adds to the data it yields; `status` there overrides "ok".

        An exception is recorded and goes on.
        """
        started_at, began = self._clock(), self._monotonic()
        status = "failed"
        try:
            yield data
            status = str(data.pop("status", "ok"))
        except BaseException as error:
            data["reason"] = describe(error)
            raise
        finally:
            duration_ms = (self._monotonic() - began) * 1000
            self._steps.append(
                Step(name=name, status=status, started_at=started_at, duration_ms=duration_ms, data=data)
            )


def describe(error: BaseException) -> str:
    """One line for the log; a timeout has no words of its own."""
    words = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
