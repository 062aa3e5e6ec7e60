"""The plan's six scores, each from 0 to 1, and their weights."""

from dataclasses import dataclass, fields, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from models.search import Scores

Column = NDArray[np.float32]

# After this many days a product's newness counts half.
_HALF_NEW_DAYS = 60
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The plan's, for embeddings that understand sentences."""

    semantic: float = 0.40
    keyword: float = 0.20
    popularity: float = 0.15
    availability: float = 0.10
    price_match: float = 0.10
    recency: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an embedder is good for.

    A product none of whose words were asked for is found only from this cosine on: `floor`.
    """

    weights: Weights
    floor: float


_OPENAI = Profile(weights=Weights(), floor=0.22)
# Averaged word vectors know less than the words themselves: measured with scripts/evaluate_search.py.
_LOCAL = Profile(
    weights=Weights(
        semantic=0.25, keyword=0.60, popularity=0.05, availability=0.05, price_match=0.03, recency=0.02
    ),
    floor=0.15,
)


def profile(embedder: str, weights: Weights | None = None) -> Profile:
    """The embedder's own, with the merchant's weights where they have any."""
    own = _LOCAL if embedder.startswith("wordllama") else _OPENAI
    return replace(own, weights=weights) if weights else own


_NAMES = tuple(part.name for part in fields(Scores))


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The six scores of many products, in one order."""

    semantic: Column
    keyword: Column
    popularity: Column
    availability: Column
    price_match: Column
    recency: Column

    def weighted(self, weights: Weights) -> Column:
        total: Column = sum(
            (getattr(self, name) * np.float32(getattr(weights, name)) for name in _NAMES),
            np.zeros(len(self.semantic), np.float32),
        )
        return total

    def scores(self, place: int) -> Scores:
        return Scores(**{name: float(getattr(self, name)[place]) for name in _NAMES})


def recency(created: NDArray[np.float64], now: datetime) -> Column:
    """`created` in seconds since 1970."""
    days = np.maximum(now.timestamp() - created, 0) / _DAY_SECONDS
    score: Column = np.exp2(-days / _HALF_NEW_DAYS).astype(np.float32)
    return score


def closeness(prices: NDArray[np.int64], price: int) -> Column:
    """1 at the same price, towards 0 with the ratio of the two."""
    low, high = np.minimum(prices, price), np.maximum(prices, price)
    score: Column = ((low + 1) / (high + 1)).astype(np.float32)
    return score
