"""What is drawn so that everything is compiled before the first viewer comes."""

import pytest
from numba import config

from chart_acceleration import (
    candles,
    curves,
    drawings,
    fills,
    markers,
    ops,
    past,
    placing,
    prices,
    projection,
    studies,
)
from chart_acceleration.elements import ChartStyle, CurveStyle
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.specimens import specimens

pytestmark = pytest.mark.kernel

KERNELS = (
    candles.volume_rects, candles.candle_rects, candles.scan, candles.same_past,
    prices.hollow_rects, prices.bar_rects, projection.project_candles, studies.project_values,
    projection.log_columns, projection.heikin_ashi, curves.line_rects, curves.dot_rects,
    fills.fill_rects, fills.area_rects, fills.histogram_rects, markers.marker_rects,
    drawings.drawing_rects, placing.place_markers, past.same_values, studies.clean_columns,
    ops.put_visible, ops.put_dots,
)  # fmt: skip


def test_every_style_is_among_them() -> None:
    elements = [spec.elements for _, spec in specimens()]
    assert {each.style for each in elements} == set(ChartStyle)
    curves_of = [c.style for each in elements for study in each.studies for c in study.curves]
    assert set(curves_of) == set(CurveStyle)
    assert [data.history is not None for data, _ in specimens()][-2:] == [True, True]


@pytest.mark.skipif(bool(vars(config)["DISABLE_JIT"]), reason="nothing is compiled without numba")
def test_drawing_them_compiles_every_kernel() -> None:
    ChartPipeline(CpuRenderer()).warm_up()
    assert all(getattr(kernel, "signatures") for kernel in KERNELS)  # noqa: B009 - numba's own
