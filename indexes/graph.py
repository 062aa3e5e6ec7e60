"""An approximate nearest-neighbour graph over a frozen copy of the vectors."""

import hnswlib
import numpy as np
from numpy.typing import NDArray

from indexes.columns import Places

# On the clusters of scripts/benchmark_search.py recall is 1; twice the width only builds twice as long.
_LINKS, _BUILD_WIDTH, _SEED = 16, 100, 7


class Graph:
    """Filled before its first query and never after: changing a graph during queries is unsafe."""

    def __init__(self, dimension: int, size: int) -> None:
        self._graph = hnswlib.Index(space="ip", dim=dimension)
        self._graph.init_index(size, ef_construction=_BUILD_WIDTH, M=_LINKS, random_seed=_SEED)

    def add(self, vectors: NDArray[np.float32], slots: Places) -> None:
        # One thread: the other cores answer customers meanwhile.
        self._graph.add_items(vectors, slots, num_threads=1)

    def nearest(self, query: NDArray[np.float32], count: int) -> tuple[Places, NDArray[np.float32]]:
        """Slots and their cosines."""
        count = min(count, self._graph.get_current_count())
        self._graph.set_ef(count)
        labels, distances = self._graph.knn_query(query, count, num_threads=1)
        return labels[0].astype(np.intp), 1 - distances[0]
