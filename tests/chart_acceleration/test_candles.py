"""Candles as rectangles."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from chart_acceleration.candles import candle_rects, columns, same_past, scan, volume_rects
from chart_acceleration.projection import project_candles
from market.columns import CandleWindow
from tests.chart_acceleration.made_candles import made_candles

pytestmark = pytest.mark.kernel

PLOT = (0, 0, 100, 60)


def window(*rows: tuple[float, float, float, float, float]) -> CandleWindow:
    table = np.array(rows, dtype=np.float64).T.copy()
    return CandleWindow.from_arrays(np.arange(len(rows), dtype=np.int64), *table)


def rects(
    candles: CandleWindow, *, step: float = 10.0, widths: tuple[int, int] = (1, 5), first: int = 0
) -> list[list[int]]:
    """Top of the plot is price 60, one pixel per unit; volume 1 is one row; wick 0 in column 4."""
    n = len(candles)
    out = np.zeros((3 * n, 5), dtype=np.int32)
    x, row, prices = np.zeros(n, np.int32), np.zeros(n, np.int64), np.zeros((5, n))
    numbers = np.array([60.0, 1.0, 1.0, 4.0, step])
    whole = np.array([*PLOT, *widths], dtype=np.int32)
    found = project_candles(*columns(candles), numbers, first, x, row, prices)
    count = volume_rects(x, prices, found, numbers, whole, out, 0)
    count = candle_rects(x, prices, found, numbers, whole, out, count)
    rows: list[list[int]] = out[:count].tolist()
    return rows


def test_volume_wick_and_body_of_a_rising_candle() -> None:
    assert rects(window((20.0, 50.0, 10.0, 40.0, 7.0))) == [
        [2, 53, 7, 60, 8],
        [4, 10, 5, 51, 6],
        [2, 20, 7, 41, 6],
    ]


def test_a_falling_candle_has_the_falling_colours() -> None:
    assert [row[4] for row in rects(window((40.0, 50.0, 10.0, 20.0, 7.0)))] == [9, 7, 7]


def test_a_candle_without_movement_is_one_pixel_high() -> None:
    assert rects(window((30.0, 30.0, 30.0, 30.0, 0.0))) == [
        [2, 60, 7, 60, 8],
        [4, 30, 5, 31, 6],
        [2, 30, 7, 31, 6],
    ]


def test_at_two_pixels_per_css_pixel_it_is_two() -> None:
    assert rects(window((30.0, 30.0, 30.0, 30.0, 0.0)), widths=(2, 6))[2] == [2, 30, 8, 32, 6]


def test_prices_outside_stay_inside_the_plot() -> None:
    for row in rects(
        window((500.0, 900.0, -900.0, -500.0, 1e9), (900.0, 900.0, 900.0, 900.0, 0.0))
    ):
        assert 0 <= row[1] <= row[3] <= 60


def test_volume_comes_before_all_candles() -> None:
    colours = [row[4] for row in rects(window(*[(20.0, 50.0, 10.0, 40.0, 7.0)] * 3))]
    assert colours == [8, 8, 8, 6, 6, 6, 6, 6, 6]


def test_candles_in_one_pixel_column_become_one() -> None:
    candles = window(
        (20, 30, 15, 25, 3), (25, 50, 20, 45, 9), (45, 46, 5, 10, 4), (10, 12, 9, 11, 1)
    )
    found = rects(candles, step=0.3, widths=(1, 1))  # columns 4, 4, 5, 5
    assert found == [
        [4, 51, 5, 60, 8],
        [5, 56, 6, 60, 9],
        [4, 10, 5, 46, 6],
        [4, 15, 5, 41, 6],
        [5, 14, 6, 56, 7],
        [5, 15, 6, 50, 7],
    ]


def test_later_rows_are_the_same_alone() -> None:
    candles = made_candles(9, price=30.0)
    whole, tail = rects(candles), rects(candles, first=7)
    assert tail == whole[7:9] + whole[9 + 14 :]


def test_scan_finds_the_extent() -> None:
    out = np.zeros(3)
    assert scan(*columns(window((2, 9, 1, 3, 5), (3, 8, 0.5, 4, 7))), out) == -1
    assert out.tolist() == [0.5, 9.0, 7.0]


@pytest.mark.parametrize("field", range(5))
@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_scan_names_the_row_that_is_not_finite(field: int, value: float) -> None:
    bad = [2.0, 9.0, 1.0, 3.0, 5.0]
    bad[field] = value
    rows = window((2, 9, 1, 3, 5), tuple(bad), (2, 9, 1, 3, 5))  # type: ignore[arg-type]
    assert scan(*columns(rows), np.zeros(3)) == 1


def test_scan_refuses_negative_volume() -> None:
    assert scan(*columns(window((2, 9, 1, 3, -1))), np.zeros(3)) == 0


@pytest.mark.parametrize("field", ["open", "high", "low", "close", "volume"])
def test_a_changed_past_is_seen(field: str) -> None:
    candles = made_candles(6)
    kept = np.stack(columns(candles))
    assert same_past(kept, *columns(candles), 5)
    moved = np.array(getattr(candles, field))
    moved[4] += 1.0
    changes: dict[str, Any] = {field: moved}
    changed = columns(replace(candles, **changes))
    assert not same_past(kept, *changed, 5)
    assert same_past(kept, *changed, 4)
