"""Below the ticket: how much of the risk limits is used, the automations, the kill switch."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from components.attributes import aria, data
from components.icons import icon
from components.states import nothing_yet

KILL_WORDS = "Stop all trading"


def limits_panel(gauges: Sequence[str] = ()) -> html.Section:
    """Gauges, filled by the script; the places of those called ``gauges`` are kept for it."""
    none = html.P("No limits are set.", className="paper-none", **data(paper_none="gauges"))
    return html.Section(
        [
            _head("Risk limits", "", ("settings", "Change the risk limits", "limits")),
            html.Div([none, *map(_gauge, gauges)], className="gauges", **data(paper_list="gauges")),
        ],
        className="paper-panel paper-limits",
    )


def _gauge(name: str) -> html.Div:
    """As the script makes them, without a value."""
    figures = html.Span([html.Span(className="gauge-used"), html.Span(className="gauge-limit")])
    return html.Div(
        [
            html.Div([html.Span(name, className="gauge-name"), figures], className="gauge-words"),
            html.Div(html.I(), className="gauge-track"),
        ],
        className="gauge",
        role="meter",
        **data(row=""),
        **aria(label=name, valuemin="0", valuemax="100", valuenow="0"),
    )


def automation_panel() -> html.Section:
    """A line for each strategy that runs on the account."""
    empty = nothing_yet(
        "backtest",
        "No automations",
        "Any strategy of the backtester can trade here.",
        html.Button(
            "Start a strategy", type="button", className="button", **data(paper_act="start")
        ),
    )
    return html.Section(
        [
            _head("Automation", "automations", ("plus", "Start a strategy", "start")),
            html.Div(className="automations", **data(paper_list="automations")),
            html.Div(empty, className="paper-none", **data(paper_none="automations")),
        ],
        className="paper-panel paper-automation",
    )


def _head(title: str, context: str, act: tuple[str, str, str]) -> html.Div:
    picture, words, name = act
    parts: list[Component] = [html.H2(title)]
    if context:
        parts.append(html.Span(className="panel-context", **data(paper_context=context)))
    button = html.Button(
        icon(picture),
        type="button",
        className="icon-button paper-panel-act",
        title=words,
        **data(paper_act=name),
        **aria(label=words),
    )
    return html.Div([*parts, button], className="panel-head")


def kill_switch() -> html.Section:
    """The only solid red of the page, always in the same place; it is held for a second."""
    return html.Section(
        [
            html.Button(
                [
                    html.Span(className="kill-held"),
                    icon("power"),
                    html.Span(KILL_WORDS, className="kill-words"),
                    html.Kbd("Ctrl Shift X"),
                ],
                type="button",
                className="button button-main kill",
                **data(kill="hold"),
                **aria(keyshortcuts="Control+Shift+X", describedby="paper-kill-note"),
            ),
            html.P("Hold 1 s.", id="paper-kill-note", className="caption", **data(paper="kill")),
        ],
        className="paper-kill",
        **aria(label=KILL_WORDS),
    )
