"""Where a picture changes, against a byte at a time."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chart_acceleration.encoders.changes import USUAL, find_edges, mark, mark_end
from chart_acceleration.encoders.words import LANES
from tests.encoders import reference

pytestmark = pytest.mark.kernel


def edges_of(data: np.ndarray, row_bytes: int, size: int) -> np.ndarray:
    """Where the changes begin and end; the last one ends behind the picture."""
    different = np.empty(size // LANES + 2, np.uint64)
    busy, edges = np.empty(size // LANES + 2, np.int32), np.empty(size + LANES, np.int32)
    middle = size // LANES // 2
    count = mark(data, row_bytes, 0, middle, different, busy, 0)
    count = mark(data, row_bytes, middle, size // LANES, different, busy, count)
    count = mark_end(data, row_bytes, size, different, busy, count)
    found = find_edges(different, busy, count, row_bytes, edges)
    assert found + USUAL <= size // 2 + LANES
    edges[found] = row_bytes + size + LANES
    return edges[: found + 1]


@given(
    st.integers(1, 200),
    st.integers(1, 8),
    st.sampled_from([0.003, 0.02, 0.2, 0.5]),
    st.integers(0, 999),
)
@example(64, 4, 0.02, 0)
@example(128, 3, 0.2, 0)
def test_the_changes_are_those_of_the_slow_twin(
    width: int, height: int, change: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.random((height, width)) < change
    rows = np.cumsum(steps, axis=0).astype(np.uint8)
    data = np.concatenate([255 - rows[0], rows.reshape(-1), np.zeros(2 * LANES, np.uint8)])
    wanted, place = [], width
    for above, group in groupby(reference.kept(rows)):
        length = len(list(group))
        if not above:
            wanted += [place, place + length]
        place += length
    found = edges_of(data, width, rows.size)
    assert found[0] == width
    inside = [(a, min(b, width + rows.size)) for a, b in zip(found[::2], found[1::2], strict=True)]
    assert [edge for pair in inside if pair[0] < pair[1] for edge in pair] == wanted


@pytest.mark.parametrize("gap", [1, 2, 3])
@pytest.mark.parametrize("start", range(60, 66))
def test_fewer_than_three_equal_bytes_belong_to_the_change(gap: int, start: int) -> None:
    rows = np.zeros((2, 200), np.uint8)
    rows[1, start] = rows[1, start + gap + 1] = 1
    data = np.concatenate([255 - rows[0], rows.reshape(-1), np.zeros(2 * LANES, np.uint8)])
    first = 400 + start
    found = edges_of(data, 200, 400).tolist()[2:-2]
    if gap < 3:
        assert found == [first, first + gap + 2]
    else:
        assert found == [first, first + 1, first + gap + 1, first + gap + 2]
