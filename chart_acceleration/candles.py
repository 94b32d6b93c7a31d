"""Volume bars and candles as rectangles, and what the layout must know of rows before."""

from math import floor

import numpy as np

from chart_acceleration.errors import BadCandles
from chart_acceleration.scene import F64, I32
from market.columns import CandleWindow
from market.kernel import inline_kernel, kernel

# fields of the float and integer parameter rows; one array each keeps the call cheap
TOP, PER_PRICE, VOLUME_ROWS, LEFT, STEP = range(5)
PLOT_X0, PLOT_Y0, PLOT_X1, PLOT_Y1, WICK, BODY = range(6)
UP, DOWN, UP_SHADE, DOWN_SHADE = 6, 7, 8, 9
OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)
"""Rows of projected candles."""


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


def scan_rows(rows: Columns, first: int, out: F64) -> None:
    """:func:`scan` of ``rows``, whose row 0 is row ``first`` of all; raises :class:`BadCandles`."""
    bad = scan(*rows, out)
    if bad >= 0:
        names = ("open", "high", "low", "close", "volume")
        values = ", ".join(f"{name} {row[bad]}" for name, row in zip(names, rows, strict=True))
        raise BadCandles(first + bad, values)


@inline_kernel
def offset(top: float, price: float, per_price: float, height: int) -> int:
    """Rows below the plot's top, clamped to the plot; the formula of PriceScale.row."""
    return int(min(max(floor((top - price) * per_price + 0.5), 0.0), height - 1.0))


@inline_kernel
def put(out: I32, i: int, x0: int, y0: int, x1: int, y1: int, colour: int) -> None:
    """Write one rectangle."""
    out[i, 0], out[i, 1], out[i, 2], out[i, 3], out[i, 4] = x0, y0, x1, y1, colour


@kernel
def volume_rects(
    x: I32, prices: F64, found: int, numbers: F64, whole: I32, out: I32, count: int
) -> int:
    """Append the volume bars of the first ``found`` of the projected columns ``x``, ``prices``
    (5, m); returns the new count.
    """
    x0, x1, y1 = whole[PLOT_X0], whole[PLOT_X1], whole[PLOT_Y1]
    height, body, inset = y1 - whole[PLOT_Y0], whole[BODY], (whole[BODY] - whole[WICK]) // 2
    found = min(found, out.shape[0] - count)
    for i in range(found):
        rows = prices[VOLUME, i] * numbers[VOLUME_ROWS]
        tall = 0 if rows <= 0.0 else max(1, int(min(rows + 0.5, height)))
        colour = DOWN_SHADE if prices[CLOSE, i] < prices[OPEN, i] else UP_SHADE
        left = x[i] - inset
        put(out, count + i, max(left, x0), y1 - tall, min(left + body, x1), y1, colour)
    return count + found


@kernel
def candle_rects(
    x: I32, prices: F64, found: int, numbers: F64, whole: I32, out: I32, count: int
) -> int:
    """Append wick and body of the first ``found`` of the projected columns ``x``, ``prices`` (5, m)
    in scale space; returns the new count. A body is at least as high as the wick is wide.
    """
    top, per_price = numbers[TOP], numbers[PER_PRICE]
    x0, y0, x1 = whole[PLOT_X0], whole[PLOT_Y0], whole[PLOT_X1]
    height, wick, body = whole[PLOT_Y1] - y0, whole[WICK], whole[BODY]
    inset = (body - wick) // 2
    found = min(found, (out.shape[0] - count) // 2)
    for i in range(found):
        opened, closed = prices[OPEN, i], prices[CLOSE, i]
        colour = DOWN if closed < opened else UP
        a = offset(top, max(opened, closed), per_price, height)
        b = offset(top, min(opened, closed), per_price, height)
        wick_top = min(a, offset(top, prices[HIGH, i], per_price, height))
        wick_end = max(b, offset(top, prices[LOW, i], per_price, height)) + 1
        left, right = max(x[i], x0), min(x[i] + wick, x1)
        put(out, count, left, y0 + wick_top, right, y0 + wick_end, colour)
        end = min(height, max(b + 1, a + wick))
        left = x[i] - inset
        left, right = max(left, x0), min(left + body, x1)
        put(out, count + 1, left, y0 + max(0, min(a, end - wick)), right, y0 + end, colour)
        count += 2
    return count


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
