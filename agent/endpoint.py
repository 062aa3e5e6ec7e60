"""One OpenAI-compatible endpoint: a call, one retry within its deadline, and a breaker."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.breaker import Breaker
from agent.cost import Tokens
from agent.trace import Monotonic, describe

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

_BACKOFF_S = 0.2
# It is up and refuses this one request: a customer's strange message is no outage for the others.
_REFUSED_REQUEST = frozenset({400, 413, 422})
# The caller's own deadline must not strike first: then nobody would count the failure.
_MARGIN_S = 0.05
# Turns have deadlines well below; this is for a turn without one.
_LONGEST_S = 60.0


class EndpointDown(Exception):
    """The endpoint failed several times in a row and is left alone for a while."""


class EndpointFailed(Exception):
    """What the last attempt met. Never holds the key, which endpoints like to repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """`message` is the assistant's message as it goes back into the conversation."""

    message: dict[str, Any]
    calls: tuple[ToolCall, ...]
    refusal: str | None
    tokens: Tokens


class Endpoint:
    def __init__(self, api_key: str, base_url: str | None, model: str, monotonic: Monotonic) -> None:
        # 1.3 s of CPU that a shop without a key never pays.
        import openai  # noqa: PLC0415
        from openai.types.chat import ChatCompletion  # noqa: PLC0415

        self._completion = ChatCompletion
        self._errors = (openai.APIError, TimeoutError, ValueError)
        self._client = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url, max_retries=0, timeout=_LONGEST_S
        )
        self.model = model
        self._monotonic = monotonic
        self._breaker = Breaker(monotonic)

    async def complete(
        self,
        messages: Sequence[dict[str, Any]],
        tools: Sequence[dict[str, Any]],
        choice: object,
        deadline: float,
    ) -> Completion:
        """EndpointFailed after the second attempt; EndpointDown without an attempt."""
        try:
            return await self._attempt(messages, tools, choice, deadline)
        except self._errors as error:
            wait = _wait(error)
            if wait is None or self._monotonic() + wait >= deadline:
                raise self._failed(error) from None
        await asyncio.sleep(wait)
        try:
            return await self._attempt(messages, tools, choice, deadline)
        except self._errors as error:
            raise self._failed(error) from None

    async def close(self) -> None:
        await self._client.close()

    def _failed(self, error: Exception) -> EndpointFailed:
        return EndpointFailed(describe(error).replace(self._client.api_key, "***"))

    async def _attempt(
        self,
        messages: Sequence[dict[str, Any]],
        tools: Sequence[dict[str, Any]],
        choice: object,
        deadline: float,
    ) -> Completion:
        if not self._breaker.lets_through():
            raise EndpointDown("failed several times in a row; left alone for now")
        try:
            async with asyncio.timeout(deadline - _MARGIN_S - self._monotonic()):
                # Not `chat.completions.create`: that looks at every word of the tools, again with each call.
                completion = await self._client.post(
                    "/chat/completions",
                    cast_to=self._completion,
                    body={
                        "model": self.model,
                        "messages": messages,
                        "tools": tools,
                        "tool_choice": choice,
                    },
                )
            read = _read(completion)
        except self._errors as error:
            if getattr(error, "status_code", None) not in _REFUSED_REQUEST:
                self._breaker.failed()
            raise
        self._breaker.succeeded()
        return read


def _wait(error: Exception) -> float | None:
    """Seconds after which the same call may succeed; None when it will not."""
    status = getattr(error, "status_code", None)
    if status is not None and status not in {408, 409, 429} and status < 500:  # noqa: PLR2004 - HTTP's own classes
        return None
    response = getattr(error, "response", None)
    try:
        return float(response.headers["retry-after"]) if response is not None else _BACKOFF_S
    except (KeyError, ValueError):
        return _BACKOFF_S


def _read(completion: "ChatCompletion") -> Completion:
    """ValueError when what came back is no completion, whatever its status said."""
    if not getattr(completion, "choices", None):
        raise ValueError("the endpoint answered without choices")
    message = completion.choices[0].message
    calls = tuple(
        ToolCall(id=call.id, name=call.function.name, arguments=call.function.arguments)
        for call in message.tool_calls or ()
        if call.type == "function"
    )
    usage = completion.usage
    details = usage.prompt_tokens_details if usage else None
    return Completion(
        message=_as_said(message.content or message.refusal or "", calls),
        calls=calls,
        refusal=message.refusal,
        tokens=Tokens(
            prompt=usage.prompt_tokens if usage else 0,
            cached=(details.cached_tokens or 0) if details else 0,
            completion=usage.completion_tokens if usage else 0,
        ),
    )


def _as_said(content: str, calls: tuple[ToolCall, ...]) -> dict[str, Any]:
    """Endpoints refuse a message without content and calls, and an empty list of calls."""
    message: dict[str, Any] = {"role": "assistant", "content": content}
    if calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ]
    return message
