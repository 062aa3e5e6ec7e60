"""A stand-in for an OpenAI-compatible endpoint, over real HTTP.

In a test: `async with openai_standin() as openai:` gives its `url`, a ledger of `requests`, and a queue of
`faults`, one for each coming request. `python -m tests.standins.openai --port 0` prints its address.
By default it is a small scripted model that works for any shop: it searches with the filters it reads out of
the customer's last message, then answers with what the tools returned. It reads nothing but the request.
"""

import argparse
import asyncio
import base64
import json
import re
import struct
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from aiohttp import web

Json = dict[str, Any]
Script = Callable[[Json], Json]

_DIMENSIONS = 1536
_NO_FILTERS: Json = {
    "price_min": None,
    "price_max": None,
    "colors": [],
    "sizes": [],
    "categories": [],
    "brands": [],
    "in_stock": None,
}
_COLORS = "black|white|grey|red|pink|orange|yellow|green|blue|navy|purple|brown|beige|gold|silver"
_FILLER = {
    *(
        "a",
        "an",
        "the",
        "do",
        "does",
        "you",
        "have",
        "show",
        "me",
        "i",
        "want",
        "need",
        "looking",
        "for",
        "in",
    ),
    *("under", "below", "max", "size", "please", "any", "some", "hi", "hello"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What the next request meets instead of an answer, after `delay` seconds."""

    delay: float = 0.0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    cut: bool = False
    message: Json | None = None  # an assistant's message in place of the scripted one


def tool_call(name: str, arguments: Json | str) -> Json:
    """An assistant's message with one call."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    call = {"id": "call_fault", "type": "function", "function": {"name": name, "arguments": written}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def answer_call(text: str, product_ids: list[str] | None = None, **changes: Any) -> Json:
    """An assistant's message that ends the turn."""
    arguments = {
        "intent": "product_search",
        "confidence": 0.9,
        "filters": _NO_FILTERS,
        "product_ids": product_ids or [],
        "text": text,
        "effects": [],
    }
    return tool_call("answer", arguments | changes)


def refusal(text: str) -> Json:
    return {"role": "assistant", "content": None, "refusal": text}


class OpenAIStandin:
    def __init__(self) -> None:
        self.requests: list[Json] = []
        self.faults: deque[Fault] = deque()
        self.script: Script = scripted
        self.down: Fault | None = None  # every request's fault, until it is None again
        self.asked = asyncio.Event()
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        return app

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.requests.append(asked)
        self.asked.set()
        fault = self.faults.popleft() if self.faults else self.down
        misbehaved = await _misbehave(request, fault)
        if misbehaved is not None:
            return misbehaved
        message = fault.message if fault and fault.message else self.script(asked)
        return web.json_response(_completion(asked, message, len(self.requests)))

    async def _embeddings(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.requests.append(asked)
        misbehaved = await _misbehave(request, self.faults.popleft() if self.faults else self.down)
        if misbehaved is not None:
            return misbehaved
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        vectors = [embed(text, asked.get("dimensions", _DIMENSIONS)) for text in texts]
        as_bytes = asked.get("encoding_format") == "base64"
        data = [
            {"object": "embedding", "index": index, "embedding": _encoded(vector) if as_bytes else vector}
            for index, vector in enumerate(vectors)
        ]
        tokens = sum(len(text.split()) for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return web.json_response({"object": "list", "data": data, "model": asked["model"], "usage": usage})


async def _misbehave(request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
    if fault is None:
        return None
    await asyncio.sleep(fault.delay)
    if fault.cut and request.transport:
        request.transport.close()
    if fault.status != 200 or fault.body is not None or fault.cut:
        body = fault.body if fault.body is not None else '{"error": {"message": "as commanded"}}'
        return web.Response(
            status=fault.status, headers=fault.headers, text=body, content_type="application/json"
        )
    return None


def _completion(asked: Json, message: Json, number: int) -> Json:
    prompt = sum(len(str(one.get("content") or "")) for one in asked["messages"]) // 4
    calls = bool(message.get("tool_calls"))
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 0,
        "model": asked["model"],
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": "tool_calls" if calls else "stop",
                "logprobs": None,
            }
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": 40,
            "total_tokens": prompt + 40,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    }


def scripted(asked: Json) -> Json:
    """Search first; with results at hand answer with up to five of them."""
    messages = asked["messages"]
    last = max(at for at, one in enumerate(messages) if one["role"] == "user")
    results = [
        json.loads(one["content"]) for one in messages[last:] if one["role"] == "tool" and _is_json(one)
    ]
    filters = _read_filters(messages[last]["content"])
    if not results and asked.get("tools"):
        return tool_call(
            "search_products", {"query": _read_query(messages[last]["content"]), "filters": filters}
        )
    filters |= {name: _NO_FILTERS[name] for result in results for name in _left_out(result)}
    products = [product for result in results for product in result.get("products", [])][:5]
    if not products:
        return answer_call("I could not find that. Which colour, size or budget do you have in mind?")
    ids = list(dict.fromkeys(product["id"] for product in products))
    return answer_call("Here is what I found for you:", ids, filters=filters)


def _left_out(result: Json) -> list[str]:
    """The filters no product shown was held to."""
    fields = {"price": ["price_min", "price_max"], "color": ["colors"], "size": ["sizes"]}
    return [field for part in result.get("left_out", []) for field in fields.get(part, [])]


def _is_json(message: Json) -> bool:
    return str(message["content"]).startswith("{")


def _read_filters(text: str) -> Json:
    lowered = text.lower()
    price = re.search(r"(?:under|below|max|up to)\s*[$€£]?\s*(\d+(?:\.\d+)?)", lowered)
    size = re.search(r"\bsize\s+(\w+)", lowered)
    return _NO_FILTERS | {
        "price_max": float(price[1]) if price else None,
        "colors": re.findall(rf"\b(?:{_COLORS})\b", lowered),
        "sizes": [size[1].upper()] if size else [],
    }


def _read_query(text: str) -> str:
    words = re.sub(rf"[$€£]?\d+(?:\.\d+)?|\b(?:{_COLORS})\b|[^\w\s]", " ", text.lower()).split()
    return " ".join(word for word in words if word not in _FILLER)


def embed(text: str, dimensions: int) -> list[float]:
    """The same for the same text, near for texts with words in common, of length one."""
    vector = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()) or [""]:
        for salt in range(4):
            code = crc32(f"{salt} {word}".encode())
            vector[code % dimensions] += 1.0 if code & 0x10000 else -1.0
    length = sum(value * value for value in vector) ** 0.5
    if not length:  # all words cancelled out
        return [1.0, *vector[1:]]
    return [value / length for value in vector]


def _encoded(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


@asynccontextmanager
async def openai_standin(port: int = 0) -> AsyncIterator[OpenAIStandin]:
    standin = OpenAIStandin()
    runner = web.AppRunner(standin.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        standin.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield standin
    finally:
        await runner.cleanup()


async def _serve(port: int) -> None:
    async with openai_standin(port) as standin:
        sys.stdout.write(f"{standin.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    try:
        asyncio.run(_serve(parser.parse_args().port))
    except KeyboardInterrupt:
        sys.exit(0)
