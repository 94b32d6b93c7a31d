"""The studies of a picture as a browser's legend writes them, and the axes they stand on."""

from typing import Any

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import AxisKind, Study
from chart_acceleration.extent import shown_value
from chart_acceleration.layout import ChartLayout, PaneLayout
from chart_acceleration.numbers import price_text
from chart_acceleration.price_ticks import Text
from chart_acceleration.scene import F64
from chart_acceleration.spec import Furniture

NO_VALUE = "–"


def study_meta(furniture: Furniture, data: ChartData, layout: ChartLayout) -> dict[str, Any]:
    """``axis``, ``percent_base`` and ``studies`` of an entry's JSON object."""
    frame = layout.frame
    elements = frame.spec.elements
    first = len(data.candles) - frame.count
    percent = elements.axis is AxisKind.PERCENT and frame.count > 0
    ticks = {place.number: place.pane.ticks for place in frame.studies if place.pane is not None}
    prices = _prices(furniture)
    parts = zip(elements.studies, data.values, layout.panes, strict=True)
    return {
        "axis": elements.axis.value,
        "percent_base": float(data.candles.close[first]) if percent else None,
        "studies": [
            {
                "title": study.title,
                "pane": _pane(pane),
                "left_out": pane.left_out,
                "decimals": ticks[number].decimals if number in ticks else furniture.decimals,
                "curves": _curves(study, values, ticks[number].text if number in ticks else prices),
            }
            for number, (study, values, pane) in enumerate(parts)
        ],
    }


def _prices(furniture: Furniture) -> Text:
    return lambda value: price_text(value, furniture.decimals)


def _pane(pane: PaneLayout) -> dict[str, Any] | None:
    """Place and axis of a pane below the prices."""
    if pane.plot is None:
        return None
    plot = pane.plot
    return {
        "plot": [plot.x0, plot.y0, plot.x1, plot.y1],
        "top": pane.top,
        "bottom": pane.bottom,
    }


def _curves(study: Study, values: F64, text: Text) -> list[dict[str, Any]]:
    found = []
    for curve, row in zip(study.curves, values, strict=True):
        value = shown_value(curve, row)
        shown = NO_VALUE if value is None else text(value)
        role = curve.role.name
        found.append({"label": curve.label, "role": role, "value": value, "text": shown})
    return found
