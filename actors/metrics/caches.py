"""How often a search is answered from memory."""

from collections import defaultdict
from dataclasses import replace

from actors.metrics import names
from actors.metrics.instruments import Instruments
from indexes.lookups import Lookups


class CacheMetrics:
    """`cache` is query_vector or search, `result` hit or miss."""

    def __init__(self, instruments: Instruments) -> None:
        self._tell = instruments
        self._counted: defaultdict[str, Lookups] = defaultdict(Lookups)

    def count(self, cache: str, now: Lookups) -> None:
        """So many since the process began."""
        before, self._counted[cache] = self._counted[cache], replace(now)
        for result, more in (("hit", now.hits - before.hits), ("miss", now.misses - before.misses)):
            self._tell.count(names.CACHE_LOOKUPS, more, cache=cache, result=result)
