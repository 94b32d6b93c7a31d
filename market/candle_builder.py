"""Trades of one symbol become candles of all nine intervals, in circular columns."""

from enum import IntEnum
from functools import partial
from typing import NamedTuple

import numpy as np

from market.aggregation import (
    APPLIED,
    DECIMALS,
    DUPLICATES,
    PATCHED,
    TOO_LATE,
    WAS_APPLIED,
    WAS_DUPLICATE,
    WAS_PATCHED,
    WAS_TOO_LATE,
    add_trade,
    allocate_state,
    note_all_decimals,
)
from market.columns import CandleColumns, CandleWindow
from market.composing import composed
from market.kernel import entry
from market.merging import Rows, merge_history
from market.ring import TIME, RingStorage, replace_candles
from market.types import INTERVALS, Interval


class Outcome(IntEnum):
    """What became of a trade. ``PATCHED``: late, and put into the candle it belongs to."""

    APPLIED = WAS_APPLIED
    DUPLICATE = WAS_DUPLICATE
    PATCHED = WAS_PATCHED
    TOO_LATE = WAS_TOO_LATE


class BuilderCounters(NamedTuple):
    """Trades by outcome since the start."""

    applied: int
    duplicates: int
    patched: int
    too_late: int


_OUTCOMES = tuple(Outcome)


class CandleBuilder:
    """Builds the candles of one symbol. One thread writes; :meth:`columns` may be read from any.

    Trades may come in any order and more than once: as long as their ids lie within the newest 8192
    and a candle they create lies within the newest 256, the result is that of the sorted, unique
    trades. Intervals without trades have no candle. :meth:`add` allocates nothing.
    """

    def __init__(self, capacity: int = 5000) -> None:
        self._storage = storage = RingStorage.allocate(len(INTERVALS), capacity)
        self._state = allocate_state()
        self._columns = {
            interval: CandleColumns(capacity, storage, row)
            for row, interval in enumerate(INTERVALS)
        }
        arrays = (self._state, storage.heads, storage.longs, storage.values, storage.counts)
        self._add = partial(entry(add_trade, *arrays, 0, 0, 0.0, 0.0), *arrays)
        self._loads = 0

    def add(self, trade_id: int, time_ns: int, price: float, size: float) -> Outcome:
        """Put one trade into all candles it belongs to.

        ``trade_id`` ≥ 0 rises in the order of execution; ``time_ns`` ≥ 0; ``price`` > 0 in quote
        currency and ``size`` in base currency are finite: the caller has checked.
        """
        outcome: Outcome = _OUTCOMES[self._add(trade_id, time_ns, price, size)]
        return outcome

    def columns(self, interval: Interval) -> CandleColumns:
        """The candles of one interval; always the same object."""
        return self._columns[interval]

    def load_history(
        self,
        interval: Interval,
        candles: CandleWindow,
        *,
        closed: bool = False,
        final: bool = False,
    ) -> None:
        """Merge a venue's candles with those built from trades, see :mod:`market.merging`.

        ``closed``: the newest of them is over too, and takes no more trades. ``final``: all of them
        are over, and what the trades made of them counts for nothing.

        Load recent trades through :meth:`add` first, then their venue's candles: trades are not
        counted into candles that the venue has closed. Existing candles keep their absolute index
        unless one comes before or between them.
        """
        if not len(candles):
            return
        live = self._rows(INTERVALS.index(interval))
        note_all_decimals(self._state, np.ascontiguousarray(candles.close))
        merged = merge_history(live, candles, closed=closed, final=final)
        self._hold(interval, live, merged)

    def compose(self, interval: Interval, shorter: Interval, start_ns: int) -> None:
        """Make the candle of ``interval`` at ``start_ns`` the sum of the ``shorter`` ones in it.

        For the one that was open when trades began to be known, see :mod:`market.composing`.
        """
        live, parts = (self._rows(INTERVALS.index(each)) for each in (interval, shorter))
        rows = composed(live, parts, start_ns, interval.nanoseconds)
        if rows is not live:
            self._hold(interval, live, rows)

    def _hold(self, interval: Interval, live: Rows, merged: Rows) -> None:
        """Replace the candles ``live`` by ``merged``, the newest that there is room for."""
        columns = self._columns[interval]
        row = INTERVALS.index(interval)
        kept = merged.newest(columns.capacity)
        start = columns.next_index
        if np.array_equal(merged.longs[TIME, : len(live)], live.longs[TIME]):
            start += len(merged) - len(live) - len(kept)
        storage = self._storage
        replace_candles(
            storage.heads, storage.longs, storage.values, storage.counts,
            row, start, len(kept), kept.longs, kept.values, kept.counts,
        )  # fmt: skip
        self._loads += 1

    def clear(self) -> None:
        """Forget all trades and candles, for another market; absolute indices go on rising."""
        self._loads = self.version + 1
        self._state[:] = allocate_state()
        nothing = CandleWindow.from_arrays(*[[]] * 6)
        for columns in self._columns.values():
            columns.load(nothing)

    @property
    def version(self) -> int:
        """Rises with every trade that changed a candle and every history loaded."""
        return int(self._state[APPLIED] + self._state[PATCHED]) + self._loads

    @property
    def price_decimals(self) -> int:
        """Digits seen after the point of any price, at most 8."""
        return int(self._state[DECIMALS])

    @property
    def counters(self) -> BuilderCounters:
        """Trades by outcome since the start."""
        state = self._state
        return BuilderCounters(
            int(state[APPLIED]), int(state[DUPLICATES]), int(state[PATCHED]), int(state[TOO_LATE])
        )

    @property
    def nbytes(self) -> int:
        """Memory of the rings, the same from the start to the end."""
        storage = self._storage
        arrays = (storage.heads, storage.longs, storage.values, storage.counts)
        return sum(array.nbytes for array in arrays)

    def _rows(self, row: int) -> Rows:
        storage = self._storage
        columns = self._columns[INTERVALS[row]]
        oldest = columns.next_index - len(columns)
        held = np.arange(oldest, columns.next_index) % columns.capacity
        longs, values = storage.longs[row], storage.values[row]
        return Rows(
            longs.take(held, axis=1), values.take(held, axis=1), storage.counts[row].take(held)
        )
