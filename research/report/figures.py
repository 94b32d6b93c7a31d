"""Equity and drawdown as inline SVG, coloured by the report's style."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from research.report.words import moment, number
from research.thinning import kept_rows

__all__ = ["course_figure"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

WIDTH, AXIS = 1096, 72
UPPER, LOWER, BETWEEN = 220, 90, 24
LABELS = 20
POINTS = 1200
TIMES = 6


def course_figure(time_ns: I64, equity: F64, market: F64) -> str:
    """Equity and market above, their falls below the highest value so far under them."""
    rows = kept_rows((equity, market), POINTS)
    times = time_ns[rows].astype(np.float64)
    x = (times - times[0]) / max(times[-1] - times[0], 1.0) * (WIDTH - AXIS)
    falls = (equity / np.maximum.accumulate(equity) - 1)[rows] * 100
    low = min(float(equity.min()), float(market.min()))
    high = max(float(equity.max()), float(market.max()))
    upper = _Pane(0.0, UPPER, low, high)
    lower = _Pane(UPPER + BETWEEN, LOWER, min(float(falls.min()), -1e-9), 0.0)
    height = UPPER + BETWEEN + LOWER + LABELS
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Equity and drawdown">',
        *upper.grid(2 if high < 1000 else 0, ""),
        *lower.grid(1, " %"),
        f'<polyline class="market" points="{upper.points(x, market[rows])}"/>',
        f'<polyline class="equity" points="{upper.points(x, equity[rows])}"/>',
        f'<polygon class="fall" points="0,{lower.top:.1f} {lower.points(x, falls)} '
        f'{x[-1]:.1f},{lower.top:.1f}"/>',
        *_times(time_ns, height),
        "</svg>",
    ]
    return "".join(parts)


class _Pane:
    """A strip of the figure with a linear scale."""

    def __init__(self, top: float, height: float, low: float, high: float) -> None:
        self.top, self._height = top, height
        self._low, self._span = low, (high - low) or abs(high) or 1.0

    def y(self, values: F64) -> F64:
        found: F64 = self.top + self._height * (1 - (values - self._low) / self._span)
        return found

    def points(self, x: F64, values: F64) -> str:
        pairs = zip(x.tolist(), self.y(values).tolist(), strict=True)
        return " ".join(f"{across:.1f},{down:.1f}" for across, down in pairs)

    def grid(self, decimals: int, unit: str) -> Sequence[str]:
        values = np.linspace(self._low, self._low + self._span, 4 if self._height > 100 else 2)
        lines = []
        for value, y in zip(values.tolist(), self.y(values).tolist(), strict=True):
            text = f"{number(value, decimals)}{unit}"
            label = min(max(y + 4, self.top + 10), self.top + self._height)
            lines.append(
                f'<line class="grid" x1="0" x2="{WIDTH - AXIS}" y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text x="{WIDTH - AXIS + 8}" y="{label:.1f}">{text}</text>'
            )
        return lines


def _times(time_ns: I64, height: int) -> Sequence[str]:
    first, last = int(time_ns[0]), int(time_ns[-1])
    shares = np.arange(TIMES) / (TIMES - 1)
    anchors = ["start", *["middle"] * (TIMES - 2), "end"]
    return [
        f'<text x="{share * (WIDTH - AXIS):.0f}" y="{height - 4}" text-anchor="{anchor}">'
        f"{moment(first + int(share * (last - first)))}</text>"
        for share, anchor in zip(shares.tolist(), anchors, strict=True)
    ]
