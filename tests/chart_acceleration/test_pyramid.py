"""Extremes from blocks are those of the rows."""

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.candles import scan
from chart_acceleration.far_rows import Columns
from chart_acceleration.pyramid import (
    BITS,
    HIGH,
    LOW,
    MOST,
    Pyramid,
    extremes,
    first_value,
    fold,
    last_value,
)
from chart_acceleration.scene import F64
from tests.chart_acceleration.made_rows import gappy_values, same_bits, spans, tied_columns

pytestmark = pytest.mark.kernel

seeds = st.integers(0, 2**32 - 1)
lengths = st.one_of(st.integers(0, 90), st.integers(500, 2500))


def folded(columns: Columns, length: int, fields: int = MOST + 1) -> Pyramid:
    """The blocks over the first ``length`` rows."""
    pyramid = Pyramid.room(columns[0].shape[0], fields)
    fold(*columns, pyramid.levels, pyramid.starts, 0, length)
    return pyramid


def curve(values: F64) -> tuple[Columns, Pyramid]:
    """A curve as candles of its value, and its blocks."""
    columns = (values, values, values, values, values)
    return columns, folded(columns, values.shape[0], HIGH + 1)


def filled_blocks(pyramid: Pyramid, length: int) -> list[F64]:
    """The whole blocks of each level over ``length`` rows."""
    return [
        pyramid.levels[start : start + (length >> (BITS * level))]
        for level, start in enumerate(pyramid.starts.tolist())
        if level
    ]


@given(seed=seeds, count=lengths, data=st.data())
def test_extremes_of_candles_are_those_of_a_scan(
    seed: int, count: int, data: st.DataObject
) -> None:
    first, end = data.draw(spans(count))
    columns = tied_columns(seed, count)
    pyramid = folded(columns, count)
    expected = np.zeros(3)
    o, h, low, c, v = (column[first:end] for column in columns)
    assert scan(o, h, low, c, v, expected) == -1
    lowest, highest, most = extremes(*columns, pyramid.levels, pyramid.starts, first, end)
    assert same_bits(np.array([lowest, highest, max(0.0, most)]), expected)


@given(seed=seeds, count=lengths, data=st.data())
def test_extremes_of_a_curve_skip_gaps(seed: int, count: int, data: st.DataObject) -> None:
    first, end = data.draw(spans(count))
    columns, pyramid = curve(gappy_values(seed, count))
    there = [value for value in columns[0][first:end].tolist() if not isnan(value)]
    low, high, most = extremes(*columns, pyramid.levels, pyramid.starts, first, end)
    if there:  # Python's min and max keep the first of equals too
        assert same_bits(
            np.array([low, high, most]), np.array([min(there), max(there), max(there)])
        )
    else:
        assert (low, high, most) == (inf, -inf, -inf)


@given(seed=seeds, count=lengths, data=st.data())
def test_first_and_last_value(seed: int, count: int, data: st.DataObject) -> None:
    first, end = data.draw(spans(count))
    values = gappy_values(seed, count)
    _, pyramid = curve(values)
    there = [row for row in range(first, end) if not isnan(values[row])] or [end]
    assert first_value(values, pyramid.levels, pyramid.starts, first, end) == there[0]
    last = there[-1] if there[-1] < end else first - 1
    assert last_value(values, pyramid.levels, pyramid.starts, first, end) == last


@given(seed=seeds, count=st.integers(1, 1200), data=st.data())
def test_rows_may_come_one_by_one(seed: int, count: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(max(0, count - 70), count))
    columns = tied_columns(seed, count)
    whole, grown = folded(columns, count), folded(columns, start)
    for row in range(start, count):
        fold(*columns, grown.levels, grown.starts, row, row + 1)
    for a, b in zip(filled_blocks(whole, count), filled_blocks(grown, count), strict=True):
        assert same_bits(a, b)


@given(seed=seeds, count=st.integers(0, 1200), more=st.integers(0, 5000))
def test_a_larger_pyramid_keeps_its_blocks(seed: int, count: int, more: int) -> None:
    pyramid = folded(tied_columns(seed, count), count)
    larger = pyramid.grown(count + more)
    assert larger.capacity == count + more
    for a, b in zip(filled_blocks(pyramid, count), filled_blocks(larger, count), strict=True):
        assert same_bits(a, b)


def test_blocks_by_hand() -> None:
    values = np.array([nan] * 8 + [3.0, nan, -1.0, 2.0, nan, 5.0, 5.0, nan] + [nan] * 48 + [9.0])
    _, pyramid = curve(values)
    assert pyramid.starts[:4].tolist() == [0, 0, 8, 9]
    np.testing.assert_array_equal(pyramid.levels[:3], [[nan, nan], [-1.0, 5.0], [nan, nan]])
    assert pyramid.levels[8].tolist() == [-1.0, 5.0]
    assert pyramid.levels[8, LOW] == -1.0
