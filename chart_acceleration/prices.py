"""Hollow candles and bars as rectangles: the price styles beside filled candles."""

from chart_acceleration.candles import (
    BODY,
    CLOSE,
    DOWN,
    HIGH,
    LOW,
    OPEN,
    PER_PRICE,
    PLOT_X0,
    PLOT_X1,
    PLOT_Y0,
    PLOT_Y1,
    TOP,
    UP,
    WICK,
    offset,
    put,
)
from chart_acceleration.scene import F64, I32
from market.kernel import inline_kernel, kernel

RECTS = 6
"""Of one candle or bar, at most."""


@inline_kernel
def _put(out: I32, i: int, whole: I32, x0: int, y0: int, x1: int, y1: int, colour: int) -> None:
    """Write the part of rectangle ``i`` that lies inside the plot's columns."""
    put(out, i, max(x0, whole[PLOT_X0]), y0, min(x1, whole[PLOT_X1]), y1, colour)


@kernel
def hollow_rects(
    x: I32, prices: F64, found: int, numbers: F64, whole: I32, out: I32, count: int
) -> int:
    """Append the first ``found`` of the projected columns ``x``, ``prices`` (5, m) in scale space
    as candles, risen ones as an outline as thick as the wick; returns the new count.

    A body too small for a hole is filled.
    """
    top, per_price, y0 = numbers[TOP], numbers[PER_PRICE], whole[PLOT_Y0]
    height, wick, body = whole[PLOT_Y1] - y0, whole[WICK], whole[BODY]
    for i in range(min(found, (out.shape[0] - count) // RECTS)):
        opened, closed = prices[OPEN, i], prices[CLOSE, i]
        colour = DOWN if closed < opened else UP
        a = y0 + offset(top, max(opened, closed), per_price, height)
        b = y0 + offset(top, min(opened, closed), per_price, height)
        upper = min(a, y0 + offset(top, prices[HIGH, i], per_price, height))
        lower = max(b, y0 + offset(top, prices[LOW, i], per_price, height)) + 1
        end = min(y0 + height, max(b + 1, a + wick))
        a = max(y0, min(a, end - wick))
        left, right = x[i] - (body - wick) // 2, x[i] + wick + (body - wick) // 2
        _put(out, count, whole, x[i], upper, x[i] + wick, a, colour)
        _put(out, count + 1, whole, x[i], end, x[i] + wick, lower, colour)
        count += 2
        if colour == DOWN or body < 3 * wick or end - a < 3 * wick:
            _put(out, count, whole, left, a, right, end, colour)
            count += 1
        else:
            _put(out, count, whole, left, a, right, a + wick, colour)
            _put(out, count + 1, whole, left, end - wick, right, end, colour)
            _put(out, count + 2, whole, left, a + wick, left + wick, end - wick, colour)
            _put(out, count + 3, whole, right - wick, a + wick, right, end - wick, colour)
            count += 4
    return count


@kernel
def bar_rects(
    x: I32, prices: F64, found: int, numbers: F64, whole: I32, out: I32, count: int
) -> int:
    """Append the first ``found`` of the projected columns ``x``, ``prices`` (5, m) in scale space
    as bars: a line from high to low, open as a tick to the left, close to the right. Returns the
    new count.
    """
    top, per_price, y0 = numbers[TOP], numbers[PER_PRICE], whole[PLOT_Y0]
    height, wick, reach = whole[PLOT_Y1] - y0, whole[WICK], (whole[BODY] - whole[WICK]) // 2
    for i in range(min(found, (out.shape[0] - count) // RECTS)):
        opened, closed = prices[OPEN, i], prices[CLOSE, i]
        colour = DOWN if closed < opened else UP
        a = min(y0 + offset(top, opened, per_price, height), y0 + height - wick)
        b = min(y0 + offset(top, closed, per_price, height), y0 + height - wick)
        upper = min(a, b, y0 + offset(top, prices[HIGH, i], per_price, height))
        lower = max(max(a, b) + wick, y0 + offset(top, prices[LOW, i], per_price, height) + 1)
        right = x[i] + wick
        _put(out, count, whole, x[i], upper, right, lower, colour)
        count += 1
        if reach > 0:
            _put(out, count, whole, x[i] - reach, a, x[i], a + wick, colour)
            _put(out, count + 1, whole, right, b, right + reach, b + wick, colour)
            count += 2
    return count
