from collections.abc import Sequence

import numpy as np
import pytest

from indexes.lookups import Lookups
from indexes.query_vectors import QueryVectors
from models.errors import Unavailable


class Embedder:
    name, dimension = "counting", 2

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.down = False

    async def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.texts += texts
        if self.down:
            raise Unavailable("down")
        return np.array([[len(text), 1] for text in texts], np.float32)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vectors(embedder: Embedder, clock: Clock) -> QueryVectors:
    return QueryVectors(embedder, clock)


async def test_a_query_is_embedded_once_an_hour(
    vectors: QueryVectors, embedder: Embedder, clock: Clock
) -> None:
    first, again = await vectors.of("red hat"), await vectors.of("red hat")
    assert first is again
    assert (embedder.texts, vectors.lookups) == (["red hat"], Lookups(hits=1, misses=1))
    clock.now += 3601
    await vectors.of("red hat")
    assert embedder.texts == ["red hat", "red hat"]


async def test_an_empty_query_has_no_vector(vectors: QueryVectors, embedder: Embedder) -> None:
    assert await vectors.of(" ") is None
    assert embedder.texts == []


async def test_while_the_embedder_is_down_there_is_none_and_nothing_is_remembered(
    vectors: QueryVectors, embedder: Embedder
) -> None:
    embedder.down = True
    assert await vectors.of("hat") is None
    embedder.down = False
    assert await vectors.of("hat") is not None


async def test_a_long_story_is_not_remembered(vectors: QueryVectors, embedder: Embedder) -> None:
    await vectors.of("hat " * 100)
    await vectors.of("hat " * 100)
    assert len(embedder.texts) == 2


async def test_only_so_many_are_remembered(vectors: QueryVectors, embedder: Embedder) -> None:
    for number in range(2001):
        await vectors.of(f"hat {number}")
    embedder.texts.clear()
    await vectors.of("hat 2000")
    await vectors.of("hat 0")
    assert embedder.texts == ["hat 0"]
