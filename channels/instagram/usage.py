"""How much of its limits an account has used: Meta says so in headers of some answers.

X-App-Usage                {"call_count": 28, "total_time": 25, "total_cputime": 25}
X-Business-Use-Case-Usage  {"<id>": [{"call_count": 95, ..., "estimated_time_to_regain_access": 19}]}

All but the last are percent, the last is minutes. Calling while throttled makes them more.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from channels.instagram.fields import Json

_APP = "X-App-Usage"
_USE_CASE = "X-Business-Use-Case-Usage"
_PERCENT = ("call_count", "total_time", "total_cputime")
_FULL = 100
# From here on an account leaves the more room between its calls the less of the limit is left.
_SLOW_FROM = 90
_REST_A_PERCENT_S = 6.0
# No limit of Meta's lasts longer: a number beyond it is a mistake.
_LONGEST_S = 24 * 3600.0


def rest_s(headers: Mapping[str, str]) -> float:
    """Seconds in which the account had better not call again; 0 while it is far from its limits."""
    used = min(_FULL, max((_number(row, name) for row in _rows(headers) for name in _PERCENT), default=0))
    slow = (used - _SLOW_FROM + 1) * _REST_A_PERCENT_S if used >= _SLOW_FROM else 0.0
    return max(slow, _regain_s(headers))


def retry_after_s(headers: Mapping[str, str], default: float) -> float:
    """The longest of the waits an answer names."""
    return max(_regain_s(headers), _standard_s(headers)) or default


def _regain_s(headers: Mapping[str, str]) -> float:
    minutes = max((_number(row, "estimated_time_to_regain_access") for row in _rows(headers)), default=0)
    return 60.0 * min(minutes, _LONGEST_S / 60)


def _standard_s(headers: Mapping[str, str]) -> float:
    """HTTP's own header: seconds, or a date."""
    value = headers.get("Retry-After", "")
    if value.isascii() and value.isdigit():
        return min(_LONGEST_S, float(value))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return min(_LONGEST_S, max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds()))


def _rows(headers: Mapping[str, str]) -> Iterator[Json]:
    yield _object(headers.get(_APP))
    for rows in _object(headers.get(_USE_CASE)).values():
        if isinstance(rows, list):
            yield from (row for row in rows if isinstance(row, dict))


def _object(text: str | None) -> Json:
    try:
        found: object = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _number(row: Json, name: str) -> float:
    found = row.get(name)
    return found if isinstance(found, int | float) and 0 <= found < float("inf") else 0
