"""What a strategy may see of a market: candles and indicators, each only as far as it has closed.

Everything is computed and kept for all candles there are; a :class:`Track` says how many of them
have closed, and no :class:`Series` over it shows more. Time passes by counting up one number.
"""

from collections.abc import Callable, Iterator
from typing import Any, overload

import numpy as np

from market.columns import F64, I64, CandleWindow
from trading.errors import BadStrategy

__all__ = ["CandleView", "Series", "Track", "series_of"]


class Track:
    """The candles of one symbol: of ``window`` the first ``count`` have closed.

    A driver counts up; where candles arrive while it runs it puts a longer window in place first.
    """

    __slots__ = ("count", "window")

    def __init__(self, window: CandleWindow, count: int = 0) -> None:
        self.window = window
        self.count = count


class Series:
    """Numbers, one per closed candle, oldest first; its length grows with every close.

    ``series[-1]`` is the newest, a plain number; slices and :func:`numpy.asarray` give float64
    views that stay as they are. Raises :class:`IndexError` where nothing has closed yet.
    """

    __slots__ = ("_compute", "_item", "_of", "_track", "_values")

    def __init__(self, track: Track, compute: Callable[[CandleWindow], F64]) -> None:
        self._track = track
        self._compute = compute
        self._look_anew()

    def __len__(self) -> int:
        return self._track.count

    def __iter__(self) -> Iterator[float]:
        return iter(self[:].tolist())

    @overload
    def __getitem__(self, place: int) -> float: ...
    @overload
    def __getitem__(self, place: slice) -> F64: ...
    def __getitem__(self, place: int | slice) -> float | F64:
        track = self._track
        count = track.count
        if track.window is not self._of:
            self._look_anew()
        if isinstance(place, slice):
            return self._values[:count][place]
        at = place + count if place < 0 else place
        if not 0 <= at < count:
            raise IndexError(f"There is no value {place}; {count:,} candles have closed.")
        return self._item(at)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self[:], dtype, copy=copy)

    @property
    def whole(self) -> F64:
        """All values, those of candles that have not closed included. Not for strategies."""
        if self._track.window is not self._of:
            self._look_anew()
        return self._values

    def _look_anew(self) -> None:
        values = self._compute(self._track.window).view()
        values.flags.writeable = False
        self._of = self._track.window
        self._values = values
        self._item: Callable[[int], float] = values.item


class CandleView:
    """The closed candles of one symbol, each column a :class:`Series`."""

    __slots__ = ("_track", "close", "high", "low", "open", "volume")

    def __init__(self, track: Track) -> None:
        self._track = track
        self.open = Series(track, lambda window: window.open)
        self.high = Series(track, lambda window: window.high)
        self.low = Series(track, lambda window: window.low)
        self.close = Series(track, lambda window: window.close)
        self.volume = Series(track, lambda window: window.volume)

    def __len__(self) -> int:
        return self._track.count

    @property
    def time_ns(self) -> I64:
        """Starts of the closed candles, int64 nanoseconds since 1970 (UTC), a view."""
        return self._track.window.time_ns[: self._track.count]

    @property
    def window(self) -> CandleWindow:
        """The closed candles as a window of views."""
        window, count = self._track.window, self._track.count
        return CandleWindow(
            window.time_ns[:count], window.open[:count], window.high[:count], window.low[:count],
            window.close[:count], window.volume[:count], window.trades[:count],
            window.first_index, window.version,
        )  # fmt: skip


def series_of(
    track: Track, function: Callable[..., Any], inputs: tuple[object, ...],
    parameters: dict[str, object],
) -> tuple[Series, ...]:  # fmt: skip
    """One series for each output of ``function(*inputs, **parameters)``, series taken whole.

    The function is called once per window, not once per output. Raises :class:`BadStrategy` where
    it returns anything but one number per candle and output; what it raises passes through.
    """
    known: list[tuple[CandleWindow, F64]] = []

    def rows(window: CandleWindow) -> F64:
        if not known or known[0][0] is not window:
            whole = [value.whole if isinstance(value, Series) else value for value in inputs]
            known[:] = [(window, _rows(function, function(*whole, **parameters), len(window)))]
        return known[0][1]

    def row(number: int) -> Callable[[CandleWindow], F64]:
        return lambda window: rows(window)[number]

    return tuple(Series(track, row(number)) for number in range(len(rows(track.window))))


def _rows(function: Callable[..., Any], result: object, count: int) -> F64:
    name = getattr(function, "__name__", "The indicator")
    try:
        rows = np.atleast_2d(np.asarray(result, np.float64))
    except (TypeError, ValueError):
        raise BadStrategy(f"{name} returned no table of numbers: {result!r:.60}.") from None
    if rows.ndim != 2 or rows.shape[1] != count:
        raise BadStrategy(
            f"{name} returned numbers of shape {rows.shape}; one per candle are needed: "
            f"({count},) or (outputs, {count})."
        )
    return rows
