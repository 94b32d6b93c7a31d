"""The numbers of one picture: candles, and what the market says beside them."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

from chart_acceleration.errors import BadChartData
from chart_acceleration.history import History
from chart_acceleration.scene import F64, I32, I64
from chart_acceleration.spec import ChartSpec
from market.columns import CandleWindow


class MarkerKind(IntEnum):
    """A shape beside a candle. Entries and buy signals stand below it, the others above."""

    ENTRY = 0
    EXIT_PROFIT = 1
    EXIT_LOSS = 2
    BUY_SIGNAL = 3
    SELL_SIGNAL = 4


@dataclass(frozen=True, slots=True)
class Markers:
    """Trades and signals, oldest first: ``time_ns`` int64 (n,), ``kind`` int32 (n,).

    A marker belongs to the last candle that starts at or before its time.
    """

    time_ns: I64
    kind: I32

    @staticmethod
    def of(time_ns: ArrayLike, kind: ArrayLike) -> "Markers":
        """Markers from anything like an array; raises :class:`BadChartData`."""
        try:
            times, kinds = np.asarray(time_ns, np.int64), np.asarray(kind, np.int32)
        except (TypeError, ValueError, OverflowError) as error:
            raise BadChartData(f"markers were no whole numbers: {error}") from None
        if times.ndim != 1 or times.shape != kinds.shape:
            raise BadChartData(f"markers had times {times.shape} and kinds {kinds.shape}")
        if np.any(times[1:] < times[:-1]):
            raise BadChartData("markers were not sorted by time; the oldest comes first")
        if kinds.size and not 0 <= int(kinds.min()) <= int(kinds.max()) < len(MarkerKind):
            raise BadChartData(
                f"marker kinds were {kinds.min()} to {kinds.max()}; known are 0 to 4"
            )
        return Markers(times, kinds)

    def __len__(self) -> int:
        return int(self.time_ns.shape[0])


NO_MARKERS = Markers(np.zeros(0, np.int64), np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True)
class ChartData:
    """Candles and what goes with them.

    ``values``: for each study of the spec float64 (curves, len(candles)), row i beside candle i,
    NaN where there is no value. ``bid``, ``ask``: best prices now. ``now_ns``: the time from which
    the countdown to the candle's close is told; None tells none. ``history``: where ``candles`` and
    ``values`` are views of its first rows, so that a chart of any length costs the same; row i is
    its row i.
    """

    candles: CandleWindow
    values: tuple[F64, ...] = ()
    markers: Markers = field(default_factory=lambda: NO_MARKERS)
    bid: float | None = None
    ask: float | None = None
    now_ns: int | None = None
    history: History | None = None

    @staticmethod
    def view(history: History, end: int | None = None) -> "ChartData":
        """The candles and values of ``history`` before absolute index ``end`` (None: all), without
        a copy and at the same cost for any number of them.
        """
        return ChartData(history.window(end), history.values(end), history=history)

    def __len__(self) -> int:
        return len(self.candles)

    def check(self, spec: ChartSpec) -> None:
        """Raise :class:`BadChartData` unless ``values`` has the shapes that ``spec`` asks for."""
        studies = spec.elements.studies
        if len(self.values) != len(studies):
            raise BadChartData(
                f"there were values of {len(self.values)} studies; the view has {len(studies)}"
            )
        for study, values in zip(studies, self.values, strict=True):
            wanted = (len(study.curves), len(self.candles))
            if values.shape != wanted:
                raise BadChartData(f"{study.title} had values {values.shape}; needed are {wanted}")
