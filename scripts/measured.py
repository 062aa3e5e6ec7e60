"""What a stream of calls came to."""

from dataclasses import dataclass, field
from statistics import quantiles


@dataclass(slots=True)
class Measured:
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def show(what: str, measured: Measured) -> None:
    print(f"  {what:32} {percentiles(measured.seconds)}   failed {len(measured.failed)}", flush=True)
    for failure in measured.failed[:3]:
        print(f"      {failure}")


def percentiles(seconds: list[float]) -> str:
    if len(seconds) < 2:  # noqa: PLR2004 - no percentiles of one
        return "-"
    cuts = quantiles(seconds, n=100, method="inclusive")
    return "   ".join(f"p{at} {cuts[at - 1] * 1000:7.2f} ms" for at in (50, 95, 99))
