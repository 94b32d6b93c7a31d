"""Cards of 64 px: caption, value, one comparison; the tooltip prints formula and convention."""

from collections.abc import Sequence
from dataclasses import dataclass

import dash_mantine_components as dmc
from dash import html

from components.icons import icon


@dataclass(frozen=True, slots=True)
class Metric:
    """``value`` and ``note`` as written on the card; ``tone`` is up, down or flat."""

    label: str
    value: str
    tone: str
    note: str
    explanation: str


def metric_cards(metrics: Sequence[Metric]) -> html.Div:
    """One row of cards that wraps on narrow pages."""
    return html.Div([_card(metric) for metric in metrics], className="metric-cards")


def _card(metric: Metric) -> dmc.Tooltip:
    card = html.Div(
        [
            html.Div([metric.label, icon("info", "icon-12")], className="metric-caption"),
            html.Div(
                [
                    html.B(metric.value, className=metric.tone),
                    html.Span(metric.note, className="metric-note"),
                ],
                className="metric-line",
            ),
        ],
        className="metric-card",
        tabIndex=0,
    )
    tip = html.Div([html.B(metric.label), html.P(metric.explanation)])
    return dmc.Tooltip(
        card,
        label=tip,
        classNames={"tooltip": "explanation"},
        multiline=True,
        w=280,
        withArrow=False,
        position="bottom-start",
        offset=4,
        events={"hover": True, "focus": True, "touch": True},
        transitionProps={"duration": 0},
        boxWrapperProps={"w": "100%"},
    )
