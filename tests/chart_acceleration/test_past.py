"""When a picture may be patched: elements included."""

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from chart_acceleration.chart_data import ChartData, Markers
from chart_acceleration.elements import ChartStyle, Elements
from chart_acceleration.errors import BadChartData
from chart_acceleration.history import History
from chart_acceleration.layout import lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.past import past_of, same_values, still_shown
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles, with_newest
from tests.chart_acceleration.made_elements import ICHIMOKU, RSI, averages, data_of, made_markers

pytestmark = pytest.mark.kernel

LIVE = Furniture(legend=False, last_line=False, decimals=1)
STUDIES = (*averages(5), ICHIMOKU, RSI)
CANDLES = made_candles(60)
BEFORE = data_of(CANDLES, STUDIES, markers=made_markers(CANDLES))


def view(**more: object) -> ChartSpec:
    elements = replace(Elements(studies=STUDIES), **more)  # type: ignore[arg-type]
    return ChartSpec("BTC-USD", Interval.M1, 480, 400, bars=30, elements=elements)


def patched(after: ChartData, before: ChartData = BEFORE, furniture: Furniture = LIVE) -> bool:
    frame = lay_out(before, view(), furniture, LayoutBuffers()).frame
    return still_shown(frame, past_of(frame, before), after)


def with_value(study: int, row: int, value: float) -> ChartData:
    values = [np.array(each) for each in BEFORE.values]
    values[study][0, row] = value
    return replace(BEFORE, values=tuple(values))


def test_the_same_again_and_a_newest_value_that_fits_can_be_patched() -> None:
    assert patched(BEFORE)
    average, strength = (float(BEFORE.values[study][0, -1]) for study in (0, 2))
    assert patched(with_value(0, -1, average * 1.0001))
    assert patched(with_value(0, -1, nan))
    assert patched(with_value(2, -1, min(99.0, strength * 1.1)))


@pytest.mark.parametrize("study", [0, 1, 2])
@pytest.mark.parametrize("row", [-2, -20, -30])
def test_a_changed_past_value_needs_a_keyframe(study: int, row: int) -> None:
    assert not patched(with_value(study, row, float(BEFORE.values[study][0, row]) + 1e-6))
    assert not patched(with_value(study, row, nan))


def test_values_that_are_not_shown_do_not_matter() -> None:
    # 30 are visible, 8 more stand there shifted, one more draws the line that enters
    assert patched(with_value(1, -40, 1.0))
    assert not patched(with_value(1, -39, 1.0))


def test_a_newest_value_that_leaves_the_scale_needs_a_keyframe() -> None:
    assert not patched(with_value(0, -1, float(CANDLES.close[-1]) * 1.1))
    # RSI's pane holds 0 to 100 whatever comes
    assert patched(with_value(2, -1, 140.0))


def test_a_value_outside_the_scale_before_may_stay_outside() -> None:
    far = with_value(0, -1, float(CANDLES.close[-1]) * 9.0)
    further = with_value(0, -1, float(CANDLES.close[-1]) * 9.1)
    assert patched(further, before=far)


def test_other_markers_need_a_keyframe() -> None:
    times, kinds = BEFORE.markers.time_ns, BEFORE.markers.kind
    assert patched(replace(BEFORE, markers=Markers(times.copy(), kinds.copy())))
    assert not patched(replace(BEFORE, markers=Markers(times[1:], kinds[1:])))
    assert not patched(replace(BEFORE, markers=Markers(times, (kinds + 1) % 5)))


def test_the_countdown_and_quotes_that_are_not_drawn_do_not_matter() -> None:
    counts = replace(LIVE, countdown=True)
    assert patched(replace(BEFORE, now_ns=5, bid=1.0), furniture=counts)
    assert not patched(BEFORE, furniture=replace(LIVE, quote_lines=True))


def _fewer_rows_before(candles: CandleWindow) -> CandleWindow:
    names = ("time_ns", "open", "high", "low", "close", "volume", "trades")
    rows = {name: getattr(candles, name)[10:] for name in names}
    return replace(candles, first_index=candles.first_index + 10, **rows)


def test_averaged_candles_need_the_rows_they_started_from() -> None:
    spec = ChartSpec(
        "A", Interval.M1, 480, 400, bars=30, elements=Elements(style=ChartStyle.HEIKIN_ASHI)
    )
    frame = lay_out(ChartData(CANDLES), spec, LIVE, LayoutBuffers()).frame
    past = past_of(frame, ChartData(CANDLES))
    assert frame.seed == 30
    assert still_shown(frame, past, ChartData(CANDLES))
    assert not still_shown(frame, past, ChartData(_fewer_rows_before(CANDLES)))
    plain = replace(spec, elements=Elements())
    frame = lay_out(ChartData(CANDLES), plain, LIVE, LayoutBuffers()).frame
    past = past_of(frame, ChartData(CANDLES))
    assert still_shown(frame, past, ChartData(_fewer_rows_before(CANDLES)))


def test_a_history_is_the_same_one_or_another() -> None:
    history, other = History(CANDLES), History(CANDLES)
    spec = ChartSpec("A", Interval.M1, 480, 400, bars=30)
    frame = lay_out(ChartData.view(history), spec, LIVE, LayoutBuffers()).frame
    past = past_of(frame, ChartData.view(history))
    assert past.prices.shape == (5, 0)
    assert still_shown(frame, past, ChartData.view(history))
    assert not still_shown(frame, past, ChartData.view(other))
    assert not still_shown(frame, past, ChartData.view(history, end=1059))


def test_equal_values_but_for_the_newest() -> None:
    kept = np.array([1.0, nan, 3.0, nan])
    for changed in range(4):
        values = kept.copy()
        values[changed] = 9.0
        assert [same_values(kept, values, count) for count in range(5)] == [
            count <= changed for count in range(5)
        ]
    assert same_values(kept, kept.copy(), 4)


def test_the_pipeline_asks_for_values_that_fit_the_view() -> None:
    pipeline = ChartPipeline(CpuRenderer())
    keyframe = pipeline.keyframe(BEFORE, view(), LIVE)
    assert pipeline.can_patch(keyframe, BEFORE)
    with pytest.raises(BadChartData, match="values of 0 studies"):
        pipeline.can_patch(keyframe, ChartData(CANDLES))
    moved = data_of(with_newest(CANDLES, float(CANDLES.close[-1]) * 1.0002), STUDIES)
    assert pipeline.can_patch(keyframe, replace(moved, markers=BEFORE.markers))
