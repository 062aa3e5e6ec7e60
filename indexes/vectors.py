"""Nearest products by meaning: an exact scan of those that pass, or a graph where very many do.

The graph covers the vectors as they were when it was built. Vectors changed since are scanned exactly beside
it, and a new graph is built in a thread and swapped in: a search never waits for it.
"""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes.columns import Places, grown
from indexes.graph import Graph

Vector = NDArray[np.float32]

# A scan of this many numbers takes about a millisecond; a shop with fewer needs no graph.
_SCANNED = 2_000_000
# So many numbers are multiplied at once.
_BLOCK = 200_000
# The graph is built anew when this share of the vectors is no longer in it.
_CHANGED_SHARE = 0.1
# Building pauses after so many, some tenths of a second, to see whether it is still wanted.
_ADDED_AT_ONCE = 200
# One answer of the graph costs as much as scanning so many vectors.
_ANSWER_COSTS = 17
# So much more than the filter's share would need is asked of the graph.
_MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class _Built:
    graph: Graph
    changes: int  # the counters when the vectors were copied
    drops: int


@dataclass(frozen=True, slots=True)
class Near:
    slots: Places
    cosines: Vector


class Vectors:
    def __init__(self, dimension: int, *, scanned: int = _SCANNED) -> None:
        self.dimension = dimension
        self._scanned_at_most = scanned // dimension
        self._matrix = np.zeros((0, dimension), np.float32)
        # Per slot the count of changes when it last changed; 0 = empty.
        self._changed = np.zeros(0, np.int64)
        self._changes = 0
        self._drops = 0
        self._size = 0
        self._built: _Built | None = None
        self._builder: threading.Thread | None = None

    def put(self, slot: int, vector: Vector) -> bool:
        """False when it stood there already."""
        self._matrix, self._changed = grown(self._matrix, slot + 1), grown(self._changed, slot + 1)
        self._size = max(self._size, slot + 1)
        if self._changed[slot] and np.array_equal(self._matrix[slot], vector):
            return False
        self._matrix[slot] = vector
        self._changes += 1
        self._changed[slot] = self._changes
        return True

    def drop(self, slot: int) -> None:
        self._changed[slot] = 0
        self._drops += 1

    def at(self, slot: int) -> Vector:
        vector: Vector = self._matrix[slot].copy()
        return vector

    def cosines(self, query: Vector, slots: Places) -> Vector:
        """A block at a time: it stays in the cache, and is too small for BLAS to start threads for."""
        block = max(_BLOCK // self.dimension, 1)
        picked = np.empty((min(block, len(slots)), self.dimension), np.float32)
        cosines = np.empty(len(slots), np.float32)
        for at in range(0, len(slots), block):
            some = slots[at : at + block]
            # "clip": the default mode copies once more.
            rows = self._matrix.take(some, axis=0, out=picked[: len(some)], mode="clip")
            np.dot(rows, query, out=cosines[at : at + block])
        return cosines

    def nearest(self, query: Vector, allowed: Places, count: int) -> Near:
        """Of the allowed slots (rising) at least the `count` nearest, or all where that costs no more."""
        asked = int(_MARGIN * count * self._size / max(len(allowed), 1))
        if self._built is not None and asked * _ANSWER_COSTS < len(allowed):
            near = self._from_graph(self._built, query, allowed, asked, count)
            if near is not None:
                return near
        return Near(allowed, self.cosines(query, allowed))

    def _from_graph(
        self, built: _Built, query: Vector, allowed: Places, asked: int, count: int
    ) -> Near | None:
        """The allowed among the graph's answers and all it does not know; None where those are too few."""
        changed = self._changed[allowed] > built.changes
        answered = np.zeros(self._size, np.bool_)
        answered[allowed[~changed]] = True
        slots, cosines = built.graph.nearest(query, asked)
        kept = answered[slots]
        if np.count_nonzero(kept) < count:
            return None
        fresh = allowed[changed]
        return Near(
            np.concatenate([slots[kept], fresh]), np.concatenate([cosines[kept], self.cosines(query, fresh)])
        )

    def refresh(self, lock: threading.RLock) -> None:
        """Start building a graph where one is due. The lock guards the vectors against `put`."""
        due = self._size > self._scanned_at_most and self._outdated() > _CHANGED_SHARE * self._size
        if due and (self._builder is None or not self._builder.is_alive()):
            self._builder = threading.Thread(target=self._build, args=(lock,), name="graph")
            self._builder.start()

    def settle(self) -> None:
        """Wait for a graph under construction: for measurements and tests."""
        if self._builder is not None:
            self._builder.join()

    def _outdated(self) -> int:
        """How many answers of the graph are wrong or missing."""
        changes, drops = (self._built.changes, self._built.drops) if self._built else (0, 0)
        return int(np.count_nonzero(self._changed[: self._size] > changes)) + self._drops - drops

    def _build(self, lock: threading.RLock) -> None:
        with lock:
            slots = np.flatnonzero(self._changed[: self._size])
            vectors, changes, drops = self._matrix[slots], self._changes, self._drops
        graph = Graph(self.dimension, len(slots))
        for at in range(0, len(slots), _ADDED_AT_ONCE):
            if not threading.main_thread().is_alive():
                return  # the process wants to end
            graph.add(vectors[at : at + _ADDED_AT_ONCE], slots[at : at + _ADDED_AT_ONCE])
        self._built = _Built(graph, changes, drops)
