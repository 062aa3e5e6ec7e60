"""The plan's six scores, each from 0 to 1, and their weights."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from models.product import PriceRange
from models.search import Weights

Column = NDArray[np.float32]

# After this many days a product's newness counts half.
_HALF_NEW_DAYS = 60
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an embedder is good for.

    A product none of whose words were asked for is found only from this cosine on: `floor`.
    """

    weights: Weights
    floor: float


_OPENAI = Profile(weights=Weights(), floor=0.25)
# Averaged word vectors know less than the words themselves: measured with scripts/evaluate_search.py.
_LOCAL = Profile(
    weights=Weights(
        semantic=0.22, keyword=0.66, popularity=0.04, availability=0.04, price_match=0.02, recency=0.02
    ),
    floor=0.2,
)


def profile(embedder: str) -> Profile:
    return _LOCAL if embedder.startswith("wordllama") else _OPENAI


def column(weights: Weights) -> Column:
    """In the plan's order, to be multiplied with a matrix of the six scores."""
    parts = (
        weights.semantic,
        weights.keyword,
        weights.popularity,
        weights.availability,
        weights.price_match,
        weights.recency,
    )
    return np.array(parts, np.float32)


def days(at: datetime) -> float:
    """Since 1970."""
    return at.timestamp() / _DAY_SECONDS


def recency(created: Column, now: datetime) -> Column:
    """`created` in days since 1970."""
    age = np.maximum(np.float32(days(now)) - created, 0)
    score: Column = np.exp2(age * np.float32(-1 / _HALF_NEW_DAYS))
    return score


def closeness(prices: NDArray[np.int64], price: int) -> Column:
    """1 at the same price, towards 0 with the ratio of the two."""
    low, high = np.minimum(prices, price), np.maximum(prices, price)
    score: Column = ((low + 1) / (high + 1)).astype(np.float32)
    return score


def distance(prices: NDArray[np.int64], wanted: PriceRange) -> NDArray[np.int64]:
    """Minor units to the nearer end of the range, 0 inside."""
    outside: NDArray[np.int64] = np.maximum(wanted.min_minor - prices, prices - wanted.max_minor)
    return np.maximum(outside, 0)
