"""What a depth chart says at each price, for who points at it: no picture can be asked that."""

from dataclasses import dataclass

import numpy as np

from chart_acceleration.depth import plot_of
from chart_acceleration.depth_spec import DepthSpec, depth_range
from chart_acceleration.depth_steps import side_totals
from chart_acceleration.scene import F64

PLACES = 240
"""So many prices are read from low to high: about one to a CSS pixel of a narrow panel."""


@dataclass(frozen=True, slots=True)
class DepthReading:
    """The axes of one depth chart and its totals.

    ``right``, ``bottom``: the plot's ends in device pixels, its others are 0. Prices run from
    ``low`` to ``high`` over its width, totals from 0 to ``most`` over its height. ``totals``:
    float64 (240,), the size between ``middle`` and the middle of each of as many equal parts of
    the width.
    """

    right: int
    bottom: int
    low: float
    high: float
    middle: float
    most: float
    totals: F64


def read_depth(bids: F64, asks: F64, spec: DepthSpec) -> DepthReading | None:
    """The reading of the chart that ``lay_out_depth`` draws of the same; None without a level."""
    shown = depth_range(bids, asks, spec.span)
    if shown is None:
        return None
    step = (shown.high - shown.low) / PLACES
    below, above = np.zeros(PLACES), np.zeros(PLACES)
    for side, rising, out in ((bids, False, below), (asks, True, above)):
        prices, sizes = np.ascontiguousarray(side[0]), np.ascontiguousarray(side[1])
        side_totals(prices, sizes, rising, shown.low, step, out)
    prices = shown.low + (np.arange(PLACES) + 0.5) * step
    totals = np.where(prices < shown.middle, below, above)
    plot = plot_of(spec, shown)
    return DepthReading(plot.x1, plot.y1, shown.low, shown.high, shown.middle, shown.most, totals)
