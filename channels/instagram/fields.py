"""Values out of JSON nobody promised the shape of. What is stored fits UTF-8 and PostgreSQL text."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime

Json = Mapping[str, object]

MAX_ID_BYTES = 256
# Instagram opened in 2010: an earlier time is garbage.
_OLDEST_S = datetime(2010, 1, 1, tzinfo=UTC).timestamp()
# Seconds reach this in the year 5138, milliseconds did in 1973.
_MILLISECONDS_FROM = 10**11
_MAX_DIGITS = 14
# As in "2021-09-08T06:34:04+0000".
_WRITTEN = re.compile(r"20[1-9]\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3])(:[0-5]\d){2}\+0000")


def child(value: Json, name: str) -> Json:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def text(value: Json, *names: str) -> str:
    """The first of these that is a string, without NUL and halves of surrogate pairs."""
    for name in names:
        found = value.get(name)
        if isinstance(found, str):
            return _clean(found)
    return ""


def identifier(value: Json, *names: str) -> str | None:
    """The first of these that can be an id: ids come as strings, now and then as numbers."""
    for name in names:
        found = value.get(name)
        if isinstance(found, (str, int)) and not isinstance(found, bool):
            written = str(found)
            if written and written == _clean(written) and len(written.encode()) <= MAX_ID_BYTES:
                return written
    return None


def known(*ids: str | None) -> tuple[str, ...]:
    """Those that are there, each once."""
    return tuple(dict.fromkeys(one for one in ids if one))


def key(*parts: str) -> str:
    """One event key, an id itself: too long a one is replaced by its hash."""
    joined = ":".join(parts)
    if len(joined.encode()) <= MAX_ID_BYTES:
        return joined
    return hashlib.sha256(joined.encode()).hexdigest()


def stamp(value: Json, name: str = "timestamp") -> str:
    """A time as sent: part of some keys, so it may not depend on when it is read."""
    found = value.get(name)
    return _clean(str(found)) if isinstance(found, int | str) else ""


def moment(*found: object, now: datetime) -> datetime:
    """The first credible time among these, in seconds, milliseconds or written, never after `now`.

    A clock that runs ahead, by a second or a year, makes an event of this moment: it is answered after what
    came before it, and no window stays open longer. What says it is old is believed: if its window is over,
    that is the reason on record.
    """
    for value in found:
        instant = _instant(value)
        if instant:
            return min(instant, now)
    return now


def _instant(value: object) -> datetime | None:
    if isinstance(value, str) and _WRITTEN.fullmatch(value):
        return datetime.fromisoformat(value)
    digits = str(value) if isinstance(value, int | str) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS):
        return None
    number = int(digits)
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC) if seconds >= _OLDEST_S else None


def _clean(string: str) -> str:
    if string.isascii() and "\0" not in string:
        return string
    return string.replace("\0", "").encode(errors="ignore").decode()
