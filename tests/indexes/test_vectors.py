import subprocess
import sys
import threading

import numpy as np
import pytest

from indexes.columns import Places
from indexes.vectors import Vector, Vectors

DIMENSION, COUNT = 64, 5_000


def clusters(count: int, seed: int) -> Vector:
    """Unit vectors around 50 centres: like products, and unlike noise."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(1).standard_normal((50, DIMENSION))
    points = centres[chance.integers(0, 50, count)] + 0.6 * chance.standard_normal((count, DIMENSION))
    unit: Vector = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.fixture(scope="module")
def many() -> Vectors:
    vectors = Vectors(DIMENSION, scanned=1_000 * DIMENSION)
    for slot, vector in enumerate(clusters(COUNT, seed=2)):
        vectors.put(slot, vector)
    vectors.refresh(threading.RLock())
    return vectors


def nearest(vectors: Vectors, query: Vector, allowed: Places) -> Places:
    near = vectors.nearest(query, allowed, 20)
    return near.slots[np.argsort(-near.cosines)[:10]]


def exact(vectors: Vectors, query: Vector, allowed: np.ndarray, count: int) -> set[int]:
    slots = np.flatnonzero(allowed)
    return set(slots[np.argsort(-vectors.cosines(query, slots))[:count]].tolist())


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2, 0.05])
def test_answers_are_the_exact_ones_at_every_share_the_filter_lets_through(
    many: Vectors, share: float
) -> None:
    many.settle()
    allowed = np.random.default_rng(3).random(COUNT) < share

    right = 0
    for query in clusters(20, seed=4):
        found = nearest(many, query, np.flatnonzero(allowed))
        assert allowed[found].all()
        right += len(exact(many, query, allowed, 10) & set(found.tolist()))

    assert right >= 0.99 * 200


def test_a_vector_changed_or_dropped_after_the_graph_was_built_is_answered_right(many: Vectors) -> None:
    many.settle()
    query = clusters(1, seed=5)[0]
    everywhere = np.arange(COUNT)
    closest = int(many.cosines(query, np.arange(COUNT)).argmax())
    before = many.at(closest)

    many.put(closest, -query)
    many.put(17, query)
    many.drop(18)

    found = nearest(many, query, everywhere)
    assert 17 in found
    assert closest not in found
    many.put(closest, before)


def test_a_graph_is_used_for_a_large_shop_and_rebuilt_beside_it(many: Vectors) -> None:
    many.settle()
    lock = threading.RLock()
    for slot in range(COUNT // 5):
        many.put(slot, many.at(COUNT - 1 - slot))
    many.refresh(lock)

    query = clusters(1, seed=6)[0]
    everywhere = np.arange(COUNT)
    while_building = set(nearest(many, query, everywhere).tolist())
    many.settle()

    assert while_building == set(nearest(many, query, everywhere).tolist())


def test_fewer_than_asked_are_all_answered() -> None:
    vectors = Vectors(2)
    vectors.put(3, np.array([1, 0], np.float32))
    query = np.array([0, 1], np.float32)
    assert vectors.nearest(query, np.array([3]), 10).slots.tolist() == [3]
    assert vectors.nearest(query, np.array([], np.intp), 10).slots.tolist() == []


def test_a_process_may_end_while_a_graph_is_being_built() -> None:
    script = """if True:
        import threading, numpy as np
        from indexes.vectors import Vectors
        vectors = Vectors(64, scanned=64)
        for slot, vector in enumerate(np.random.default_rng(0).standard_normal((20_000, 64), np.float32)):
            vectors.put(slot, vector)
        vectors.refresh(threading.RLock())
    """
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False)  # noqa: S603 - our own script
    assert (ended.returncode, ended.stderr) == (0, b"")
