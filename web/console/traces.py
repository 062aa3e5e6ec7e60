"""The log of a turn as people read it: when each step was, what it was asked for and what it came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from models.codec import from_jsonable
from models.search import Filters

_RUNGS = frozenset({"model", "model_short", "rules", "apology"})
_THOUGHT = frozenset({"understand", "compose", "grounding", "repair", "facets", "comment", "budget_used_up"})
# What a step came to; everything else it holds was asked of it.
_RESULTS = frozenset(
    {
        "found",
        "products",
        "reason",
        "messages",
        "said",
        "tokens",
        "cost_microdollars",
        "calls",
        "relaxed",
        "text",
    }
)
SCORES = ("semantic", "keyword", "popularity", "availability", "price_match", "recency")

Kind = Literal["rung", "call", "thought", "tool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """`scores` in the order of SCORES; empty where nothing was ranked."""

    id: str
    name: str
    score: float | None
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompted:
    """A message to a model, or what it said."""

    role: str
    text: str
    calls: tuple[tuple[str, str], ...] = ()  # of tools: name, arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`start` and `width` in percent of the turn."""

    name: str
    kind: Kind
    failed: bool
    start: float
    width: float
    duration_ms: float
    asked: Mapping[str, Any]
    filters: Filters | None
    hits: tuple[Hit, ...]
    found: int | None
    reason: str | None
    replaced: str | None  # a text that was not true
    relaxed: tuple[str, ...]
    model: str | None
    tokens: Mapping[str, int] | None
    cost_microdollars: int
    sent: tuple[Prompted, ...]
    said: Prompted | None

    @property
    def has_more(self) -> bool:
        return bool(self.asked or self.filters or self.hits or self.reason or self.sent or self.found == 0)


def trace(steps: Sequence[Mapping[str, Any]], duration_ms: float) -> list[Step]:
    """They may have been timed on another machine, whose clock is not quite that of the turn."""
    began = [datetime.fromisoformat(step["started_at"]) for step in steps]
    first = min(began, default=None)
    offsets = [(at - first).total_seconds() * 1000 for at in began] if first else []
    ends = [offset + step["duration_ms"] for offset, step in zip(offsets, steps, strict=True)]
    whole = max([duration_ms, 0.1, *ends])
    return [_step(step, offset, whole) for step, offset in zip(steps, offsets, strict=True)]


def _step(step: Mapping[str, Any], offset: float, whole: float) -> Step:
    data = step["data"]
    asked = {name: value for name, value in data.items() if value and name not in _RESULTS | {"filters"}}
    model = data.get("model") if isinstance(data.get("model"), str) else None
    asked.pop("model", None)
    return Step(
        name=step["name"],
        kind=_kind(step["name"]),
        failed=step["status"] != "ok",
        start=round(100 * offset / whole, 2),
        width=round(max(0.6, 100 * step["duration_ms"] / whole), 2),
        duration_ms=step["duration_ms"],
        asked=asked,
        filters=_filters(data.get("filters")),
        hits=tuple(_hit(one) for one in data.get("products", ()) if isinstance(one, dict)),
        found=data.get("found") if isinstance(data.get("found"), int) else None,
        reason=data.get("reason"),
        replaced=data.get("text"),
        relaxed=tuple(data.get("relaxed") or ()),
        model=model,
        tokens=data.get("tokens"),
        cost_microdollars=data.get("cost_microdollars", 0),
        sent=tuple(_prompted(one) for one in data.get("messages", ())),
        said=_prompted(data["said"]) if data.get("said") else None,
    )


def _kind(name: str) -> Kind:
    if name == "model_call":
        return "call"
    if name in _RUNGS:
        return "rung"
    return "thought" if name in _THOUGHT else "tool"


def _filters(given: object) -> Filters | None:
    try:
        found = from_jsonable(Filters, given) if isinstance(given, dict) else None
    except ValueError:
        return None  # of a version that knew other ones
    return found


def _hit(product: Mapping[str, Any]) -> Hit:
    scores = product.get("scores") or {}
    return Hit(
        id=product["id"],
        name=product["name"],
        score=product.get("score"),
        scores=tuple(float(scores.get(name, 0)) for name in SCORES) if scores else (),
    )


def _prompted(message: Mapping[str, Any]) -> Prompted:
    calls = tuple(
        (call["function"]["name"], call["function"]["arguments"]) for call in message.get("tool_calls", ())
    )
    return Prompted(role=message["role"], text=message.get("content") or "", calls=calls)
