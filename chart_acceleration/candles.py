"""Candles and volume as rectangles: the compiled part of the layout."""

from math import floor

import numpy as np

from chart_acceleration.scene import F64, I32
from market.columns import CandleWindow
from market.kernel import inline_kernel, kernel

# fields of the float and integer parameter rows; one array each keeps the call cheap
TOP, PER_PRICE, VOLUME_ROWS, LEFT, STEP = range(5)
PLOT_X0, PLOT_Y0, PLOT_X1, PLOT_Y1, WICK, BODY = range(6)
UP, DOWN, UP_SHADE, DOWN_SHADE = 6, 7, 8, 9


Columns = tuple[F64, F64, F64, F64, F64]
Prices = tuple[float, float, float, float]  # open, high, low, close


def columns(candles: CandleWindow, first: int = 0) -> Columns:
    """Open, high, low, close and volume from row ``first`` on."""
    return (
        candles.open[first:],
        candles.high[first:],
        candles.low[first:],
        candles.close[first:],
        candles.volume[first:],
    )


@kernel
def scan(open_: F64, high: F64, low: F64, close: F64, volume: F64, out: F64) -> int:
    """Lowest low, highest high, greatest volume into ``out``; returns the first row that cannot be
    drawn, or -1.
    """
    lowest, highest, most = np.inf, -np.inf, 0.0
    for i in range(close.shape[0]):
        total = open_[i] + high[i] + low[i] + close[i] + volume[i]
        if not (np.isfinite(total) and volume[i] >= 0.0):
            return i
        lowest = min(lowest, low[i], open_[i], close[i])
        highest = max(highest, high[i], open_[i], close[i])
        most = max(most, volume[i])
    out[0], out[1], out[2] = lowest, highest, most
    return -1


@inline_kernel
def _offset(top: float, price: float, per_price: float, height: int) -> int:
    """Rows below the plot's top, clamped to the plot; the formula of PriceScale.row."""
    return int(min(max(floor((top - price) * per_price + 0.5), 0.0), height - 1.0))


@inline_kernel
def _put(out: I32, i: int, x0: int, y0: int, x1: int, y1: int, colour: int) -> None:
    out[i, 0], out[i, 1], out[i, 2], out[i, 3], out[i, 4] = x0, y0, x1, y1, colour


@inline_kernel
def _column(numbers: F64, row: int) -> int:
    """Left edge of the wick of ``row``; the formula of Slots.wick_left."""
    return int(floor(numbers[LEFT] + row * numbers[STEP] + 0.5))  # noqa: RUF046 - numba's is a float


@inline_kernel
def _put_volume(
    out: I32, i: int, x: int, volume: float, colour: int, numbers: F64, whole: I32
) -> None:
    left = x - (whole[BODY] - whole[WICK]) // 2
    rows = volume * numbers[VOLUME_ROWS]
    tall = 0 if rows <= 0.0 else max(1, int(min(rows + 0.5, whole[PLOT_Y1] - whole[PLOT_Y0])))
    x0, x1 = max(left, whole[PLOT_X0]), min(left + whole[BODY], whole[PLOT_X1])
    _put(out, i, x0, whole[PLOT_Y1] - tall, x1, whole[PLOT_Y1], colour)


@inline_kernel
def _put_candle(
    out: I32, i: int, x: int, prices: Prices, colour: int, numbers: F64, whole: I32
) -> None:
    """Wick and body; the body is at least as high as the wick is wide."""
    top, per_price, y0 = numbers[TOP], numbers[PER_PRICE], whole[PLOT_Y0]
    height, wick, body = whole[PLOT_Y1] - y0, whole[WICK], whole[BODY]
    upper, lower = max(prices[0], prices[3]), min(prices[0], prices[3])
    a, b = _offset(top, upper, per_price, height), _offset(top, lower, per_price, height)
    wick_top = min(a, _offset(top, prices[1], per_price, height))
    wick_end = max(b, _offset(top, prices[2], per_price, height)) + 1
    x0, x1 = max(x, whole[PLOT_X0]), min(x + wick, whole[PLOT_X1])
    _put(out, i, x0, y0 + wick_top, x1, y0 + wick_end, colour)
    end = min(height, max(b + 1, a + wick))
    left = x - (body - wick) // 2
    x0, x1 = max(left, whole[PLOT_X0]), min(left + body, whole[PLOT_X1])
    _put(out, i + 1, x0, y0 + max(0, min(a, end - wick)), x1, y0 + end, colour)


@kernel
def candle_rects(
    open_: F64, high: F64, low: F64, close: F64, volume: F64,
    numbers: F64, whole: I32, out: I32, start: int, first: int,
) -> int:  # fmt: skip
    """Write volume bars, wicks and bodies of rows ``first``.. into ``out`` from row ``start``;
    returns the end.

    Candles that fall into the same pixel column (zoomed far out) become one: first open, highest
    high, lowest low, last close, greatest volume. All volume bars come first, so that candles are
    painted over them.
    """
    n = close.shape[0]
    bars, candles = start, start + (n - first)
    i = first
    while i < n:
        x = _column(numbers, i)
        opened, highest, lowest, most = open_[i], high[i], low[i], volume[i]
        i += 1
        while i < n and _column(numbers, i) == x:
            highest, lowest = max(highest, high[i]), min(lowest, low[i])
            most = max(most, volume[i])
            i += 1
        closed = close[i - 1]
        falls = 1 if closed < opened else 0
        _put_volume(out, bars, x, most, UP_SHADE + falls, numbers, whole)
        prices = (opened, highest, lowest, closed)
        _put_candle(out, candles, x, prices, UP + falls, numbers, whole)
        bars += 1
        candles += 2
    # columns that were merged left room between the bars and the candles: close the gap
    unused: int = start + (n - first) - bars
    if unused > 0:
        for k in range(bars, candles - unused):
            for field in range(5):
                out[k, field] = out[k + unused, field]
    end: int = candles - unused
    return end


@kernel
def same_past(
    kept: F64, open_: F64, high: F64, low: F64, close: F64, volume: F64, count: int
) -> bool:
    """Whether the first ``count`` rows equal those kept as the columns of a (5, n) array."""
    for i in range(count):
        if not (
            kept[0, i] == open_[i]
            and kept[1, i] == high[i]
            and kept[2, i] == low[i]
            and kept[3, i] == close[i]
            and kept[4, i] == volume[i]
        ):
            return False
    return True
