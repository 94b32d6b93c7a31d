"""Charts of candles as lossless WebP pictures.

    from chart_acceleration import available_renderers, create_optimal_chart, draw_charts

These are looked up when they are asked for: importing a part of the package loads no renderer.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chart_acceleration.batch import draw_charts
    from chart_acceleration.chart import create_optimal_chart
    from chart_acceleration.renderers.auto import available_renderers

__all__ = ["available_renderers", "create_optimal_chart", "draw_charts"]

_HOMES = {
    "available_renderers": "chart_acceleration.renderers.auto",
    "create_optimal_chart": "chart_acceleration.chart",
    "draw_charts": "chart_acceleration.batch",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
