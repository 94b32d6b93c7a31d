"""Random rows and values that provoke what a pyramid may get wrong: ties, signed zeros, gaps."""

import numpy as np
from hypothesis import strategies as st

from chart_acceleration.far_rows import Columns, read_only
from chart_acceleration.scene import F64

LEVELS = (np.array([-2.0, -1.0, -0.0, 0.0, 1.0, 2.0]), np.array([-0.0, 0.0]))
"""Few different values; of many rows, zeros are the extremes only where there is nothing else."""


def tied_columns(seed: int, count: int) -> Columns:
    """Open, high, low, close and volume of few different values, in no order."""
    random = np.random.default_rng(seed)
    levels = LEVELS[seed % 2]
    o, h, low, c = (read_only(row) for row in random.choice(levels, (4, count)))
    return o, h, low, c, read_only(random.choice(np.abs(levels), count))


def gappy_values(seed: int, count: int) -> F64:
    """Values of few different sizes with runs of NaN, short and very long ones."""
    random = np.random.default_rng(seed)
    values = random.choice(LEVELS[seed % 2], count)
    at = 0
    while at < count:
        size = int(random.integers(1, random.choice([3, 30, 300, 3000])))
        if random.random() < 0.5:
            values[at : at + size] = np.nan
        at += size
    return read_only(values)


def same_bits(a: F64, b: F64) -> bool:
    """Whether two float64 arrays are equal bit by bit."""
    return bool(np.array_equal(np.array(a).view(np.int64), np.array(b).view(np.int64)))


def spans(count: int) -> st.SearchStrategy[tuple[int, int]]:
    """First row and end of a span of ``count`` rows."""
    row = st.integers(0, count)
    near = st.tuples(st.integers(0, min(count // 2, 80)), st.integers(0, min(count // 2, 80)))
    return st.one_of(
        near.map(lambda cut: (cut[0], count - cut[1])),
        st.tuples(row, row).map(lambda pair: (min(pair), max(pair))),
    )
