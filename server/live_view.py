"""One distinct chart that somebody watches: its last keyframe, and what changed since.

All viewers of the same :class:`ChartSpec` share one view, so a picture is drawn once for all.
"""

from dataclasses import replace
from itertools import count

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.pipeline import Keyframe
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleColumns, CandleWindow
from server.drawing import Drawing
from server.frame_meta import describe

_numbers = count()


class LiveView:
    """The drawing state of one chart.

    ``serial`` counts keyframes and ``version`` counts contents; a viewer that holds the current
    serial needs a patch when its version is behind, any other viewer needs the keyframe first.
    """

    def __init__(self, spec: ChartSpec) -> None:
        self.spec = spec
        self.number = next(_numbers)
        self.serial = 0
        self.version = 0
        self.keyframe_version = 0
        self.keyframe: Keyframe | None = None
        self.keyframe_meta = b""
        self.meta = b""
        self.candles: CandleWindow | None = None
        self.furniture: Furniture | None = None
        self.received_ns = 0
        self.failure: str | None = None
        self._ring_version = -1

    @property
    def look(self) -> tuple[str, bool]:
        """What decides the palette: pictures of one look can be joined."""
        return self.spec.theme, self.furniture is not None and self.furniture.stale

    @property
    def empty(self) -> bool:
        """Whether there is no candle to show yet."""
        return self.candles is None or len(self.candles) == 0

    def holds(self, version: int) -> bool:
        """Whether its candles are those of the ring at ``version``."""
        return version == self._ring_version

    def needs_keyframe(self, drawing: Drawing) -> bool:
        """Whether the newest candles cannot be shown by a patch over the keyframe."""
        if self.empty or self.candles is None or self.failure is not None:
            return False
        return self.keyframe is None or not drawing.can_patch(
            self.keyframe, ChartData(self.candles)
        )

    def refresh(self, columns: CandleColumns, furniture: Furniture, received_ns: int) -> bool:
        """Take the newest candles; True when the picture may have changed."""
        restyled = furniture != self.furniture
        version = columns.version
        if version == self._ring_version and not restyled:
            return False
        # One candle more than is shown: the change is against the candle before.
        candles = columns.snapshot(self.spec.bars + 1, self.spec.end)
        self._ring_version = candles.version
        if restyled:
            self.keyframe = None
        elif self.candles is not None and same_candles(self.candles, candles):
            return False
        self.candles = candles
        self.furniture = furniture
        # A change of colours was caused by no trade: nothing to measure.
        self.received_ns = 0 if restyled else received_ns
        self.version += 1
        if self.keyframe is not None:
            self.meta = describe(self.spec, furniture, candles, self.keyframe.layout)
        return True

    def keep(self, keyframe: Keyframe, candles: CandleWindow, furniture: Furniture) -> None:
        """Store a keyframe that was drawn from ``candles``."""
        self.keyframe = keyframe
        self.keyframe_meta = describe(self.spec, furniture, candles, keyframe.layout)
        self.keyframe_version = self.version
        self.meta = self.keyframe_meta
        self.serial += 1


def same_candles(a: CandleWindow, b: CandleWindow) -> bool:
    """Whether two windows show the same."""
    if len(a) != len(b) or a.first_index != b.first_index:
        return False
    return all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for name in ("time_ns", "open", "high", "low", "close", "volume")
    )


def moved(spec: ChartSpec, bars: int, end: int | None) -> ChartSpec:
    """``spec`` after a zoom or pan."""
    return replace(spec, bars=bars, end=end)
