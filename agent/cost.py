"""What a model call cost."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.codec import from_jsonable


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """`cached` is the part of `prompt` the endpoint had read before."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Microdollars per token."""

    input: float
    cached: float
    output: float


@cache
def _prices() -> dict[str, Price]:
    text = (Path(__file__).parent / "prices.toml").read_text(encoding="utf-8")
    return from_jsonable(dict[str, Price], tomllib.loads(text))


def price_of(model: str) -> Price | None:
    known = [name for name in _prices() if model.startswith(name)]
    return _prices()[max(known, key=len)] if known else None


def cost_microdollars(model: str, tokens: Tokens) -> float:
    """Nothing for a model without a price."""
    price = price_of(model)
    if price is None:
        return 0.0
    fresh = tokens.prompt - tokens.cached
    return fresh * price.input + tokens.cached * price.cached + tokens.completion * price.output
