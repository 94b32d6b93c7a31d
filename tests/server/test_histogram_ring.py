"""Rings of histograms and counters against sorted lists of the same values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.histogram_ring import BUCKETS, SLOT_NS, SLOTS, CountRing, HistogramRing

NOW = 1000 * SLOT_NS + 17
HOUR = SLOTS


def ring_of(values: list[float], now_ns: int = NOW) -> HistogramRing:
    ring = HistogramRing(1000.0)
    for value in values:
        ring.record(value, now_ns)
    return ring


@given(st.lists(st.floats(1101.0, 9e9), min_size=1, max_size=300))
def test_percentiles_are_within_a_bucket_of_the_exact_ones(values: list[float]) -> None:
    spread = ring_of(values).spread(1, NOW)
    ordered = sorted(values)
    assert spread.samples == len(values)
    assert spread.most == max(values)
    bucket = 10 ** (1 / 24)
    for found, share in ((spread.p50, 0.5), (spread.p95, 0.95), (spread.p99, 0.99)):
        assert found is not None
        exact = ordered[int(np.ceil(share * len(values) - 1e-9)) - 1]
        assert exact / bucket * 0.999999 <= found <= exact * bucket * 1.000001
        assert found <= max(values)


def test_nothing_recorded_is_no_figure() -> None:
    spread = HistogramRing(1000.0).spread(HOUR, NOW)
    assert spread[:5] == (0, None, None, None, None)
    assert spread.counts.tolist() == [0] * BUCKETS


def test_values_beyond_the_scale_are_in_its_ends() -> None:
    spread = ring_of([-5.0, 0.0, 1.0, 1e13]).spread(1, NOW)
    assert (spread.counts[0], spread.counts[-1], spread.samples) == (3, 1, 4)
    assert spread.most == 1e13
    assert spread.p99 is not None and spread.p99 <= 1e13


def test_only_the_stretch_asked_for_counts() -> None:
    ring = HistogramRing(1000.0)
    for back, value in ((0, 2000.0), (1, 4000.0), (2, 8000.0)):
        ring.record(value, NOW - back * SLOT_NS)
    assert [ring.spread(slots, NOW).samples for slots in (1, 2, 3, 900)] == [1, 2, 3, 3]
    assert ring.spread(3, NOW, since_slot=999).most == 4000.0
    assert ring.spread(3, NOW, since_slot=1001).samples == 0


def test_an_hour_later_the_row_is_used_again() -> None:
    ring = ring_of([5000.0] * 7)
    later = NOW + SLOTS * SLOT_NS
    assert ring.spread(HOUR, later).samples == 0
    ring.record(2000.0, later)
    assert ring.spread(HOUR, later).most == 2000.0
    assert ring.spread(HOUR, later).samples == 1


def test_series_starts_at_multiples_so_that_parts_stay() -> None:
    ring = HistogramRing(1000.0)
    for slot in range(990, 1001):  # 990 to 992 are one part of three, and so on
        ring.record(1000.0 * (slot - 980), slot * SLOT_NS)
    parts = ring.series(9, 3, NOW)
    assert [part.samples for part in parts] == [3, 3, 2]
    assert [part.most for part in parts] == [15_000.0, 18_000.0, 20_000.0]
    assert [part.samples for part in ring.series(9, 3, NOW + SLOT_NS)] == [3, 3, 2]
    assert [part.samples for part in ring.series(9, 3, NOW, since_slot=997)] == [0, 2, 2]


def test_memory_does_not_grow() -> None:
    ring = HistogramRing(1000.0)
    before = ring.nbytes
    for slot in range(3 * SLOTS):
        ring.record(1e6 + slot, slot * SLOT_NS)
    assert ring.nbytes == before < 700_000
    assert ring.spread(HOUR, (3 * SLOTS - 1) * SLOT_NS).samples == SLOTS


def test_counts_are_summed_over_the_stretch() -> None:
    ring = CountRing(("sent", "bytes"))
    ring.add("sent", 1, NOW - SLOT_NS)
    ring.add("sent", 2, NOW)
    ring.add("bytes", 500, NOW)
    assert ring.sums(1, NOW) == {"sent": 2, "bytes": 500}
    assert ring.sums(2, NOW) == {"sent": 3, "bytes": 500}
    assert ring.sums(2, NOW, since_slot=1001) == {"sent": 0, "bytes": 0}
    ring.add("sent", 9, NOW + SLOTS * SLOT_NS)  # the row of the first "sent 2"
    assert ring.sums(HOUR, NOW + SLOTS * SLOT_NS) == {"sent": 9, "bytes": 0}
    with pytest.raises(KeyError):
        ring.add("lost", 1, NOW)
