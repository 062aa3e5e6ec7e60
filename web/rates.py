"""How often one address, one token and one customer may call the API. Counted in each process by itself."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from settings import Settings
from web.problems import problem

MINUTE_S = 60.0
# What is counted of each costs some 200 bytes; who called longest ago is forgotten first.
MOST_KEYS = 50_000


class Rate:
    """So many a minute for each key, and as many at once; 0 is without limit."""

    def __init__(
        self,
        per_minute: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        most_keys: int = MOST_KEYS,
    ) -> None:
        self._each_s = MINUTE_S / per_minute if per_minute else 0.0
        self._monotonic = monotonic
        self._most_keys = most_keys
        # When all that was taken has been made up for.
        self._even_at: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """0: it is one more, and may go on. Otherwise it is not counted, and may after so many seconds."""
        if not self._each_s:
            return 0.0
        now = self._monotonic()
        even_at = max(now, self._even_at.get(key, now)) + self._each_s
        wait_s = even_at - now - MINUTE_S
        if wait_s > 1e-6:  # noqa: PLR2004 - a full minute's worth, whatever it adds up to
            return wait_s
        self._even_at[key] = even_at
        self._even_at.move_to_end(key)
        if len(self._even_at) > self._most_keys:
            self._even_at.popitem(last=False)
        return 0.0


@dataclass(frozen=True, slots=True)
class Rates:
    address: Rate
    token: Rate
    customer: Rate

    @classmethod
    def of(cls, configuration: Settings) -> "Rates":
        return cls(
            Rate(configuration.requests_per_address),
            Rate(configuration.requests_per_token),
            Rate(configuration.messages_per_customer),
        )


def require_rate(rate: Rate, key: str, setting: str) -> None:
    """429 for one too many."""
    if wait_s := rate.wait_s(key):
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, _refusal(setting), headers=_after(wait_s))


class AddressRate:
    """Of the API, before a body is read or a token looked up. Webhooks have no limit: they are answered
    from many addresses, and what is refused to Instagram comes again.
    """

    def __init__(self, app: ASGIApp, rate: Rate) -> None:
        self._app = app
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            # Behind a proxy on this machine, which says whom it speaks for, it is not the proxy's.
            address, _ = scope.get("client") or ("", 0)
            if wait_s := self._rate.wait_s(address):
                refusal = problem(
                    HTTPStatus.TOO_MANY_REQUESTS, _refusal("REQUESTS_PER_ADDRESS"), headers=_after(wait_s)
                )
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _refusal(setting: str) -> str:
    return f"too many in one minute ({setting}); try again after the seconds in Retry-After"


def _after(wait_s: float) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(wait_s))}
