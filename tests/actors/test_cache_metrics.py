from actors.cache_metrics import CacheMetrics
from indexes.lookups import Lookups


def test_a_quiet_half_minute_is_no_failure() -> None:
    metrics = CacheMetrics()
    for lookups in (Lookups(), Lookups(hits=2), Lookups(hits=2), Lookups(hits=2, misses=1)):
        metrics.count("search", lookups)
