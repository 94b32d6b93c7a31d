"""Pictures of a history are those of the plain candles, byte for byte."""

from dataclasses import replace

import numpy as np
import pytest

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import (
    AxisKind,
    ChartStyle,
    Curve,
    CurveStyle,
    Elements,
    Study,
    StudyPane,
)
from chart_acceleration.history import History
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles

ALONE = Furniture(legend=True, last_line=True)
STUDIES = (
    Study("SMA", (Curve("SMA"),)),
    Study("BAND", (Curve("up", CurveStyle.BAND), Curve("down", CurveStyle.BAND))),
    Study("CLOUD", (Curve("SMA", shift=26),)),
    Study("DIFF", (Curve("DIFF", CurveStyle.HISTOGRAM),), StudyPane()),
)
COUNT = 200_000


@pytest.fixture(scope="module")
def data() -> ChartData:
    """Long plain candles and the values of STUDIES, with gaps."""
    candles = made_candles(COUNT)
    base = candles.close * 1.001
    base[:20] = base[70_000:90_000] = base[100::37] = np.nan
    band = np.stack((base * 1.01, base * 0.99))
    difference = (candles.close - candles.open)[None]
    return ChartData(candles, (base[None], band, base[None] * 1.002, difference))


@pytest.fixture(scope="module")
def history(data: ChartData) -> History:
    """The same rows as a history."""
    made = History(data.candles)
    for values in data.values:
        made.add_study(values)
    return made


def cut(data: ChartData, end: int) -> ChartData:
    """The first ``end`` rows, plain."""
    names = ("time_ns", "open", "high", "low", "close", "volume", "trades")
    c = data.candles
    time_ns, o, h, low, close, v, trades = (getattr(c, name)[:end] for name in names)
    window = CandleWindow(time_ns, o, h, low, close, v, trades, c.first_index, 0)
    return replace(data, candles=window, values=tuple(each[:, :end] for each in data.values))


def views(count: int) -> list[tuple[int, int]]:
    """Bars and end of random views: zoomed in and out, at the ends and between."""
    random = np.random.default_rng(11)
    bars = np.exp(random.uniform(np.log(2), np.log(COUNT * 1.2), count)).astype(int)
    ends = random.integers(1, COUNT + 1, count)
    found = list(zip(bars.tolist(), ends.tolist(), strict=True))
    return [*found, (COUNT, COUNT), (COUNT * 3, COUNT), (1000, COUNT), (70_000, 100_000)]


@pytest.mark.parametrize("style", list(ChartStyle))
@pytest.mark.parametrize("axis", [AxisKind.LINEAR, AxisKind.LOG])
def test_a_view_of_a_history_is_the_plain_picture(
    data: ChartData, history: History, style: ChartStyle, axis: AxisKind
) -> None:
    pipeline = ChartPipeline(CpuRenderer())
    elements = Elements(style=style, axis=axis, studies=STUDIES)
    for bars, end in views(4):
        spec = ChartSpec("BTC-USD", Interval.M1, 800, 500, bars=bars, elements=elements)
        near = pipeline.picture(cut(data, end), spec, ALONE)
        far = pipeline.picture(ChartData.view(history, 1000 + end), spec, ALONE)
        assert near == far, (bars, end)
