"""Times as pages say them. UTC throughout: a merchant may sit anywhere."""

from datetime import UTC, datetime

from babel.dates import format_datetime, format_timedelta
from markupsafe import Markup


def moment(at: datetime | None, pattern: str = "d MMM y, HH:mm") -> Markup:
    """`<time datetime="...">30 Nov 2026, 01:24</time>`; a dash where there is none."""
    if at is None:
        return Markup("–")
    said = format_datetime(at.astimezone(UTC), pattern, locale="en")
    return _time(at, said, title=None)


def ago(at: datetime | None, now: datetime | None = None) -> Markup:
    """`3 minutes ago`, with the exact moment behind it; a dash where there is none."""
    if at is None:
        return Markup("–")
    passed = at - (now or datetime.now(UTC))
    said = format_timedelta(passed, add_direction=True, locale="en")
    return _time(at, said, title=format_datetime(at.astimezone(UTC), "d MMM y, HH:mm:ss 'UTC'", locale="en"))


def _time(at: datetime, said: str, *, title: str | None) -> Markup:
    if title is None:
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), said)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), title, said)
