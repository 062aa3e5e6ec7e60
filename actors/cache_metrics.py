"""How often a search is answered from memory, on Ray's Prometheus endpoint."""

from collections import defaultdict
from dataclasses import replace
from typing import Final

from ray.util.metrics import Counter

from indexes.lookups import Lookups

LOOKUPS: Final = "shopkeep_cache_lookups_total"


class CacheMetrics:
    """`cache` is query_vector or search, `result` hit or miss."""

    def __init__(self) -> None:
        self._lookups = Counter(
            LOOKUPS,
            description="Look-ups in the caches of the catalog actors.",
            tag_keys=("cache", "result"),
        )
        self._counted: defaultdict[str, Lookups] = defaultdict(Lookups)

    def count(self, cache: str, now: Lookups) -> None:
        """So many since the process began."""
        before, self._counted[cache] = self._counted[cache], replace(now)
        for result, more in (("hit", now.hits - before.hits), ("miss", now.misses - before.misses)):
            if more:  # Ray counts nothing but what is above zero
                self._lookups.inc(more, tags={"cache": cache, "result": result})
