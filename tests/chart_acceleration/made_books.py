"""Made-up books, and the depth charts whose pictures are kept."""

from dataclasses import dataclass

import numpy as np

from chart_acceleration.depth import lay_out_depth
from chart_acceleration.depth_spec import DepthSpec
from chart_acceleration.scene import F64, Scene

NOTHING: F64 = np.empty((2, 0))


def made_side(sign: int, levels: int, seed: int, middle: float = 38_533.0) -> F64:
    """Prices half a unit or more apart, away from ``middle``, and their sizes."""
    random = np.random.default_rng(seed)
    prices = middle + sign * 0.5 * np.cumsum(random.integers(1, 8, levels))
    return np.stack([prices, random.integers(1, 2000, levels) / 1000.0])


BIDS, ASKS = made_side(-1, 200, 3), made_side(1, 160, 4)


@dataclass(frozen=True)
class DepthGolden:
    name: str
    spec: DepthSpec
    bids: F64
    asks: F64

    def scene(self) -> Scene:
        return lay_out_depth(self.bids, self.asks, self.spec)


DEPTHS = [
    DepthGolden("depth_dark", DepthSpec(320, 300, decimals=1), BIDS, ASKS),
    DepthGolden("depth_light_twice", DepthSpec(640, 500, 2.0, "light", decimals=1), BIDS, ASKS),
    DepthGolden("depth_dark_cb", DepthSpec(320, 200, theme="dark-cb", decimals=1), BIDS, ASKS),
    DepthGolden("depth_light_cb", DepthSpec(320, 200, theme="light-cb"), BIDS, NOTHING),
    DepthGolden("depth_stale", DepthSpec(320, 200, stale=True, span=0.05), BIDS, ASKS),
    DepthGolden("depth_empty", DepthSpec(320, 200), NOTHING, NOTHING),
    DepthGolden("depth_small", DepthSpec(90, 60), BIDS, ASKS),
    DepthGolden("depth_smallest", DepthSpec(16, 16), BIDS, ASKS),
]
