"""The studies of a picture as a browser's legend writes them, and the axes they stand on."""

from math import floor, isfinite, log10
from typing import Any

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import AxisKind, Curve, Study
from chart_acceleration.layout import ChartLayout
from chart_acceleration.scene import F64
from chart_acceleration.spec import ChartSpec, Furniture

_MOST_DECIMALS = 8


def study_values(
    spec: ChartSpec, furniture: Furniture, data: ChartData, layout: ChartLayout
) -> dict[str, Any]:
    """``axis``, ``percent_base``, ``panes`` and ``studies`` of an entry's JSON object.

    A study's ``pane`` is its place in ``panes``, null over the candles; a pane that has no room in
    the picture is not listed, and its study has ``hidden`` instead.
    """
    first = len(data.candles) - layout.frame.count
    percent = spec.elements.axis is AxisKind.PERCENT and layout.frame.count > 0
    places: list[dict[str, Any]] = []
    studies = []
    for study, values in zip(spec.elements.studies, data.values, strict=True):
        studies.append(
            {
                "title": study.title,
                "pane": None,
                "curves": _curves(study, values, furniture.decimals),
            }
        )
    return {
        "axis": spec.elements.axis.value,
        "percent_base": float(data.candles.close[first]) if percent else None,
        "panes": places,
        "studies": studies,
    }


def _curves(study: Study, values: F64, decimals: int) -> list[dict[str, Any]]:
    return [
        {
            "label": curve.label,
            "role": curve.role.name,
            "value": _newest(curve, row),
            "decimals": decimals,
        }
        for curve, row in zip(study.curves, values, strict=True)
    ]


def _newest(curve: Curve, row: F64) -> float | None:
    """What is drawn at the newest candle; of a curve drawn to the left its last value."""
    place = len(row) - 1 - max(0, curve.shift)
    if place < 0 or not isfinite(row[place]):
        return None
    return float(row[place])


def _decimals(top: float, bottom: float) -> int:
    """Digits that tell values of a pane apart: about a thousand steps."""
    size = top - bottom
    return min(max(2 - floor(log10(size)), 0), _MOST_DECIMALS) if size > 0 else 2
