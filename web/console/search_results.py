"""What the search tester shows of a side: hits with their bars, and how they moved against the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from models.search import Explanation, Hit, Weights


@dataclass(frozen=True, slots=True)
class Bar:
    """`share` of the product's score, from 0 to 1, `counts` once it is weighted."""

    part: str
    score: float
    weight: float

    @property
    def counts(self) -> float:
        return self.score * self.weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`moved`: places up (above 0) or down against the other side. None: it is not there."""

    rank: int
    hit: Hit
    bars: Sequence[Bar]
    moved: int | None

    @property
    def picture(self) -> str | None:
        """Of the variant, else of the product."""
        product = self.hit.product
        pictures = (*self.hit.variant.images, product.main_image, *product.images)
        return next(filter(None, pictures), None)


def shown(explained: Explanation, other: Explanation | None) -> Sequence[Shown]:
    before = _ranks(other) if other else {}
    return [
        Shown(
            rank=rank,
            hit=hit,
            bars=_bars(hit, explained.weights),
            moved=before[hit.product.id] - rank if hit.product.id in before else None,
        )
        for rank, hit in enumerate(explained.result.hits, start=1)
    ]


def _ranks(explained: Explanation) -> Mapping[str, int]:
    return {hit.product.id: rank for rank, hit in enumerate(explained.result.hits, start=1)}


def _bars(hit: Hit, weights: Weights) -> Sequence[Bar]:
    return [
        Bar(part.name, getattr(hit.scores, part.name), getattr(weights, part.name))
        for part in fields(Weights)
    ]
