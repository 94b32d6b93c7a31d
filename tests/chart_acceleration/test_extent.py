"""Extents of values, and which of them stand beside the candles."""

from math import inf, isfinite, log, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.elements import Curve
from chart_acceleration.extent import scan_values, seen_rows, shown_value
from chart_acceleration.studies import clean_columns

pytestmark = pytest.mark.kernel

VALUES = st.floats(-1e9, 1e9) | st.sampled_from([nan, inf, -inf])


@given(st.lists(VALUES, max_size=12), st.integers(0, 12), st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_the_extent_is_that_of_the_finite_values(values: list[float], first: int, end: int) -> None:
    end = min(end, len(values))
    out = np.array([inf, -inf, 7.0])
    scan_values(np.array(values), first, end, out)
    finite = [value for value in values[first:end] if isfinite(value)]
    assert out.tolist() == [min(finite, default=inf), max(finite, default=-inf), 7.0]


@pytest.mark.parametrize(
    ("shift", "rows"), [(0, (70, 100)), (8, (62, 92)), (-8, (78, 100)), (500, (0, 0))]
)
def test_shifted_values_stand_beside_other_candles(shift: int, rows: tuple[int, int]) -> None:
    first, end = seen_rows(Curve("a", shift=shift), 100, 70)
    assert (first, max(first, end)) == rows


@pytest.mark.parametrize(("shift", "value"), [(0, 4.0), (2, 2.0), (4, 0.0), (5, None), (-1, None)])
def test_the_value_beside_the_newest_candle(shift: int, value: float | None) -> None:
    assert shown_value(Curve("a", shift=shift), np.arange(5.0)) == value


def test_no_value_is_shown_for_what_is_not_finite() -> None:
    assert shown_value(Curve("a"), np.array([1.0, nan])) is None
    assert shown_value(Curve("a"), np.array([1.0, inf])) is None
    assert shown_value(Curve("a"), np.array([])) is None


@pytest.mark.parametrize("logarithmic", [False, True])
def test_columns_keep_only_what_can_be_drawn(logarithmic: bool) -> None:
    columns = np.array([[1.0, nan, inf, -inf, 0.0, -2.0, 9.0]] * 4)
    clean_columns(columns, 6, logarithmic)
    if logarithmic:
        expected = [log(1.0), nan, nan, nan, nan, nan, 9.0]
    else:
        expected = [1.0, nan, nan, nan, 0.0, -2.0, 9.0]
    np.testing.assert_array_equal(columns, [expected] * 4)
