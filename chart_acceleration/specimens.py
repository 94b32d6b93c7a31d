"""Charts that together need every kernel of the layout: drawn once, no viewer waits for it."""

import numpy as np

from chart_acceleration.chart_data import ChartData, MarkerKind, Markers
from chart_acceleration.elements import (
    AxisKind,
    ChartStyle,
    Curve,
    CurveStyle,
    Elements,
    HorizontalLine,
    Study,
    StudyPane,
    TrendLine,
)
from chart_acceleration.history import History
from chart_acceleration.scene import I64
from chart_acceleration.spec import ChartSpec
from market.columns import CandleWindow
from market.types import MINUTE, Interval

_ROWS = 8
_CURVES = tuple(Curve(style.value, style) for style in (*CurveStyle, CurveStyle.BAND))
_STUDIES = (Study("over", _CURVES), Study("below", _CURVES, StudyPane(levels=(104.0,))))


def specimens() -> list[tuple[ChartData, ChartSpec]]:
    """Small charts in every style, plain first; the last ones as views of a history."""
    times = np.arange(_ROWS, dtype=np.int64) * MINUTE
    prices = np.linspace(100.0, 107.0, _ROWS)
    candles = CandleWindow.from_arrays(times, prices, prices + 1, prices - 1, prices, prices)
    values = np.tile(prices, (len(_CURVES), 1))
    markers = Markers.of([int(times[-1])], [MarkerKind.ENTRY])
    data = ChartData(candles, (values, values), markers, 106.9, 107.1, int(times[-1]))
    history = History(candles)
    for _ in _STUDIES:
        history.add_study(values)
    found = [(ChartData(candles), _spec(Elements()))]
    found += [(data, _spec(_elements(style, times))) for style in ChartStyle]
    far = ChartData.view(history)
    found += [
        (far, _spec(_elements(style, times)))
        for style in (ChartStyle.CANDLES, ChartStyle.HEIKIN_ASHI)
    ]
    return found


def _elements(style: ChartStyle, times: I64) -> Elements:
    line = TrendLine((int(times[0]), 101.0), (int(times[-1]), 106.0))
    drawings = (HorizontalLine(104.0, dashed=True), line)
    return Elements(style, AxisKind.LOG, studies=_STUDIES, drawings=drawings)


def _spec(elements: Elements) -> ChartSpec:
    return ChartSpec("WARM-UP", Interval.M1, 640, 360, bars=_ROWS - 1, elements=elements)
