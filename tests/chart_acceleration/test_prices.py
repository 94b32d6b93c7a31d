"""Candles, hollow candles and bars against slow twins that paint pixel by pixel."""

from collections.abc import Callable
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chart_acceleration.candles import candle_rects, volume_rects
from chart_acceleration.prices import bar_rects, hollow_rects
from chart_acceleration.scene import F64, U8

pytestmark = pytest.mark.kernel

WIDTH, HEIGHT = 60, 40
X0, Y0, X1, Y1 = 3, 2, 55, 37
UP, DOWN = 6, 7
Candle = tuple[float, float, float, float]
Paint = Callable[[int, int, int, int, int], None]


def painted(rects: Any) -> U8:
    pixels = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for x0, y0, x1, y1, colour in rects:
        if x0 < x1 and y0 < y1:
            pixels[y0:y1, x0:x1] = colour
    return pixels


def row(price: float) -> int:
    """Top of the plot is price 35, one pixel per unit."""
    return Y0 + min(max(floor((35.0 - price) + 0.5), 0), Y1 - Y0 - 1)


def body_of(candle: Candle, wick: int) -> tuple[int, int]:
    """First row and end of the body: as high as the wick is wide, inside the plot."""
    opened, _, _, closed = candle
    top, last = row(max(opened, closed)), row(min(opened, closed))
    end = min(Y1, max(last + 1, top + wick))
    return max(Y0, min(top, end - wick)), end


def slow_candle(candle: Candle, x: int, wick: int, body: int, paint: Paint, hollow: bool) -> None:
    opened, high, low, closed = candle
    colour = DOWN if closed < opened else UP
    top, end = body_of(candle, wick)
    left = x - (body - wick) // 2
    first = min(row(high), row(max(opened, closed)))
    last = max(row(low), row(min(opened, closed)))
    whole = not hollow or colour == DOWN or body < 3 * wick or end - top < 3 * wick
    for y in range(first, last + 1):
        if whole or not top <= y < end:
            paint(x, y, x + wick, y + 1, colour)
    for y in range(top, end):
        for column in range(left, left + body):
            edge = column < left + wick or column >= left + body - wick
            if whole or edge or y < top + wick or y >= end - wick:
                paint(column, y, column + 1, y + 1, colour)


def slow_bar(candle: Candle, x: int, wick: int, body: int, paint: Paint) -> None:
    opened, high, low, closed = candle
    colour = DOWN if closed < opened else UP
    one, two = min(row(opened), Y1 - wick), min(row(closed), Y1 - wick)
    reach = (body - wick) // 2
    for y in range(min(row(high), one, two), max(row(low) + 1, max(one, two) + wick)):
        paint(x, y, x + wick, y + 1, colour)
    paint(x - reach, one, x, one + wick, colour)
    paint(x + wick, two, x + wick + reach, two + wick, colour)


def slow(candles: list[Candle], xs: list[int], wick: int, body: int, style: str) -> U8:
    pixels = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)

    def paint(x0: int, y0: int, x1: int, y1: int, colour: int) -> None:
        pixels[max(y0, Y0) : min(y1, Y1), max(x0, X0) : max(X0, min(x1, X1))] = colour

    for candle, x in zip(candles, xs, strict=True):
        if style == "bars":
            slow_bar(candle, x, wick, body, paint)
        else:
            slow_candle(candle, x, wick, body, paint, style == "hollow")
    return pixels


def arrays(candles: list[Candle], xs: list[int]) -> tuple[Any, F64, F64]:
    prices = np.zeros((5, len(candles)))
    prices[:4] = np.array(candles).T
    return np.array(xs, dtype=np.int32), prices, np.array([35.0, 1.0, 0.5, 0.0, 1.0])


KERNELS = {"candles": candle_rects, "hollow": hollow_rects, "bars": bar_rects}
PRICES = st.floats(-5.0, 45.0) | st.integers(14, 20).map(float)


@st.composite
def any_candles(draw: st.DrawFn) -> list[Candle]:
    rows = draw(st.lists(st.tuples(PRICES, PRICES, PRICES, PRICES), min_size=1, max_size=5))
    return [(o, max(o, h, low, c), min(o, h, low, c), c) for o, h, low, c in rows]


@pytest.mark.parametrize("style", list(KERNELS))
@given(any_candles(), st.sampled_from([(1, 1), (1, 3), (1, 7), (2, 8), (3, 9)]), st.integers(0, 9))
@example([(14.0, 20.0, 10.0, 18.0)], (2, 8), 5)  # five rows: too low for a hole
@settings(max_examples=60, deadline=None)
def test_every_style_is_what_its_slow_twin_paints(
    style: str, candles: list[Candle], widths: tuple[int, int], start: int
) -> None:
    xs = [start + 11 * number for number in range(len(candles))]
    x, prices, numbers = arrays(candles, xs)
    whole = np.array([X0, Y0, X1, Y1, *widths], dtype=np.int32)
    out = np.zeros((8 * len(candles), 5), dtype=np.int32)
    count = KERNELS[style](x, prices, len(candles), numbers, whole, out, 0)
    assert np.array_equal(painted(out[:count]), slow(candles, xs, *widths, style))


@pytest.mark.parametrize("style", list(KERNELS))
def test_a_full_list_takes_no_more(style: str) -> None:
    x, prices, numbers = arrays([(10.0, 30.0, 5.0, 25.0)] * 4, [5, 15, 25, 35])
    whole = np.array([X0, Y0, X1, Y1, 1, 7], dtype=np.int32)
    memory = np.zeros((12, 5), dtype=np.int32)
    count = KERNELS[style](x, prices, 4, numbers, whole, memory[:7], 1)
    assert 1 < count <= 7
    assert not memory[7:].any()


@given(st.lists(st.floats(0.0, 500.0), min_size=1, max_size=5), st.booleans())
@settings(max_examples=40, deadline=None)
def test_volume_bars_stand_on_the_plots_end(volumes: list[float], rises: bool) -> None:
    candle = (10.0, 20.0, 5.0, 15.0 if rises else 9.0)
    x, prices, numbers = arrays([candle] * len(volumes), [4 + 10 * n for n in range(len(volumes))])
    prices[4] = volumes
    whole = np.array([X0, Y0, X1, Y1, 1, 5], dtype=np.int32)
    out = np.zeros((len(volumes), 5), dtype=np.int32)
    assert volume_rects(x, prices, len(volumes), numbers, whole, out, 0) == len(volumes)
    for number, (x0, y0, x1, y1, colour) in enumerate(out.tolist()):
        rows = volumes[number] * 0.5
        tall = 0 if rows == 0.0 else min(max(1, floor(rows + 0.5)), Y1 - Y0)
        left = 2 + 10 * number
        assert (x0, x1) == (max(left, X0), min(left + 5, X1))
        assert (y0, y1, colour) == (Y1 - tall, Y1, 8 if rises else 9)
