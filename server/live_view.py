"""One distinct chart that somebody watches: its last keyframe, and what changed since.

All viewers of the same :class:`ChartRequest` share one view, so a picture is drawn once for all.
"""

from itertools import count

import numpy as np

from chart_acceleration.chart_data import ChartData
from chart_acceleration.pipeline import Keyframe
from chart_acceleration.scene import F64
from market.columns import CandleWindow
from server.chart_request import ChartRequest
from server.drawing import Drawing
from server.frame_meta import describe
from server.frame_rows import rows_changed, rows_in_sight
from server.market_facts import MarketFacts

_numbers = count()


class LiveView:
    """The drawing state of one chart.

    ``serial`` counts keyframes and ``version`` counts contents; a viewer that holds the current
    serial needs a patch when its version is behind, any other viewer needs the keyframe first.
    ``behind``: the market may have changed since :meth:`refresh`.
    """

    def __init__(self, request: ChartRequest) -> None:
        self.request = request
        self.spec = request.spec
        self.number = next(_numbers)
        self.serial = 0
        self.version = 0
        self.keyframe_version = 0
        self.keyframe: Keyframe | None = None
        self.keyframe_meta = b""
        self.keyframe_rows = b""
        self.meta = b""
        self.rows = b""
        self.held = (0, 0)
        self.data: ChartData | None = None
        self.facts: MarketFacts | None = None
        self.behind = True
        self.failure: str | None = None
        self._ring_version = -1

    @property
    def look(self) -> tuple[str, bool, bool]:
        """What decides the palette: pictures of one look can be joined."""
        stale = self.facts is not None and self.facts.furniture.stale
        return self.spec.theme, stale, self.spec.elements.wide

    @property
    def empty(self) -> bool:
        """Whether there is known to be no candle to show yet."""
        return self.data is not None and len(self.data) == 0

    def holds(self, version: int) -> bool:
        """Whether its candles are those of the ring at ``version``."""
        return version == self._ring_version

    def needs_keyframe(self, drawing: Drawing) -> bool:
        """Whether the newest candles cannot be shown by a patch over the keyframe."""
        if self.empty or self.data is None or self.failure is not None:
            return False
        if self.keyframe is None:
            return True
        outdated = self.keyframe_version != self.version
        return outdated and not drawing.can_patch(self.keyframe, self.data)

    def refresh(self, candles: CandleWindow, values: tuple[F64, ...], facts: MarketFacts) -> bool:
        """Take the newest numbers; True when the picture may have changed."""
        self._ring_version = candles.version
        before, told = self.data, self.facts
        traded = before is None or not same_candles(before.candles, candles)
        if told == facts and not traded and before is not None and same_values(before, values):
            return False
        restyled = told is None or told.furniture != facts.furniture
        if restyled or not len(candles):  # no candles: the market began anew
            self.keyframe = None
        self.data = facts.data(candles, values)
        self.facts = facts
        self.version += 1
        if self.keyframe is not None:
            self.meta = self._describe(self.keyframe, self.data, facts)
            self.rows = rows_changed(self.spec, self.data)
        return True

    def keep(self, keyframe: Keyframe, data: ChartData, facts: MarketFacts) -> None:
        """Store a keyframe that was drawn from ``data``."""
        self.keyframe = keyframe
        self.keyframe_meta = self._describe(keyframe, data, facts)
        self.keyframe_rows = rows_in_sight(self.spec, data)
        self.keyframe_version = self.version
        self.meta = self.keyframe_meta
        self.serial += 1

    def _describe(self, keyframe: Keyframe, data: ChartData, facts: MarketFacts) -> bytes:
        return describe(self.spec, facts.furniture, data, keyframe.layout, self.held)


def same_candles(a: CandleWindow, b: CandleWindow) -> bool:
    """Whether two windows show the same."""
    if len(a) != len(b) or a.first_index != b.first_index:
        return False
    return all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for name in ("time_ns", "open", "high", "low", "close", "volume")
    )


def same_values(data: ChartData, values: tuple[F64, ...]) -> bool:
    """Whether the studies show the same."""
    return len(data.values) == len(values) and all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(data.values, values, strict=True)
    )
