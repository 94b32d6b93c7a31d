"""Candles and volume as rectangles: the compiled part of the layout."""

from math import floor

import numpy as np

from chart_acceleration.scene import F64, I32
from market.columns import CandleWindow
from market.kernel import inline_kernel, kernel

# fields of the float and integer parameter rows; one array each keeps the call cheap
TOP, PER_PRICE, VOLUME_ROWS, LEFT, STEP = range(5)
PLOT_X0, PLOT_Y0, PLOT_X1, PLOT_Y1, WICK, BODY, DOJI = range(7)
UP, DOWN, UP_SHADE, DOWN_SHADE = 6, 7, 8, 9


Columns = tuple[F64, F64, F64, F64, F64]


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


@kernel
def candle_rects(
    open_: F64,
    high: F64,
    low: F64,
    close: F64,
    volume: F64,
    numbers: F64,
    whole: I32,
    out: I32,
    start: int,
    first: int,
) -> int:
    """Write volume bars, wicks and bodies of rows ``first``.. into ``out`` from row ``start``;
    returns the end.

    Candles that fall into the same pixel column (zoomed far out) become one: first open, highest
    high, lowest low, last close, greatest volume. All volume bars come first, so that candles are
    painted over them.
    """
    n = close.shape[0]
    x_min, x_max, y0, y1 = whole[PLOT_X0], whole[PLOT_X1], whole[PLOT_Y0], whole[PLOT_Y1]
    wick, body, doji = whole[WICK], whole[BODY], whole[DOJI]
    top, per_price, rows = numbers[TOP], numbers[PER_PRICE], numbers[VOLUME_ROWS]
    height, inset = y1 - y0, (body - wick) // 2
    bars = start
    candles: int = start + (n - first)
    i = first
    while i < n:
        x = floor(numbers[LEFT] + i * numbers[STEP] + 0.5)
        first_open, highest, lowest = open_[i], high[i], low[i]
        last_close, most = close[i], volume[i]
        i += 1
        while i < n and floor(numbers[LEFT] + i * numbers[STEP] + 0.5) == x:
            highest, lowest = max(highest, high[i]), min(lowest, low[i])
            last_close, most = close[i], max(most, volume[i])
            i += 1
        falls = 1 if last_close < first_open else 0
        left, right = max(x - inset, x_min), min(x - inset + body, x_max)
        tall = 0 if most * rows <= 0.0 else max(1, min(height, int(most * rows + 0.5)))
        _put(out, bars, left, y1 - tall, right, y1, UP_SHADE + falls)
        bars += 1
        upper, lower = max(first_open, last_close), min(first_open, last_close)
        a, b = _offset(top, upper, per_price, height), _offset(top, lower, per_price, height)
        wick_top = min(a, _offset(top, highest, per_price, height))
        wick_end = max(b, _offset(top, lowest, per_price, height)) + 1
        _put(
            out,
            candles,
            max(x, x_min),
            y0 + wick_top,
            min(x + wick, x_max),
            y0 + wick_end,
            UP + falls,
        )
        b = min(height, max(b + 1, a + doji))
        _put(out, candles + 1, left, y0 + max(0, min(a, b - doji)), right, y0 + b, UP + falls)
        candles += 2
    # columns that were merged left room between the bars and the candles: close the gap
    unused = start + (n - first) - bars
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
