"""Extremes from blocks are those of the rows."""

from itertools import pairwise
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.far_rows import Columns
from chart_acceleration.pyramid import (
    AFTER,
    BEFORE,
    BITS,
    HIGH,
    INSIDE,
    MOST,
    WHOLE,
    Pyramid,
    extremes_between,
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


def candles(seed: int, count: int) -> tuple[Columns, Pyramid]:
    """Candles of few different prices, and their blocks."""
    columns = tied_columns(seed, count)
    return columns, folded(columns, count)


def covering(columns: Columns) -> Columns:
    """The same, where low and high cover open and close; of equals the first in low, open, close
    and high, open, close is kept.
    """
    o, h, low, c, v = columns
    low = np.where(o < low, o, low)
    high = np.where(o > h, o, h)
    return o, np.where(c > high, c, high), np.where(c < low, c, low), c, v


def filled_blocks(pyramid: Pyramid, length: int) -> list[F64]:
    """What is kept of each level over ``length`` rows: whole blocks, what lies before each and
    before the next, and after those of whole groups.
    """
    found = []
    for level, start in enumerate(pyramid.starts.tolist()):
        count = length >> (BITS * level)
        if level:
            found += [
                pyramid.levels[start : start + count, WHOLE],
                pyramid.levels[start : start + count + 1, BEFORE],
                pyramid.levels[start : start + (count & ~INSIDE), AFTER],
            ]
    return found


def whole_rows(first: int, end: int) -> slice:
    """The rows of the blocks between the one that holds row ``first`` and the one of ``end``."""
    return slice(((first >> BITS) + 1) << BITS, (end >> BITS) << BITS)


def of_rows(low: F64, high: F64, volume: F64) -> list[float]:
    """Lowest, highest and greatest of rows, NaN skipped; Python's keep the first of equals too."""
    there = [[v for v in each.tolist() if not isnan(v)] for each in (low, high, volume)]
    return [
        min(there[0], default=inf),
        max(there[1], default=-inf),
        max(there[2], default=-inf),
    ]


@given(seed=seeds, count=lengths, of_curve=st.booleans(), data=st.data())
def test_blocks_between_borders(seed: int, count: int, of_curve: bool, data: st.DataObject) -> None:
    borders = sorted(data.draw(st.lists(st.integers(0, count), min_size=2, max_size=90)))
    start = data.draw(st.integers(0, borders[0]))
    columns, pyramid = curve(gappy_values(seed, count)) if of_curve else candles(seed, count)
    _, h, low, _, v = covering(columns)
    expected = [
        of_rows(low[whole_rows(*span)], h[whole_rows(*span)], v[whole_rows(*span)])
        for span in pairwise(borders)
    ]
    row, end = np.array(borders[:-1]) - start, borders[-1] - start
    out = np.full((3, len(row)), 7.0)
    extremes_between(pyramid.levels, pyramid.starts, start, row, len(row), end, *out)
    assert same_bits(out.T, np.array(expected))


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
    assert pyramid.starts[:4].tolist() == [0, 0, 9, 11]
    whole, before, after = (pyramid.levels[:9, kind].tolist() for kind in (WHOLE, BEFORE, AFTER))
    assert whole[:3] == [[inf, -inf], [-1.0, 5.0], [inf, -inf]]
    assert before == [[inf, -inf]] * 2 + [[-1.0, 5.0]] * 6 + [[inf, -inf]]
    assert after[:8] == [[-1.0, 5.0]] + [[inf, -inf]] * 7
    assert pyramid.levels[9, WHOLE].tolist() == [-1.0, 5.0]
    assert pyramid.levels[9:11, BEFORE].tolist() == [[inf, -inf], [-1.0, 5.0]]


def test_of_equals_the_first_is_kept_across_levels() -> None:
    values = np.full(1024, 0.0)
    values[:640] = -0.0  # of the span, blocks of 64; those of 8 beside its end hold 0.0
    _, pyramid = curve(values)
    out = np.zeros((3, 1))
    extremes_between(pyramid.levels, pyramid.starts, 0, np.array([511]), 1, 664, *out)
    assert same_bits(out[:, 0], np.full(3, -0.0))
