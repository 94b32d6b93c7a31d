"""Times from trade to order: the newest count, percentiles over all accounts."""

from paper_trading.latencies import KEPT, Latencies, percentiles


def test_without_any_there_are_none() -> None:
    assert percentiles([]) == (None, None)
    assert percentiles([Latencies()]) == (None, None)


def test_the_newest_count() -> None:
    times = Latencies()
    for nanoseconds in range(1, KEPT + 11):
        times.add(nanoseconds)
    assert sorted(times.all()) == list(range(11, KEPT + 11))


def test_all_accounts_count_together() -> None:
    fast, slow = Latencies(), Latencies()
    for _ in range(98):
        fast.add(20_000)
    for _ in range(2):
        slow.add(5_000_000)
    assert percentiles([fast, slow]) == (20.0, 5000.0)
    assert percentiles([slow]) == (5000.0, 5000.0)
