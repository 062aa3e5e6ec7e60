"""Queries to one store: its token, its points, and another try where that helps."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

import aiohttp

from sources.shopify.answers import Cost, Json, Throttled, cost_of, error_of
from sources.shopify.budget import Budget
from sources.shopify.errors import Refused, TokenInvalid, Unreachable, from_status
from sources.shopify.queries import Query

log = logging.getLogger(__name__)

TIMEOUT_S = 60.0
PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
# Shopify's word for "too early" stands against our count of the points: this often, then something is wrong.
MOST_THROTTLED = 20
# Before a query's cost is known: the most that any may ask for.
DEAREST = 1000.0


Answer = TypeVar("Answer")


class Access(Protocol):
    """Does the work with the shop's name and a token that is good; one that is not, it renews once."""

    def __call__(self, work: Callable[[str, str], Awaitable[Answer]]) -> Awaitable[Answer]: ...


class Client:
    """`admin_url` keeps `{shop}` in it. Raises the tree of errors.py after its own tries."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        shop: str,
        admin_url: str,
        api_version: str,
        access: Access,
        budget: Budget,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.session = session
        self.shop = shop
        self._version = api_version
        self._url = f"{admin_url.format(shop=shop).rstrip('/')}/admin/api/{api_version}/graphql.json"
        self._access = access
        self._budget = budget
        self.sleep = sleep
        self._costs: dict[str, float] = {}  # by query: the most it asked for, for each id it names
        self._other_version = ""

    async def run(self, query: Query, **variables: object) -> Json:
        """The answer's data."""
        failures = 0
        while True:
            try:
                return await self._access(partial(self._in_budget, query, variables))
            except Unreachable:
                if failures == len(PAUSES_S):
                    raise
                await self.sleep(PAUSES_S[failures])
                failures += 1

    async def _in_budget(self, query: Query, variables: Mapping[str, object], shop: str, token: str) -> Json:
        if shop != self.shop:
            raise Refused(f"the merchant has connected {shop} instead of {self.shop}")
        ids = variables.get("ids")
        size = max(1, len(ids)) if isinstance(ids, list) else 1
        for _ in range(MOST_THROTTLED):
            points = min(DEAREST, self._costs.get(query.name, DEAREST) * size)
            await self._budget.reserve(points)
            cost = Cost(requested=None, throttle=None)
            try:
                answer, cost, retry_after_s = await self._post(query, variables, token)
            finally:
                self._budget.settle(points, cost.throttle)
            if cost.requested is not None:
                self._costs[query.name] = max(cost.requested / size, self._costs.get(query.name, 0.0))
            error = error_of(answer)
            if error is None:
                data: Json = answer["data"]
                return data
            if not isinstance(error, Throttled):
                raise error
            await self.sleep(max(1.0, retry_after_s, self._budget.wait_s(cost.requested or points)))
        raise Unreachable("the store goes on refusing for want of points")

    async def _post(
        self, query: Query, variables: Mapping[str, object], token: str
    ) -> tuple[Json, Cost, float]:
        """The answer, what it cost, and how many seconds it asks to wait."""
        if not (token.isascii() and token.isprintable()):  # would break the header it travels in
            raise TokenInvalid("not a token")
        try:
            async with self.session.post(
                self._url,
                json={"query": query.text, "variables": variables},
                headers={"X-Shopify-Access-Token": token},
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,  # the token goes to no other host
            ) as response:
                status, headers, body = response.status, response.headers, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from error
        self._watch_version(headers.get("X-Shopify-API-Version"))
        answer = _object(body)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            answer = {"errors": [_THROTTLED], "extensions": answer.get("extensions")}
        elif status != HTTPStatus.OK:
            raise from_status(status, str(answer.get("errors", ""))[:200])
        return answer, cost_of(answer), _seconds(headers.get("Retry-After"))

    def _watch_version(self, answered: str | None) -> None:
        """A version that is no longer supported is answered by a later one, without an error."""
        if answered and answered not in (self._version, self._other_version):
            self._other_version = answered
            log.warning("%s answers with API version %s, not %s", self.shop, answered, self._version)


_THROTTLED = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}


def _object(body: bytes) -> Json:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(header: str | None) -> float:
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return 0.0
