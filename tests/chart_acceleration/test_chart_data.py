"""The numbers of a picture are checked where they come in."""

from typing import Any

import numpy as np
import pytest

from chart_acceleration.chart_data import ChartData, MarkerKind, Markers
from chart_acceleration.elements import Curve, Elements, Study
from chart_acceleration.errors import BadChartData
from chart_acceleration.history import History
from chart_acceleration.spec import ChartSpec
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles

TWO_CURVES = Elements(studies=(Study("BB", (Curve("upper"), Curve("lower"))),))


def spec(elements: Elements) -> ChartSpec:
    return ChartSpec("BTC-USD", Interval.M1, 640, 360, elements=elements)


def test_markers_take_anything_like_an_array() -> None:
    markers = Markers.of([3, 3, 9], [MarkerKind.ENTRY, MarkerKind.EXIT_LOSS, 4])
    assert len(markers) == 3
    assert (str(markers.time_ns.dtype), str(markers.kind.dtype)) == ("int64", "int32")


@pytest.mark.parametrize(
    ("times", "kinds", "message"),
    [
        ([1, 2], [0], r"times \(2,\) and kinds \(1,\)"),
        ([[1]], [[0]], r"times \(1, 1\)"),
        ([2, 1], [0, 0], "not sorted"),
        ([1, 2], [0, 5], "0 to 5"),
        ([1, 2], [-1, 0], "-1 to 0"),
        ([float("nan")], [0], "no whole numbers"),
        (["noon"], [0], "no whole numbers"),
        ([2**70], [0], "no whole numbers"),
    ],
)
def test_markers_that_are_none(times: list[Any], kinds: list[int], message: str) -> None:
    with pytest.raises(BadChartData, match=message):
        Markers.of(times, kinds)


def test_values_fit_the_studies_and_the_candles() -> None:
    candles = made_candles(9)
    ChartData(candles, (np.zeros((2, 9)),)).check(spec(TWO_CURVES))
    with pytest.raises(BadChartData, match="values of 0 studies; the view has 1"):
        ChartData(candles).check(spec(TWO_CURVES))
    with pytest.raises(BadChartData, match=r"BB had values \(2, 8\); needed are \(2, 9\)"):
        ChartData(candles, (np.zeros((2, 8)),)).check(spec(TWO_CURVES))


def test_a_view_of_a_history_has_its_rows_and_values_before_the_end() -> None:
    candles, values = made_candles(50), np.arange(100.0).reshape(2, 50)
    history = History(candles)
    history.add_study(values)
    view = ChartData.view(history, 1030)
    view.check(spec(TWO_CURVES))
    assert view.history is history
    assert len(view) == 30
    assert np.array_equal(view.candles.close, candles.close[:30])
    assert np.array_equal(view.values[0], values[:, :30])
    assert len(ChartData.view(history)) == 50
