"""What a stream of calls came to."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Measured:
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
