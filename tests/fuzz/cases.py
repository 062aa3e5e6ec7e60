"""How many cases a test runs: a few that are always the same, or as many as are asked for."""

from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings

# Of all cases of a run: 200 in `make test`, 20,000 in `make test-slow`, else `--fuzz-cases`.
SHORT: Final = 200
LONG: Final = 20_000


class Asked:
    """What the command line says; None: nothing."""

    cases: int | None = None


def runs(share: float) -> list[object]:
    """For a test with this share of all cases: the parameters of its runs."""
    if Asked.cases is not None:
        return [int(Asked.cases * share)]
    return [int(SHORT * share), pytest.param(int(LONG * share), marks=pytest.mark.slow)]


def fuzz(cases: int) -> settings:
    return settings(
        max_examples=max(1, cases),
        derandomize=Asked.cases is None,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
