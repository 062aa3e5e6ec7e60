"""Graph API errors to the tree of channels/errors.py, on code and subcode alone.

The HTTP status varies for the same error and the message is translated. The message is not kept
either: for a malformed token it repeats the token.

1, 2                                Transient
4, 17, 32, 613, 800xx               RateLimited: app, user, page, call, use case
341, 368                            RateLimited for long: app limit, blocked for policy
102, 190                            TokenInvalid
3, 10, 200..299                     PermissionMissing, but for these subcodes:
    10 / 2534022, 2018278           OutsideWindow
    10 / 2018108, 200 / 1545041     RecipientUnavailable
551, 100 / 2534014                  RecipientUnavailable
100 / 2018008, 2018047, 2018109     PictureRefused
100 and all others                  BadRequest
"""

from collections.abc import Mapping
from http import HTTPStatus

from channels.errors import (
    BadRequest,
    OutcomeUnknown,
    OutsideWindow,
    PermissionMissing,
    PictureRefused,
    RateLimited,
    RecipientUnavailable,
    SendError,
    TokenInvalid,
    Transient,
)
from channels.instagram.fields import Json
from channels.instagram.usage import retry_after_s

# Seconds to wait when no header says how long.
_LIMITS: Mapping[int, float] = {4: 60, 17: 60, 32: 60, 613: 10, 341: 3600, 368: 3600}
_USE_CASE_LIMITS = range(80000, 80100)
_USE_CASE_WAIT_S = 60

_BY_SUBCODE: Mapping[tuple[int, int], type[SendError]] = {
    (10, 2534022): OutsideWindow,
    (10, 2018278): OutsideWindow,
    (10, 2018108): RecipientUnavailable,
    (200, 1545041): RecipientUnavailable,
    (100, 2534014): RecipientUnavailable,
    (100, 2018008): PictureRefused,
    (100, 2018047): PictureRefused,
    (100, 2018109): PictureRefused,
}
_BY_CODE: Mapping[int, type[SendError]] = {
    1: Transient,
    2: Transient,
    102: TokenInvalid,
    190: TokenInvalid,
    3: PermissionMissing,
    10: PermissionMissing,
    **dict.fromkeys(range(200, 300), PermissionMissing),
    551: RecipientUnavailable,
}
_REASONS: Mapping[int, str] = {341: "app_limit", 368: "policy_block", 3: "capability_missing"}


def from_answer(status: int, headers: Mapping[str, str], error: Json) -> SendError:
    """`error` is the object of that name in the body, empty when there is none."""
    code, subcode = _number(error, "code"), _number(error, "error_subcode")
    if code is None:
        return _without_code(status, headers)
    detail = f"code {code}" + (f"/{subcode}" if subcode else "")
    reason = _REASONS.get(code)
    if code in _LIMITS or code in _USE_CASE_LIMITS:
        wait_s = retry_after_s(headers, _LIMITS.get(code, _USE_CASE_WAIT_S))
        return RateLimited(detail, retry_after_s=wait_s, reason=reason)
    default = Transient if error.get("is_transient") is True else BadRequest
    kind = _BY_SUBCODE.get((code, subcode or 0)) or _BY_CODE.get(code, default)
    return kind(detail, reason=reason)


def _without_code(status: int, headers: Mapping[str, str]) -> SendError:
    """Something before or behind the Graph API answered; after a 5xx the message may be out."""
    detail = f"HTTP {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(detail, retry_after_s=retry_after_s(headers, _USE_CASE_WAIT_S))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.MULTIPLE_CHOICES:
        return OutcomeUnknown(detail)
    return BadRequest(detail)


def _number(value: Json, name: str) -> int | None:
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
