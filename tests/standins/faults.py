"""Misbehaviour on command, for any stand-in: what it does, to which calls, how often."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aiohttp import web

FOREVER = -1

MUTE = web.RequestKey("mute", bool)
MID = web.RequestKey("mid", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`delay` waits and then behaves; `answer` refuses with the given status, headers and body.

    `cut_before` drops the connection before the call takes effect, `cut_after` once it has, `hang` waits
    before it does that; `garble` lets it take effect and answers 200 with a body that is no JSON.
    `mute`: what took effect has no echo. `path` restricts it to URLs that contain it, `times` to so many
    calls.
    """

    do: Literal["delay", "answer", "cut_before", "cut_after", "hang", "garble"]
    times: int = 1
    path: str = ""
    delay_s: float = 0.0
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    mute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A call that met a fault. `mid`: of the message it brought, if that took effect."""

    at: float
    path: str
    fault: Fault
    mid: str | None


@dataclass(slots=True)
class Faults:
    """Those still to come, oldest first; a call meets at most one. While `outage` is set every other
    call meets what it returns.
    """

    waiting: list[Fault] = field(default_factory=list)
    outage: Callable[[], Fault] | None = None
    met: list[Met] = field(default_factory=list)

    def add(self, *faults: Fault) -> None:
        self.waiting.extend(faults)

    def clear(self) -> None:
        self.waiting.clear()

    def take(self, path: str) -> Fault | None:
        for index, fault in enumerate(self.waiting):
            if fault.path in path:
                self.waiting[index : index + 1] = (
                    [] if fault.times == 1 else [replace(fault, times=fault.times - 1)]
                )
                return fault
        return self.outage() if self.outage else None

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Wraps a stand-in's handlers. Paths that begin with `/_` are its own controls."""
        fault = None if request.path.startswith("/_") else self.take(request.path)
        if fault is None:
            return await _answer(handler, request)
        began = time.time()
        request[MUTE] = fault.mute
        try:
            return await _misbehave(fault, handler, request)
        finally:
            self.met.append(Met(at=began, path=request.path, fault=fault, mid=request.get(MID)))


async def _misbehave(fault: Fault, handler: Any, request: web.Request) -> web.StreamResponse:
    if fault.delay_s and fault.do != "hang":
        await asyncio.sleep(fault.delay_s)
    if fault.do == "cut_before":
        return _cut(request)
    if fault.do == "answer":
        return web.json_response(fault.body, status=fault.status, headers=fault.headers)
    response = await _answer(handler, request)
    if fault.do == "hang":
        await asyncio.sleep(fault.delay_s)
    if fault.do in ("cut_after", "hang"):
        return _cut(request)
    if fault.do == "garble":
        return web.Response(text="<html>Sorry, something went wrong.</html>", content_type="text/html")
    return response


async def _answer(handler: Any, request: web.Request) -> web.StreamResponse:
    response: web.StreamResponse = await handler(request)
    return response


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
