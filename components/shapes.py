"""Small charts as one element each: a coloured box clipped to a polygon.

A new shape is a new style value, decided and painted at once: nothing is loaded, nothing flickers,
and the theme's colours apply. Coordinates are percent of the box, y downwards.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise

LEAST = 0.05
"""The height of a bar that is there at all."""

NOTHING = "polygon(0 0)"


def bars(shares: Sequence[float]) -> str:
    """A ``clip-path`` with one bar for each share (0 to 1) of the height, 1 px apart."""
    corners = []
    for place, share in enumerate(shares):
        if share > 0:
            left = f"{_percent(place / len(shares))}"
            right = f"calc({_percent((place + 1) / len(shares))} - 1px)"
            top = _percent(1 - min(max(share, LEAST), 1))
            corners += [f"{left} 100%", f"{left} {top}", f"{right} {top}", f"{right} 100%"]
    return f"polygon({','.join(corners)})" if corners else NOTHING


def line(heights: Sequence[float | None]) -> str:
    """A ``clip-path`` with a line of 1.5 px through heights (0 to 1) at the middles of columns.

    None leaves a gap; a value alone between gaps is a dot as wide as its column.
    """
    width = 1 / len(heights) if heights else 0
    corners: list[str] = []
    for missing, run in groupby(enumerate(heights), lambda item: item[1] is None):
        if not missing:
            corners += _run([(place, height or 0.0) for place, height in run], width)
    return f"polygon({','.join(corners)})" if corners else NOTHING


def _run(points: list[tuple[int, float]], width: float) -> list[str]:
    """One stretch without gaps: up from the lower edge, along, back, and down the same way."""
    if len(points) == 1:
        place, height = points[0]
        points = [(place, height), (place + 1, height)]
        offset = 0.0
    else:
        offset = width / 2
    along = [(_percent(place * width + offset), _percent(1 - height)) for place, height in points]
    lean = _leans([height for _, height in points])
    x, y = along[0]
    foot, start = f"{x} 100%", f"{x} {y}"
    there = [f"{_moved(x, -by)} calc({y} - .75px)" for (x, y), by in zip(along, lean, strict=True)]
    back = [f"{_moved(x, by)} calc({y} + .75px)" for (x, y), by in zip(along, lean, strict=True)]
    return [foot, start, *there, *reversed(back), start, foot]


def _leans(heights: Sequence[float]) -> list[int]:
    """1 where the line rises on both sides of a point, -1 where it falls, else 0.

    There the edges are moved sideways too: a steep line then is as thick as a flat one.
    """
    steps = [(b > a) - (b < a) for a, b in pairwise(heights)]
    before, after = [steps[0], *steps], [*steps, steps[-1]]
    return [a if a == b else 0 for a, b in zip(before, after, strict=True)]


def _moved(x: str, by: int) -> str:
    return x if by == 0 else f"calc({x} {'+' if by > 0 else '-'} .75px)"


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g}%"
