"""Candles of any length, and what is needed to draw any part of them at one cost."""

from collections.abc import Iterable, Sequence
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from chart_acceleration.candles import scan_rows
from chart_acceleration.errors import BadChartData
from chart_acceleration.far_rows import (
    Columns,
    FarCandles,
    FarCurve,
    FarHeikinAshi,
    FarStudy,
    read_only,
    with_room,
)
from chart_acceleration.scene import F64, I32, I64
from market.columns import CandleWindow
from market.types import Candle

GROWTH = 1.5
LEAST_ROOM = 1024


class History:
    """Candles, oldest first, and the values of studies beside them.

    Views the columns of ``window`` without a copy until the first change, then owns them. Every row
    is checked once. Raises :class:`BadCandles` for one that cannot be drawn, :class:`BadChartData`
    when times do not rise. Writing is for one thread; a window taken earlier sees a later
    ``replace_last`` of its newest row, as one of a ring does.
    """

    def __init__(self, window: CandleWindow) -> None:
        self._length, self._room = len(window), len(window)
        self._first_index, self._version = window.first_index, window.version
        self._owned = False
        self._times: I64 = np.ascontiguousarray(window.time_ns)
        self._trades: I32 = np.ascontiguousarray(window.trades)
        prices = (window.open, window.high, window.low, window.close, window.volume)
        self._columns = _five(np.ascontiguousarray(column) for column in prices)
        _check_times(self._times)
        columns = _five(map(read_only, self._columns))
        scan_rows(columns, 0, np.zeros(3))
        self._candles = FarCandles(columns, self._length)
        self._heikin_ashi: FarHeikinAshi | None = None
        self._studies: list[FarStudy] = []

    def __len__(self) -> int:
        return self._length

    @property
    def version(self) -> int:
        """Rises with every change of the candles."""
        return self._version

    @property
    def candles(self) -> FarCandles:
        """The candles as they are; row 0 is the oldest."""
        return self._candles

    @property
    def heikin_ashi(self) -> FarCandles:
        """The same rows as Heikin-Ashi candles; made when first asked for."""
        if self._heikin_ashi is None:
            self._heikin_ashi = FarHeikinAshi(self._candles.columns, self._length)
        return self._heikin_ashi.candles

    def curves(self, study: int) -> tuple[FarCurve, ...]:
        """The curves of the study that was added as number ``study``, from 0."""
        return self._studies[study].curves

    def add_study(self, values: ArrayLike) -> None:
        """Add the values of a study: float64 (curves, n), column i beside candle i, NaN where there
        is none. Viewed without a copy where the type fits. Raises :class:`BadChartData`.
        """
        table: F64 = np.ascontiguousarray(values, np.float64)
        if table.ndim != 2 or table.shape[1] != self._length:
            raise BadChartData(
                f"a study had values {table.shape}; needed are (curves, {self._length})"
            )
        if self._owned:
            table = with_room(table, self._length, self._room)
        study = FarStudy(table, self._length)
        for curve in study.curves:
            _check_values(curve.extent(0, self._length))
        self._studies.append(study)

    def append(self, candle: Candle, values: Sequence[ArrayLike] = ()) -> None:
        """Add a candle after the newest; ``values``: of each study the newest of every curve.

        Amortised constant time. Raises :class:`BadCandles` and :class:`BadChartData`.
        """
        if self._length and candle.time_ns <= self._times[self._length - 1]:
            raise BadChartData(
                f"candle starts at {candle.time_ns} ns,"
                f" not after {self._times[self._length - 1]} ns"
            )
        self._put(self._length, candle, values)

    def replace_last(self, candle: Candle, values: Sequence[ArrayLike] = ()) -> None:
        """Overwrite the newest candle and its values, as ``append`` takes them. Raises
        :class:`BadCandles` and :class:`BadChartData`.
        """
        newest = int(self._times[self._length - 1]) if self._length else None
        if candle.time_ns != newest:
            raise BadChartData(
                f"candle starts at {candle.time_ns} ns; the newest starts at {newest} ns"
            )
        self._put(self._length - 1, candle, values)

    def window(self, end: int | None = None) -> CandleWindow:
        """All candles before absolute index ``end`` (None: all), as views."""
        n = self._rows_before(end)
        o, h, low, c, v = (column[:n] for column in self._candles.columns)
        times, trades = read_only(self._times[:n]), read_only(self._trades[:n])
        return CandleWindow(times, o, h, low, c, v, trades, self._first_index, self._version)

    def values(self, end: int | None = None) -> tuple[F64, ...]:
        """The values of every study before absolute index ``end`` (None: all), as views: float64
        (curves, n).
        """
        n = self._rows_before(end)
        return tuple(read_only(study.values[:, :n]) for study in self._studies)

    def _rows_before(self, end: int | None) -> int:
        return self._length if end is None else min(max(end - self._first_index, 0), self._length)

    def _put(self, row: int, candle: Candle, values: Sequence[ArrayLike]) -> None:
        """Write ``row``, the newest or the one after it, once everything has been checked."""
        _, *prices, trades = candle
        one = _five(read_only(np.array([price])) for price in prices)
        scan_rows(one, row, np.zeros(3))
        newest = self._newest_values(values)
        self._make_room(row + 1)
        self._times[row], self._trades[row] = candle.time_ns, trades
        for column, price in zip(self._columns, prices, strict=True):
            column[row] = price
        self._length = row + 1
        self._version += 1
        self._candles.update(row, row + 1)
        for study, latest in zip(self._studies, newest, strict=True):
            study.put(row, latest)
        if self._heikin_ashi is not None:
            self._heikin_ashi.update(self._candles.columns, row)

    def _newest_values(self, values: Sequence[ArrayLike]) -> list[F64]:
        newest = [np.asarray(each, np.float64) for each in values]
        wanted = [(len(study.curves),) for study in self._studies]
        if [each.shape for each in newest] != wanted:
            raise BadChartData(
                f"newest values had shapes {[each.shape for each in newest]}; needed are {wanted}"
            )
        for value in np.concatenate([np.zeros(0), *newest]).tolist():
            _check_values((value, value))
        return newest

    def _make_room(self, length: int) -> None:
        """Own arrays that hold ``length`` rows; larger ones have room for many more."""
        if self._owned and length <= self._room:
            return
        self._owned = True
        n, self._room = self._length, max(int(length * GROWTH), LEAST_ROOM)
        self._times = with_room(self._times, n, self._room)
        self._trades = with_room(self._trades, n, self._room)
        self._columns = _five(with_room(column, n, self._room) for column in self._columns)
        self._candles.move(_five(map(read_only, self._columns)))
        for study in self._studies:
            study.move(n, self._room)
        if self._heikin_ashi is not None:
            self._heikin_ashi.move(self._candles.columns, n)


def _five(columns: Iterable[F64]) -> Columns:
    """Open, high, low, close and volume as the tuple that kernels take."""
    o, h, low, c, v = columns
    return o, h, low, c, v


def _check_times(times: I64) -> None:
    falls = times[1:] <= times[:-1]
    if np.any(falls):
        at = int(np.argmax(falls)) + 1
        raise BadChartData(f"candle {at} starts at {times[at]} ns, not after {times[at - 1]} ns")


def _check_values(extent: tuple[float, float]) -> None:
    if inf in (extent[1], -extent[0]):
        raise BadChartData(f"values of a study were {extent[0]} to {extent[1]}; needed are finite")
