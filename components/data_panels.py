"""The data page: what can be replayed, and the import of a venue's history."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria, data
from components.forms import choice_field


def library() -> html.Section:
    """The list of recordings and stored days; ``assets/72_library.js`` fills it."""
    head = html.Div(
        [
            html.H2("Recordings and stored days"),
            html.Span("", className="panel-context", **data(library="count")),
        ],
        className="panel-head",
    )
    body = html.Div(
        html.Div("Reading what is stored.", className="state is-reading"),
        className="table-body",
        role="region",
        tabIndex=0,
        **data(library="body"),
        **aria(label="Recordings and stored days", live="polite"),
    )
    return html.Section([head, body], className="panel library", **aria(label="Data"))


def import_form(
    venues: Sequence[str], venue: str, symbol: str, intervals: Sequence[str], dates: tuple[str, str]
) -> html.Section:
    """Asks for a venue's candles; ``dates`` are the first and the last day that stand in it."""
    first, last = dates
    fields = [
        choice_field(ids.IMPORT_VENUE, "Venue", venues, venue),
        _text(ids.IMPORT_SYMBOL, "Symbol", "like BTC-USD", symbol),
        choice_field(ids.IMPORT_INTERVAL, "Interval", intervals, "1m"),
        html.Div(
            [
                _text(ids.IMPORT_FROM, "From", "UTC", first),
                _text(ids.IMPORT_TO, "To", "UTC, included", last),
            ],
            className="field-pair",
        ),
    ]
    return html.Section(
        [
            html.Div(html.H2("Import history"), className="panel-head"),
            html.Div(
                [
                    html.P(
                        "Candles over the venue's REST interface, as many as it has. "
                        "What is stored already is not asked for again.",
                        className="import-note",
                    ),
                    *fields,
                ],
                className="import-fields",
            ),
            html.Div(_import_foot(), className="import-foot"),
        ],
        className="panel import-form",
        **aria(label="Import history"),
    )


def _import_foot() -> list[Component]:
    """How far it is, what is wrong, and the acts."""
    progress = html.Div(
        [
            html.Div(
                [html.B("", **data(importing="name")), html.Span("", **data(importing="text"))],
                className="import-words",
            ),
            html.Div(html.Div(**data(importing="bar")), className="progress-track"),
        ],
        className="import-progress",
        hidden=True,
        role="progressbar",
        **data(importing="progress"),
        **aria(label="Import of history"),
    )
    return [
        progress,
        html.Div("", className="import-problem", role="alert", **data(importing="problem")),
        html.Button(
            "Import history",
            type="button",
            className="button button-main button-primary",
            **data(importing="start"),
        ),
        html.Button(
            "Cancel", type="button", hidden=True, className="button button-main",
            **data(importing="cancel"),
        ),
    ]  # fmt: skip


def _text(id: str, label: str, hint: str, value: str) -> dmc.TextInput:
    return dmc.TextInput(
        id=id,
        label=[html.Span(label), html.Span(hint, className="field-range")],
        value=value,
        className="control",
    )
