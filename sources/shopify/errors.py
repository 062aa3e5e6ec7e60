"""What a call to Shopify can end with. None of it costs a product.

ShopifyError
├── Unreachable     nobody answered, or not to the end: trying again helps
├── StoreAway       Shopify does not serve this store for now: frozen, closed, locked
└── Refused         understood, and refused: trying again does not help
    └── TokenInvalid    the token is worth nothing any more; the merchant must agree anew
"""

from http import HTTPStatus


class ShopifyError(Exception):
    """`detail` is Shopify's or our word for it; it never holds a secret."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Unreachable(ShopifyError):
    pass


class StoreAway(ShopifyError):
    pass


class Refused(ShopifyError):
    pass


class TokenInvalid(Refused):
    pass


# Shopify documents none of these: they are what is reported of frozen and closed stores.
_AWAY = (
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.LOCKED,
)


def from_status(status: int, detail: str = "") -> ShopifyError:
    """For an answer that is no success."""
    said = f"HTTP {status}" + (f", {detail}" if detail else "")
    if status == HTTPStatus.UNAUTHORIZED:
        return TokenInvalid(said)
    if status in _AWAY:
        return StoreAway(said)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unreachable(said)
    return Refused(said)
