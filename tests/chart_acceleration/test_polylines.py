"""Curves with points far apart: found as such, and drawn as any other curve is."""

from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_acceleration.polylines import sparse_part
from chart_acceleration.scene import F64, I32
from tests.chart_acceleration.plotted import as_columns, painted, places
from tests.chart_acceleration.test_curves import line

pytestmark = pytest.mark.kernel

finite = st.floats(-20.0, 60.0, allow_subnormal=False)


def with_a_gap(x: I32, columns: F64) -> tuple[I32, F64]:
    """The same curve behind a value and a missing one, both far left of the plot."""
    before = np.array([-300, -200], dtype=np.int32)
    return np.concatenate((before, x)), np.hstack((as_columns([7.0, nan]), columns))


@settings(deadline=None)
@given(
    st.lists(finite, min_size=1, max_size=12),
    st.sampled_from([5.0, 5.6, 9.0, 23.0]),
    st.floats(-20.0, 30.0),
    st.sampled_from([1.0, 1.5, 3.0, 4.5]),
    st.integers(1, 3),
)
def test_it_is_the_same_line_as_of_any_curve(
    values: list[float], step: float, start: float, thickness: float, wick: int
) -> None:
    curve = places(step, len(values), start), as_columns(values)
    gapped = with_a_gap(*curve)
    assert sparse_part(*curve, len(values), 2.0) == (0, len(values))
    assert sparse_part(*gapped, len(values) + 2, 2.0) == (0, -1)
    expected = painted(line(*gapped, thickness, wick))
    assert (painted(line(*curve, thickness, wick)) == expected).all()


@pytest.mark.parametrize(
    ("values", "gap", "part"),
    [
        ([nan, nan, 1.0, 2.0, nan], 5.0, (2, 4)),
        ([1.0, 2.0], 5.5, (0, -1)),
        ([1.0, nan, 2.0], 5.0, (0, -1)),
        ([1.0, [1.0, 0.0, 1.0, 1.0]], 5.0, (0, -1)),
        ([1.0, [2.0, 1.0, 1.0, 1.0]], 5.0, (0, -1)),
        ([1.0, [1.0, 1.0, 3.0, 1.0]], 5.0, (0, -1)),
    ],
)
def test_which_curves_are_sparse(
    values: list[float | list[float]], gap: float, part: tuple[int, int]
) -> None:
    assert sparse_part(places(5.0, len(values)), as_columns(values), len(values), gap) == part


def test_without_any_value_there_is_no_part() -> None:
    first, end = sparse_part(places(5.0, 2), as_columns([nan, nan]), 2, 2.0)
    assert first >= end
