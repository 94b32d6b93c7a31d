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
    formula, convention = split_formula(metric.explanation)
    tip = html.Div([html.B(metric.label), html.Code(formula), html.P(convention)])
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


def split_formula(explanation: str) -> tuple[str, str]:
    """Formula and convention (may be empty), divided at the first semicolon, else comma."""
    mark = "; " if "; " in explanation else ", "
    formula, _, convention = explanation.partition(mark)
    return formula, convention[:1].upper() + convention[1:] if mark == ", " else convention
