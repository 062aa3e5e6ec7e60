"""One call over HTTP: the JSON that was answered, or the error it reports."""

import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from channels.errors import NotSent, OutcomeUnknown, TokenInvalid
from channels.instagram import usage
from channels.instagram.errors import from_answer
from channels.instagram.fields import Json, child


class Graph:
    """Every call raises the tree of channels/errors.py. Paths are below `root`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        root: str,
        timeout_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._root = root.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=timeout_s / 2)
        self._clock = clock
        # By token, only while it is to rest.
        self._rest_until: dict[str, float] = {}

    async def get(self, path: str, token: str, **params: str) -> Json:
        return await self._call("GET", path, token, params=params)

    async def post(self, path: str, token: str, body: Mapping[str, Any] | None = None, **params: str) -> Json:
        return await self._call("POST", path, token, json=body, params=params)

    async def delete(self, path: str, token: str) -> Json:
        return await self._call("DELETE", path, token)

    def rest_s(self, token: str) -> float:
        """Seconds this token's account had better not call, as its last answer said."""
        return max(0.0, self._rest_until.get(token, 0.0) - self._clock())

    async def _call(self, method: str, path: str, token: str, **request: Any) -> Json:  # noqa: ANN401 - aiohttp's
        if not (token.isascii() and token.isprintable()):  # would break the header it travels in
            raise TokenInvalid("not a token")
        answer = await self.answer(method, path, headers={"Authorization": f"Bearer {token}"}, **request)
        self._remember(token, usage.rest_s(answer.headers))
        return answer.checked()

    async def answer(self, method: str, path: str, **request: Any) -> "Answer":  # noqa: ANN401 - aiohttp's
        """Whatever was answered, unchecked."""
        try:
            async with self._session.request(
                method,
                f"{self._root}/{path}",
                timeout=self._timeout,
                allow_redirects=False,  # the token goes to no other host
                **request,
            ) as response:
                return Answer(response.status, response.headers, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(type(error).__name__) from error

    def _remember(self, token: str, rest_s: float) -> None:
        if rest_s:
            self._rest_until[token] = self._clock() + rest_s
        else:
            self._rest_until.pop(token, None)


class Answer:
    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.fields = _object(body)

    @property
    def ok(self) -> bool:
        return self.status < HTTPStatus.MULTIPLE_CHOICES and bool(self.fields) and "error" not in self.fields

    def checked(self) -> Json:
        """The fields, or the error they report, whatever the HTTP status."""
        if not self.ok:
            raise from_answer(self.status, self.headers, child(self.fields, "error"))
        return self.fields


def _object(body: bytes) -> Json:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
