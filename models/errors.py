"""What can be wrong with a request, independent of who asks.

ShopkeepError
├── Invalid        the input is at fault; names the field and the way out
├── NotFound       unknown, deleted or another merchant's
├── Conflict       the state forbids it now
├── Stale          an `If-Match` version that is no longer current
└── Unavailable    a part of ours or of others cannot answer now; trying again helps
"""


class ShopkeepError(Exception):
    """Something a caller can be told in words."""

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        # Both in args: an exception that crosses processes is rebuilt from them.
        super().__init__(detail, field)
        self.detail = detail
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.detail, self.field)

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}" if self.field else self.detail


def _rebuild(kind: type[ShopkeepError], detail: str, field: str | None) -> ShopkeepError:
    return kind(detail, field=field)


class Invalid(ShopkeepError):
    pass


class NotFound(ShopkeepError):
    pass


class Conflict(ShopkeepError):
    pass


class Stale(ShopkeepError):
    pass


class Unavailable(ShopkeepError):
    pass
