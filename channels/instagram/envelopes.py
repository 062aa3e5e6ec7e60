"""The envelopes events come in. Meta's pages, its live traffic and its test button differ.

{"object": "instagram", "entry": [...]}        or an array of these
entry: {"id", "time", "messaging": [...]}      direct messages
       {"id", "time", "standby": [...]}        the same, while another app has the conversation
       {"id", "time", "changes": [{"field", "value"}]}
       {"id", "time", "field", "value"}
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.instagram.fields import Json, identifier
from models.errors import Invalid

MESSAGING = "messaging"
STANDBY = "standby"

# Python refuses to read longer numbers at all, which would cost the other events of the body.
_MAX_DIGITS = 100
# Nor what is nested some hundred levels deep. What we look at lies within ten.
_MAX_DEPTH = 50
_STRING_OR_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One event as sent. `field` is MESSAGING, STANDBY or the name of a subscribed field."""

    account_id: str
    field: str
    value: Json
    entry: Json


def unpack(body: bytes) -> Iterator[Notice | None]:
    """None for what is no event of any account. Invalid when the body is not JSON at all."""
    for envelope in _listed(_load(body)):
        if isinstance(envelope, dict) and envelope.get("object", "instagram") == "instagram":
            for entry in _listed(envelope.get("entry")):
                yield from _entry(entry)
        else:
            yield None


def _load(body: bytes) -> object:
    try:
        try:
            loaded = _read(body)
        except RecursionError:
            loaded = _read(_flattened(body))
    except ValueError as error:
        raise Invalid(f"The body is not JSON: {error}", field="body") from None
    except RecursionError:
        raise Invalid("The body is nested too deep", field="body") from None
    if not isinstance(loaded, dict | list):
        raise Invalid("The body is neither an object nor an array", field="body")
    return loaded


def _read(body: bytes) -> object:
    read: object = json.loads(body, parse_int=_integer, parse_constant=str)
    return read


def _flattened(body: bytes) -> bytes:
    """With null for what is nested too deep: it must not cost the other events of the body."""
    kept, depth, copied = [], 0, 0
    for token in _STRING_OR_BRACKET.finditer(body):
        match token[0]:
            case b"[" | b"{":
                depth += 1
                if depth == _MAX_DEPTH:
                    kept += [body[copied : token.start()], b"null"]
            case b"]" | b"}":
                if depth == _MAX_DEPTH:
                    copied = token.end()
                depth -= 1
    return b"".join(kept) + body[copied:]


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _entry(entry: object) -> Iterator[Notice | None]:
    account_id = identifier(entry, "id") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or account_id is None:
        yield None
        return
    for field, value in _events(entry):
        if isinstance(field, str) and isinstance(value, dict):
            yield Notice(account_id=account_id, field=field, value=value, entry=entry)
        else:
            yield None


def _events(entry: Json) -> Iterator[tuple[object, object]]:
    for field in (MESSAGING, STANDBY):
        for value in _listed(entry.get(field)):
            yield field, value
    for change in _listed(entry.get("changes")):
        yield (change.get("field"), change.get("value")) if isinstance(change, dict) else (None, None)
    if "field" in entry or "value" in entry:
        yield entry.get("field"), entry.get("value")
