"""Times or sizes of the last hour in fixed memory: a ring of short logarithmic histograms.

A value costs two additions; percentiles are read from the summed buckets, 24 to the decade, so they
are within 10 % of the exact ones (and never above the largest value, which is kept exactly); below
the scale they are rough.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SLOT_NS = 4_000_000_000
"""One histogram of the ring, 4 s."""
SLOTS = 900
"""An hour."""
PER_DECADE = 24
DECADES = 7
BUCKETS = PER_DECADE * DECADES

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]


class Spread(NamedTuple):
    """What was recorded in a stretch of time, in the unit of the values.

    ``counts`` int64 (BUCKETS,): bucket i holds values from ``lowest · 10 ** (i / PER_DECADE)``, the
    first all smaller and the last all larger ones too. Percentiles and ``most`` are None when
    nothing was recorded.
    """

    samples: int
    p50: float | None
    p95: float | None
    p99: float | None
    most: float | None
    counts: I64


class HistogramRing:
    """Values above ``lowest``, seven decades of them. One thread records; any may read.

    A reader may see a value in the bucket and not yet in the maximum: figures for people.
    """

    def __init__(self, lowest: float) -> None:
        self._counts = np.zeros((SLOTS, BUCKETS), np.int32)
        self._most = np.zeros(SLOTS, np.float64)
        self._slots = np.full(SLOTS, -1, np.int64)
        self._edges = [lowest * 10 ** (i / PER_DECADE) for i in range(BUCKETS + 1)]

    @property
    def nbytes(self) -> int:
        """Memory held, from the start on."""
        return self._counts.nbytes + self._most.nbytes + self._slots.nbytes

    def record(self, value: float, now_ns: int) -> None:
        """Count ``value`` at monotonic ``now_ns``; negative values count as 0."""
        slot = now_ns // SLOT_NS
        row = slot % SLOTS
        if self._slots[row] != slot:
            self._counts[row] = 0
            self._most[row] = 0.0
            self._slots[row] = slot
        bucket = bisect_right(self._edges, value) - 1
        self._counts[row, min(max(bucket, 0), BUCKETS - 1)] += 1
        self._most[row] = max(self._most[row], value)

    def spread(self, slots: int, now_ns: int, since_slot: int = 0) -> Spread:
        """The newest ``slots`` slots, the current one included, none before ``since_slot``."""
        newest = now_ns // SLOT_NS
        return self._spread(_rows(self._slots, newest - slots + 1, newest + 1, since_slot))

    def series(self, slots: int, group: int, now_ns: int, since_slot: int = 0) -> list[Spread]:
        """The same stretch in parts of ``group`` slots, oldest first; the last may be unfinished.

        Parts start at multiples of ``group``, so that a part keeps its slots as time goes on.
        """
        newest = now_ns // SLOT_NS // group
        parts = []
        for part in range(newest - slots // group + 1, newest + 1):
            first, end = part * group, (part + 1) * group
            parts.append(self._spread(_rows(self._slots, first, end, since_slot)))
        return parts

    def _spread(self, rows: list[int]) -> Spread:
        counts = self._counts[rows].sum(axis=0, dtype=np.int64)
        samples = int(counts.sum())
        if samples == 0:
            return Spread(0, None, None, None, None, counts)
        most = float(self._most[rows].max())
        p50, p95, p99 = (self._percentile(counts, share, most) for share in (0.50, 0.95, 0.99))
        return Spread(samples, p50, p95, p99, most, counts)

    def _percentile(self, counts: I64, share: float, most: float) -> float:
        """The value below which ``share`` of the samples lie, linear inside its bucket."""
        up_to = np.cumsum(counts)
        rank = share * up_to[-1]
        bucket = int(np.searchsorted(up_to, rank))
        inside = (rank - (up_to[bucket] - counts[bucket])) / counts[bucket]
        low = 0.0 if bucket == 0 else self._edges[bucket]
        high = most if bucket == BUCKETS - 1 else self._edges[bucket + 1]
        return float(min(low + inside * (high - low), most))


class CountRing:
    """Named counters by slot, for their sums over a stretch of the last hour."""

    def __init__(self, names: Sequence[str]) -> None:
        self._columns = {name: column for column, name in enumerate(names)}
        self._sums = np.zeros((SLOTS, len(names)), np.int64)
        self._slots = np.full(SLOTS, -1, np.int64)

    def add(self, name: str, amount: int, now_ns: int) -> None:
        """Raise the counter ``name`` by ``amount``; KeyError for a name that there is not."""
        slot = now_ns // SLOT_NS
        row = slot % SLOTS
        if self._slots[row] != slot:
            self._sums[row] = 0
            self._slots[row] = slot
        self._sums[row, self._columns[name]] += amount

    def sums(self, slots: int, now_ns: int, since_slot: int = 0) -> dict[str, int]:
        """Every counter over the newest ``slots`` slots, none before ``since_slot``."""
        newest = now_ns // SLOT_NS
        rows = _rows(self._slots, newest - slots + 1, newest + 1, since_slot)
        sums = self._sums[rows].sum(axis=0)
        return {name: int(sums[column]) for name, column in self._columns.items()}


def _rows(numbers: I64, first: int, end: int, since: int) -> list[int]:
    """Rows of the slots ``first`` to ``end - 1`` that are in the ring and not before ``since``."""
    wanted = range(max(first, since), end)
    return [slot % SLOTS for slot in wanted if numbers[slot % SLOTS] == slot]
