"""Circular candle columns: fixed arrays, one writer, lock-free readers."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from market.errors import BadCandles, ColumnsBusy
from market.ring import (
    BEFORE_EVERY_ID,
    CLOSE,
    COMPLETE,
    F64,
    FIRST_ID,
    HIGH,
    I32,
    I64,
    LAST_ID,
    LENGTH,
    LOW,
    NEXT,
    OPEN,
    SEQUENCE,
    STRUCTURE,
    TIME,
    VOLUME,
    RingStorage,
    append_candle,
    copy_consistent,
    read_span,
    replace_candles,
    replace_newest,
)
from market.types import Candle

__all__ = ["F64", "I32", "I64", "CandleColumns", "CandleWindow"]

ATTEMPTS = 100_000

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True, slots=True)
class CandleWindow:
    """A run of candles, oldest first. All arrays have length n and are read-only.

    ``time_ns`` int64 start of each candle; ``open``, ``high``, ``low``, ``close`` float64 in quote
    currency; ``volume`` float64 in base currency; ``trades`` int32, 0 where the venue does not say.
    ``first_index`` is the absolute index of row 0, counted from the first candle the ring ever held
    and never reused. ``version`` is the ring's version when the window was taken.
    """

    time_ns: I64
    open: F64
    high: F64
    low: F64
    close: F64
    volume: F64
    trades: I32
    first_index: int
    version: int

    def __len__(self) -> int:
        return int(self.time_ns.shape[0])

    def part(self, first: int, end: int) -> "CandleWindow":
        """Rows ``first`` to ``end - 1``, views of this window's arrays."""
        rows = slice(first, end)
        return CandleWindow(
            self.time_ns[rows], self.open[rows], self.high[rows], self.low[rows], self.close[rows],
            self.volume[rows], self.trades[rows], self.first_index + first, self.version,
        )  # fmt: skip

    @staticmethod
    def from_arrays(
        time_ns: ArrayLike,
        open: ArrayLike,
        high: ArrayLike,
        low: ArrayLike,
        close: ArrayLike,
        volume: ArrayLike,
        trades: ArrayLike | None = None,
    ) -> "CandleWindow":
        """A window over plain arrays (views where the type already fits); index and version are 0.

        Raises :class:`BadCandles` when the lengths differ or the times do not rise.
        """
        times = _read_only(np.asarray(time_ns, np.int64))
        if trades is None:
            trades = np.zeros(times.shape, np.int32)
        o, h, lo, c, v = (
            _read_only(np.asarray(x, np.float64)) for x in (open, high, low, close, volume)
        )
        counts = _read_only(np.asarray(trades, np.int32))
        shapes = {times.shape, counts.shape, *(column.shape for column in (o, h, lo, c, v))}
        if len(shapes) != 1 or times.ndim != 1:
            raise BadCandles(f"column shapes were {sorted(shapes)}; all must be one (n,)")
        if np.any(times[1:] <= times[:-1]):
            at = int(np.argmax(times[1:] <= times[:-1])) + 1
            raise BadCandles(f"candle {at} starts at {times[at]} ns, not after {times[at - 1]} ns")
        return CandleWindow(times, o, h, lo, c, v, counts, 0, 0)


class CandleColumns:
    """One ring of candles.

    Writing (``append``, ``replace_last``, ``load``) is for one thread. ``snapshot`` may be called
    from any thread; ``window`` too, when a torn newest candle does no harm.
    """

    def __init__(self, capacity: int, storage: RingStorage | None = None, row: int = 0) -> None:
        if capacity < 1:
            raise BadCandles(f"capacity was {capacity}; it must be at least 1")
        self.capacity = capacity
        self._storage = storage or RingStorage.allocate(1, capacity)
        self._row = row
        self._head = self._storage.heads[row]
        self._times = _read_only(self._storage.longs[row, TIME])
        self._values = tuple(_read_only(self._storage.values[row, field]) for field in range(5))
        self._counts = _read_only(self._storage.counts[row])

    def __len__(self) -> int:
        return int(self._head[LENGTH])

    @property
    def version(self) -> int:
        """Even when stable, odd while the writer is inside; rises with every change."""
        return int(self._head[SEQUENCE])

    @property
    def structure(self) -> int:
        """Rises with every change that is more than an update of the newest candle."""
        return int(self._head[STRUCTURE])

    @property
    def next_index(self) -> int:
        """Absolute index one past the newest candle."""
        return int(self._head[NEXT])

    def bounds(self) -> tuple[int, int]:
        """``structure`` and ``next_index`` of one consistent state, from any thread.

        Raises :class:`ColumnsBusy` as :meth:`snapshot` does.
        """
        head = np.empty(4, np.int64)
        for _ in range(ATTEMPTS):
            if read_span(self._storage.heads, self._row, head):
                return int(head[STRUCTURE]), int(head[NEXT])
        raise ColumnsBusy(ATTEMPTS)

    def append(self, candle: Candle) -> None:
        """Add a candle after the newest; raises :class:`BadCandles` unless it starts later."""
        if len(self) and candle.time_ns <= self._last_time():
            raise BadCandles(
                f"candle starts at {candle.time_ns} ns, not after {self._last_time()} ns"
            )
        storage = self._storage
        append_candle(
            storage.heads, storage.longs, storage.values, storage.counts, self._row,
            *candle, BEFORE_EVERY_ID, BEFORE_EVERY_ID,
        )  # fmt: skip

    def replace_last(self, candle: Candle) -> None:
        """Overwrite the newest candle; raises :class:`BadCandles` unless of the same time."""
        if not len(self) or candle.time_ns != self._last_time():
            newest = self._last_time() if len(self) else None
            raise BadCandles(
                f"candle starts at {candle.time_ns} ns; the newest starts at {newest} ns"
            )
        storage = self._storage
        replace_newest(
            storage.heads, storage.longs, storage.values, storage.counts, self._row,
            *candle, BEFORE_EVERY_ID, BEFORE_EVERY_ID,
        )  # fmt: skip

    def load(self, window: CandleWindow) -> None:
        """Replace everything by the newest ``capacity`` candles; absolute indices go on rising."""
        start = max(0, len(window) - self.capacity)
        self._replace(
            self.next_index,
            window.time_ns[start:],
            _values(window)[:, start:],
            window.trades[start:],
        )

    def window(self, count: int | None = None, end: int | None = None) -> CandleWindow:
        """The ``count`` candles before index ``end`` (default: all, the newest), as they are read.

        The writer may change them meanwhile: from another thread take :meth:`snapshot`.
        """
        head = self._head
        first, n = _span(int(head[NEXT]), int(head[LENGTH]), count, end)
        held = np.arange(first, first + n) % self.capacity
        o, h, low, c, v = (_read_only(values[held]) for values in self._values)
        times, counts = _read_only(self._times[held]), _read_only(self._counts[held])
        return CandleWindow(times, o, h, low, c, v, counts, first, int(head[SEQUENCE]))

    def snapshot(self, count: int | None = None, end: int | None = None) -> CandleWindow:
        """Like :meth:`window`, as a copy that is one consistent state; retried until it is.

        Raises :class:`ColumnsBusy` when the writer stays inside longer than a living one can.
        """
        storage = self._storage
        head = np.empty(4, np.int64)
        for _ in range(ATTEMPTS):
            if not read_span(storage.heads, self._row, head):
                continue
            first, n = _span(int(head[NEXT]), int(head[LENGTH]), count, end)
            times, values, counts = np.empty(n, np.int64), np.empty((5, n)), np.empty(n, np.int32)
            version = int(head[SEQUENCE])
            if n:
                version = copy_consistent(
                    storage.heads, storage.longs, storage.values, storage.counts,
                    self._row, int(head[STRUCTURE]), first, times, values, counts,
                )  # fmt: skip
            if version >= 0:
                o, h, low, c, v = (_read_only(values[field]) for field in range(5))
                return CandleWindow(
                    _read_only(times), o, h, low, c, v, _read_only(counts), first, version
                )
        raise ColumnsBusy(ATTEMPTS)

    def _last_time(self) -> int:
        return int(self._times[(self.next_index - 1) % self.capacity])

    def _replace(self, start: int, times: I64, values: F64, counts: I32) -> None:
        longs = np.empty((3, times.shape[0]), np.int64)
        longs[TIME] = times
        longs[FIRST_ID] = BEFORE_EVERY_ID
        longs[LAST_ID] = COMPLETE
        longs[LAST_ID, -1:] = BEFORE_EVERY_ID
        storage = self._storage
        replace_candles(
            storage.heads, storage.longs, storage.values, storage.counts, self._row,
            start, times.shape[0], longs,
            np.ascontiguousarray(values), np.ascontiguousarray(counts),
        )  # fmt: skip


def _span(next_index: int, length: int, count: int | None, end: int | None) -> tuple[int, int]:
    """First absolute index and number of candles of a window that was asked for."""
    oldest = next_index - length
    stop = next_index if end is None else min(max(end, oldest), next_index)
    first = oldest if count is None else max(stop - max(count, 0), oldest)
    return first, stop - first


def _values(window: CandleWindow) -> F64:
    stacked: F64 = np.empty((5, len(window)))
    stacked[OPEN], stacked[HIGH], stacked[LOW] = window.open, window.high, window.low
    stacked[CLOSE], stacked[VOLUME] = window.close, window.volume
    return stacked


def _read_only(array: NDArray[T]) -> NDArray[T]:
    view = array.view()
    view.flags.writeable = False
    return view
