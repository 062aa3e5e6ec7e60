"""One answer of the self-test."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`fix` says what to do where it is not ok. `account_id` None: it is about the installation."""

    name: str
    ok: bool
    detail: str
    fix: str | None = None
    account_id: str | None = None


def when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
