"""A small plot for the tests of elements: its parameters, made columns, painted rectangles."""

from collections.abc import Sequence
from math import nan

import numpy as np
from hypothesis import strategies as st

from chart_acceleration.scene import F64, I32, U8

EMPTY = 255
PLOT = (3, 5, 63, 45)
WIDTH, HEIGHT = 70, 50


def parameters(
    *, top: float = 40.0, per_price: float = 1.0, widths: tuple[int, int] = (1, 5)
) -> tuple[F64, I32]:
    """``numbers`` and ``whole``: the plot's first row shows ``top``."""
    numbers = np.array([top, per_price, 0.0, 0.0, 0.0])
    return numbers, np.array([*PLOT, *widths], dtype=np.int32)


def as_columns(values: Sequence[float | Sequence[float]]) -> F64:
    """(4, n): a number is a column of that value alone, four are first, low, high, last."""
    rows = [[each] * 4 if isinstance(each, float | int) else list(each) for each in values]
    return np.array(rows, dtype=np.float64).reshape(-1, 4).T.copy()


def painted(rects: I32) -> U8:
    """The picture of (n, 5) rectangles, painted one after the other over ``EMPTY``."""
    pixels = np.full((HEIGHT, WIDTH), EMPTY, dtype=np.uint8)
    for x0, y0, x1, y1, colour in rects.tolist():
        assert PLOT[0] <= x0 < x1 <= PLOT[2]
        assert PLOT[1] <= y0 < y1 <= PLOT[3]
        pixels[y0:y1, x0:x1] = colour
    return pixels


def places(step: float, count: int, start: float = 0.0) -> I32:
    """Left edges of wicks, as the projection gives them: rising, one to a pixel column."""
    edges: I32 = np.floor(start + np.arange(count) * step + 0.5).astype(np.int32)
    return edges


single = st.one_of(
    st.floats(-20.0, 60.0, allow_subnormal=False), st.sampled_from([nan, 1e300, -1e300, 0.0, 20.5])
)


@st.composite
def several(draw: st.DrawFn) -> list[float]:
    """A column of several values, drawn far out."""
    value = st.floats(-20.0, 60.0).map(lambda each: each + 0.0)  # -0.0 is no bound for 0.0
    low, high = sorted((draw(value), draw(value)))
    inside = st.floats(low, high)
    return [draw(inside), low, high, draw(inside)]


@st.composite
def curves(draw: st.DrawFn) -> tuple[I32, F64]:
    """``x`` and ``columns`` of a curve that also reaches out of the plot."""
    values = draw(st.lists(st.one_of(single, single, several()), min_size=0, max_size=24))
    step = draw(st.sampled_from([1.0, 1.4, 2.0, 4.3, 7.0, 23.0]))
    return places(step, len(values), draw(st.floats(-20.0, 30.0))), as_columns(values)
