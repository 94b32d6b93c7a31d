"""Where the paper account traded, as charts mark it."""

import numpy as np

from chart_acceleration.chart_data import MarkerKind, Markers
from paper_trading.fill_marks import MarkKind, Marks

_SHAPES = np.zeros(len(MarkKind), np.int32)
_SHAPES[MarkKind.ENTRY] = MarkerKind.ENTRY
_SHAPES[MarkKind.PROFIT] = MarkerKind.EXIT_PROFIT
_SHAPES[MarkKind.LOSS] = MarkerKind.EXIT_LOSS


def markers(marks: Marks) -> Markers:
    """Every fill of a symbol, oldest first: entries, and exits by what they realised."""
    return Markers(marks.time_ns, _SHAPES[marks.kind])
