from actors.metrics import names
from actors.metrics.caches import CacheMetrics
from actors.metrics.process import instruments
from indexes.lookups import Lookups
from tests.actors.metrics.recorded import Recorded

LOOKUPS = (Lookups(), Lookups(hits=2), Lookups(hits=2), Lookups(hits=3, misses=1))


def test_what_was_counted_before_is_not_counted_again() -> None:
    heard = Recorded()
    metrics = CacheMetrics(heard)
    for lookups in LOOKUPS:
        metrics.count("search", lookups)
    assert heard.counts(names.CACHE_LOOKUPS, "result") == {"hit": 3, "miss": 1}


def test_a_quiet_half_minute_is_no_failure() -> None:
    metrics = CacheMetrics(instruments("test"))
    for lookups in LOOKUPS:
        metrics.count("search", lookups)
