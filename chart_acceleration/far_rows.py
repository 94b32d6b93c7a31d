"""Rows with their pyramid: what a layout asks of a chart of any length."""

from math import inf, nan
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from chart_acceleration import pyramid as blocks
from chart_acceleration.far_projection import (
    fold_candles,
    fold_curve,
    project_candles_far,
    project_curve_far,
)
from chart_acceleration.projection import (
    HIGH,
    HIGHEST,
    LOW,
    LOWEST,
    VOLUME,
    heikin_ashi_rows,
)
from chart_acceleration.pyramid import Pyramid, fold
from chart_acceleration.scene import F64, I32, I64

Columns = tuple[F64, F64, F64, F64, F64]  # open, high, low, close, volume
T = TypeVar("T", bound=np.generic)


def read_only(table: NDArray[T]) -> NDArray[T]:
    """A view that cannot be written; kernels get every column as one, so they compile once."""
    view = table.view()
    view.flags.writeable = False
    return view


def with_room(table: NDArray[T], length: int, room: int) -> NDArray[T]:
    """A copy of the first ``length`` entries of the last axis, with ``room`` for more."""
    larger = np.empty((*table.shape[:-1], room), table.dtype)
    larger[..., :length] = table[..., :length]
    return larger


class FarCandles:
    """Candles whose extent and pixel columns cost the same for any number of them.

    ``columns``: open, high, low, close, volume, float64, as long as there is room for rows; those
    from ``length`` on are not filled yet.
    """

    __slots__ = ("_pyramid", "columns")

    def __init__(self, columns: Columns, length: int) -> None:
        self.columns = columns
        self._pyramid = Pyramid.room(columns[0].shape[0], blocks.MOST + 1)
        self.update(0, length)

    def update(self, first: int, length: int) -> None:
        """Take in rows first..length - 1, which are new or have changed."""
        fold(*self.columns, self._pyramid.levels, self._pyramid.starts, first, length)

    def move(self, columns: Columns) -> None:
        """Go on with ``columns``: the same rows, with more room."""
        self.columns = columns
        self._pyramid = self._pyramid.grown(columns[0].shape[0])

    def extent(self, first: int, end: int) -> tuple[float, float, float]:
        """Lowest and highest price and greatest volume of rows first..end - 1, as ``scan`` finds
        them; of no rows inf, -inf, 0.
        """
        if first >= end:
            return inf, -inf, 0.0
        pyramid, row, out = self._pyramid, np.array([first]), np.empty((5, 1))
        fold_candles(*self.columns, pyramid.levels, pyramid.starts, 0, row, 1, end, out)
        return float(out[LOW, 0]), float(out[HIGH, 0]), max(0.0, float(out[VOLUME, 0]))

    def project(
        self, start: int, end: int, numbers: F64, first: int, work: tuple[I32, I64, F64]
    ) -> int:
        """What :func:`project_candles` writes into ``work`` (x, row, out) for rows start..end - 1,
        from visible row ``first`` on; returns how many columns.
        """
        pyramid = self._pyramid
        return project_candles_far(
            *self.columns, pyramid.levels, pyramid.starts, start, end, numbers, first, *work
        )


class FarCurve:
    """One series of values, NaN where there is none, whose extent and pixel columns cost the same
    for any number of them. ``values``: float64, as long as there is room for rows.
    """

    __slots__ = ("_pyramid", "values")

    def __init__(self, values: F64, length: int) -> None:
        self.values = values
        self._pyramid = Pyramid.room(values.shape[0], blocks.HIGH + 1)
        self.update(0, length)

    def update(self, first: int, length: int) -> None:
        """Take in rows first..length - 1, which are new or have changed."""
        fold(*(self.values,) * 5, self._pyramid.levels, self._pyramid.starts, first, length)

    def move(self, values: F64) -> None:
        """Go on with ``values``: the same rows, with more room."""
        self.values = values
        self._pyramid = self._pyramid.grown(values.shape[0])

    def extent(self, first: int, end: int) -> tuple[float, float]:
        """Lowest and highest of rows first..end - 1; NaN where none has a value."""
        if first >= end:
            return nan, nan
        pyramid, row, out = self._pyramid, np.array([first]), np.empty((4, 1))
        fold_curve(self.values, pyramid.levels, pyramid.starts, 0, row, 1, end, out)
        return float(out[LOWEST, 0]), float(out[HIGHEST, 0])

    def project(
        self,
        start: int,
        end: int,
        numbers: F64,
        first: int,
        shift: int,
        work: tuple[I32, I64, F64],
    ) -> int:
        """What :func:`project_curve` writes into ``work`` (x, row, out) for rows start..end - 1,
        from visible row ``first`` on; ``row`` gets each column's first row, counted from ``start``.
        Returns how many columns.
        """
        pyramid = self._pyramid
        return project_curve_far(
            self.values, pyramid.levels, pyramid.starts, start, end, numbers, first, shift, *work
        )


class FarStudy:
    """The curves of one study. ``values``: float64 (curves, room for rows)."""

    __slots__ = ("curves", "values")

    def __init__(self, values: F64, length: int) -> None:
        self.values = values
        self.curves = tuple(FarCurve(read_only(row), length) for row in values)

    def put(self, row: int, values: F64) -> None:
        """Write ``row``, the newest, of every curve."""
        self.values[:, row] = values
        for curve in self.curves:
            curve.update(row, row + 1)

    def move(self, length: int, room: int) -> None:
        """Copy the first ``length`` rows to where there is ``room``."""
        self.values = with_room(self.values, length, room)
        for row, curve in zip(self.values, self.curves, strict=True):
            curve.move(read_only(row))


class FarHeikinAshi:
    """Candles as Heikin-Ashi candles, from their first row on."""

    __slots__ = ("_prices", "candles")

    def __init__(self, columns: Columns, length: int) -> None:
        self._prices: F64 = np.empty((4, columns[0].shape[0]))
        heikin_ashi_rows(*columns[:4], 0, length, self._prices)
        self.candles = FarCandles(self._columns(columns), length)

    def update(self, columns: Columns, row: int) -> None:
        """Take in ``row``, the newest."""
        heikin_ashi_rows(*columns[:4], row, row + 1, self._prices)
        self.candles.update(row, row + 1)

    def move(self, columns: Columns, length: int) -> None:
        """Go on beside ``columns``: the same ``length`` rows, with more room."""
        self._prices = with_room(self._prices, length, columns[0].shape[0])
        self.candles.move(self._columns(columns))

    def _columns(self, columns: Columns) -> Columns:
        o, h, low, c = (read_only(prices) for prices in self._prices)
        return o, h, low, c, columns[4]
