"""An approximate nearest-neighbour graph over a frozen copy of the vectors."""

from typing import Final

import hnswlib
import numpy as np
from numpy.typing import NDArray

from indexes.columns import Places

_LINKS, _BUILD_WIDTH, _SEED = 16, 200, 7
# Answers are searched this much wider than asked: recall 0.99 on the clusters of scripts/benchmark_search.py.
_WIDTH: Final = 2


class Graph:
    """Never changed once built: changing a graph during queries is unsafe, and a query needs no lock so."""

    def __init__(self, vectors: NDArray[np.float32], slots: Places) -> None:
        self._graph = hnswlib.Index(space="ip", dim=vectors.shape[1])
        self._graph.init_index(len(slots), ef_construction=_BUILD_WIDTH, M=_LINKS, random_seed=_SEED)
        # One thread: the other cores answer customers meanwhile.
        self._graph.add_items(vectors, slots, num_threads=1)

    def nearest(self, query: NDArray[np.float32], count: int) -> Places:
        count = min(count, self._graph.get_current_count())
        self._graph.set_ef(_WIDTH * count)
        labels, _ = self._graph.knn_query(query, count, num_threads=1)
        slots: Places = labels[0].astype(np.intp)
        return slots
