"""How sending a part can fail, drawn by what the delivery does next.

SendError
├── NotSent                 it never left (connection refused): send again
├── Transient               the provider failed and said so: a few retries with backoff
├── RateLimited             the whole account waits `retry_after_s`, then send again
├── OutcomeUnknown          it may have arrived: wait for its echo before sending again
├── AccountStopped          nothing of this account can be sent until a person acts
│   ├── TokenInvalid        the merchant connects again
│   └── PermissionMissing   the operator fixes the app
└── Refused                 this part never arrives; the account goes on
    ├── OutsideWindow       until the customer writes again
    ├── RecipientUnavailable
    ├── NotAllowed          a comment may not be replied to
    └── BadRequest          our bug
        └── PictureRefused  the same part without its pictures may pass
"""

from typing import ClassVar


class SendError(Exception):
    """`reason` goes on record, few and stable; `detail` is for people and never holds a secret.

    `again` says whether this very part may leave later. It turns false for what may be tried
    only once, such as a private reply.
    """

    default_reason: ClassVar[str]
    default_again: ClassVar[bool]

    def __init__(self, detail: str = "", *, reason: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = reason or self.default_reason
        self.again = self.default_again

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


class NotSent(SendError):
    default_reason = "not_sent"
    default_again = True


class Transient(SendError):
    default_reason = "provider_failed"
    default_again = True


class RateLimited(SendError):
    default_reason = "rate_limited"
    default_again = True

    def __init__(self, detail: str = "", *, retry_after_s: float, reason: str | None = None) -> None:
        super().__init__(detail, reason=reason)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(SendError):
    default_reason = "outcome_unknown"
    default_again = True


class AccountStopped(SendError):
    default_reason = "account_stopped"
    default_again = True


class TokenInvalid(AccountStopped):
    default_reason = "token_invalid"


class PermissionMissing(AccountStopped):
    default_reason = "permission_missing"


class Refused(SendError):
    default_reason = "refused"
    default_again = False


class OutsideWindow(Refused):
    default_reason = "outside_window"


class RecipientUnavailable(Refused):
    default_reason = "recipient_unavailable"


class NotAllowed(Refused):
    default_reason = "not_allowed"


class BadRequest(Refused):
    default_reason = "bad_request"


class PictureRefused(BadRequest):
    default_reason = "picture_refused"
