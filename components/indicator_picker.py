"""The indicator picker: a panel beside the charts, so that what is chosen is seen at once.

The list is the registry's; what the active chart shows is filled in by ``81_picker.js``.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria, data
from components.icons import icon


@dataclass(frozen=True, slots=True)
class ParameterField:
    """A number that the user may set; ``step`` is what an arrow key adds."""

    name: str
    label: str
    default: float
    low: float
    high: float
    step: float


@dataclass(frozen=True, slots=True)
class IndicatorChoice:
    """One line of the list. ``lines``: labels of the curves whose colour may be chosen."""

    key: str
    title: str
    description: str
    family: str
    parameters: tuple[ParameterField, ...]
    lines: tuple[str, ...]


def indicator_picker(choices: Sequence[IndicatorChoice]) -> html.Section:
    """Non-modal, closed at first; ``choices`` with those of a family next to each other."""
    head = html.Div(
        [
            html.H2("Indicators"),
            html.Span(className="panel-context", **data(picker="chart")),
            html.Button(
                icon("close"),
                className="icon-button picker-close",
                type="button",
                title="Close",
                **data(closes=ids.PICKER),
                **aria(label="Close"),
            ),
        ],
        className="panel-head",
    )
    return html.Section(
        [head, html.Div(className="picker-own"), *_list(choices), *_keepers()],
        id=ids.PICKER,
        className="picker",
        role="dialog",
        hidden=True,
        **data(choices=json.dumps([asdict(choice) for choice in choices])),
        **aria(label="Indicators", modal="false"),
    )


def _list(choices: Sequence[IndicatorChoice]) -> list[Component]:
    groups: list[Component] = [
        html.Div(
            [html.H3(family), *(_line(choice) for choice in members)], className="picker-family"
        )
        for family, members in groupby(choices, lambda choice: choice.family)
    ]
    none = html.P("No indicator has this name.", className="picker-none", hidden=True)
    return [html.Div([*groups, none], className="picker-list")]


def _line(choice: IndicatorChoice) -> html.Button:
    return html.Button(
        [
            html.Span(choice.title, className="picker-name"),
            html.Span(choice.description, className="picker-about"),
            icon("plus"),
        ],
        className="picker-line",
        type="button",
        title=choice.description,
        **data(key=choice.key),
    )


def _keepers() -> list[Component]:
    """What the script asks the server, and its answer."""
    return [dcc.Store(id=ids.PICKER_ASKED), dcc.Store(id=ids.PICKER_ANSWER)]
