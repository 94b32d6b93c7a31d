"""The right side of the backtesting page: places that stay while the runs in them change."""

from collections.abc import Sequence
from typing import NamedTuple

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria, data
from components.backtest_facts import ConventionFacts
from components.backtest_lists import fill_grid
from components.equity_figure import equity_panel
from components.icons import icon
from components.run_chart import run_chart
from components.states import nothing_yet
from components.trade_figures import map_figure, returns_figure
from components.trade_grid import trade_grid

TABS = {
    "trades": "Trades", "fills": "Fills", "drawdowns": "Drawdowns", "log": "Log",
}  # fmt: skip
NO_RUN = "backtest-main has-none"
SHOWS_RESULT = "backtest-main has-result"
SHOWS_STATE = "backtest-main has-state"


def report_area(convention: ConventionFacts) -> html.Div:
    """Empty until a run is there; the classes above say which part is shown."""
    return html.Div(
        [
            html.Div(no_run(), className="backtest-none"),
            html.Div(id=ids.BACKTEST_STATE, className="backtest-state"),
            html.Div(
                [
                    _head(convention),
                    html.Div(
                        [
                            html.Div(id=ids.BACKTEST_CARDS, className="metric-cards"),
                            run_chart(),
                            equity_panel(),
                            _months_and_figures(),
                            _tabs(),
                        ],
                        className="report-body",
                    ),
                ],
                id=ids.BACKTEST_REPORT,
                className="report",
            ),
        ],
        id=ids.BACKTEST_MAIN,
        className=NO_RUN,
    )


def view_tabs() -> html.Div:
    """Narrow pages show the form or the result; ``assets/87_backtest_page.js`` turns to it."""
    return html.Div(
        [
            html.Button(words, type="button", className="view-tab", **data(view=view))
            for view, words in (("form", "Setup"), ("result", "Result"))
        ],
        className="view-tabs",
    )


def no_run() -> html.Div:
    """Before the first run."""
    act = html.Button("Run with these values", id=ids.BACKTEST_FIRST, className="button")
    return nothing_yet(
        "backtest",
        "No backtest yet",
        "Return, drawdown and every trade appear here, measured against buying and holding.",
        act,
    )


def _head(convention: ConventionFacts) -> html.Div:
    return html.Div(
        [
            html.Div(id=ids.BACKTEST_TITLE, className="report-title"),
            html.Div(
                [
                    convention_switch(convention),
                    _quiet("History", "backtest", ids.BACKTEST_HISTORY_OPEN),
                    html.Button("Compare", id=ids.BACKTEST_COMPARE_OPEN, className="button"),
                    html.Div(id=ids.BACKTEST_ACTS, className="report-files"),
                ],
                className="report-acts",
            ),
        ],
        className="panel-head report-head",
    )


def _quiet(words: str, picture: str, id: str) -> html.Button:
    return html.Button([icon(picture), words], id=id, className="button button-quiet")


def report_title(
    title: str, number: int, context: str, warnings: int, cached: bool
) -> list[Component]:
    """Name, number, what was run over, and how much weakens it."""
    parts: list[Component] = [
        html.H2(title, title=title),
        html.Span(f"run {number}", className="tag run-number"),
        html.Span(context, className="panel-context"),
    ]
    if cached:
        parts.append(html.Span("kept", className="tag", title="Computed before, read again"))
    if warnings:
        words = "1 warning" if warnings == 1 else f"{warnings} warnings"
        mark = html.Span([icon("warning", "icon-12"), words], className="tag tag-warn")
        parts.append(mark)
    return parts


def file_links(run: str) -> list[Component]:
    """The report and the files of a run."""
    address = f"/api/backtests/{run}"

    def file(words: str, kind: str) -> html.A:
        return html.A(
            words,
            href=f"{address}/export?format={kind}",
            download=f"backtest-{run}.{kind}",
            className="menu-link",
        )

    files = html.Div(
        [file("Trades and equity, CSV", "csv"), file("Everything, JSON", "json")],
        className="menu-links",
    )
    button = html.Button("Export", className="button", **aria(haspopup="true"))
    report = html.A(
        [icon("download"), "Report"], href=f"{address}/report", target="_blank", className="button"
    )
    return [report, _menu(button, files, 200)]


def convention_switch(convention: ConventionFacts) -> dmc.Popover:
    """A menu with how yearly figures are made; a change measures the run again."""
    choices = [
        ("Returns per", ids.BACKTEST_PERIOD, (("candle", "Candle"), ("day", "Day")),
         convention.period),
        ("Days a year", ids.BACKTEST_DAYS, (("365", "365"), ("252", "252")),
         str(convention.days)),
    ]  # fmt: skip
    rows = [
        html.Div(
            [
                html.Span(words, className="row-label"),
                dmc.SegmentedControl(
                    id=id,
                    data=[{"value": key, "label": label} for key, label in options],
                    value=value,
                    transitionDuration=0,
                    className="segments",
                    attributes={"root": {"aria-label": words}},
                ),
            ],
            className="labelled-row",
        )
        for words, id, options, value in choices
    ]
    rows.append(_risk_free(convention.risk_free))
    button = html.Button(
        convention_words(convention),
        id=ids.BACKTEST_CONVENTION,
        className="button button-quiet",
        title="How yearly figures are made",
    )
    return _menu(button, html.Div(rows, className="convention"), 280)


def _menu(button: html.Button, content: html.Div, width: int) -> dmc.Popover:
    """Opens below ``button``, ``width`` CSS pixels wide."""
    return dmc.Popover(
        [dmc.PopoverTarget(button), dmc.PopoverDropdown(content)],
        position="bottom-end",
        offset=4,
        width=width,
        trapFocus=True,
        transitionProps={"duration": 0},
        classNames={"dropdown": "menu-panel"},
    )


def _risk_free(percent: float) -> html.Div:
    field = dmc.NumberInput(
        id=ids.BACKTEST_RISK_FREE,
        value=percent,
        min=-10,
        max=50,
        step=0.25,
        debounce=600,
        clampBehavior="blur",
        hideControls=True,
        rightSection=html.Span("% a year", className="field-unit"),
        rightSectionWidth=64,
        rightSectionPointerEvents="none",
        className="control control-dense",
        attributes={"input": {"aria-label": "Risk-free rate, percent a year"}},
    )
    return html.Div(
        [html.Span("Risk-free rate", className="row-label"), field], className="labelled-row"
    )


def convention_words(convention: ConventionFacts) -> str:
    """``√365, per candle``, and a risk-free rate where there is one."""
    rate = f", rf {convention.risk_free:g} %" if convention.risk_free else ""
    return f"√{convention.days}, per {convention.period}{rate}"


def _months_and_figures() -> html.Div:
    months = html.Section(
        [
            html.Div(
                [
                    html.H2("Monthly return"),
                    html.Span("%, close to close, net of costs", className="panel-context"),
                ],
                className="panel-head",
            ),
            html.Div(id=ids.BACKTEST_MONTHS, className="months-body"),
        ],
        className="months-panel",
    )
    returns = _figure("Trade returns", ids.BACKTEST_RETURNS, returns_figure(()), "returns-panel")
    found = _figure(
        "Parameter map", ids.BACKTEST_MAP, map_figure(None), "map-panel", ids.BACKTEST_MAP_KEY
    )
    return html.Div([months, returns, found], className="figures-row")


def _figure(title: str, id: str, figure: object, look: str, key: str | None = None) -> html.Section:
    context = html.Div("", id=key, className="panel-context map-key") if key else None
    graph = dcc.Graph(
        id=id,
        figure=figure,
        className="quiet-graph",
        config={"displayModeBar": False, "responsive": True},
    )
    return html.Section(
        [html.Div([html.H2(title), context], className="panel-head"), graph],
        className=f"figure-panel {look}",
    )


class TabCounts(NamedTuple):
    """What stands beside the names of the tabs."""

    trades: int
    fills: int
    drawdowns: int
    warnings: int


def tab_names(counts: TabCounts | None) -> list[html.Span]:
    """``Trades 13``: the contents of the tabs' buttons, in the order of :data:`TABS`."""
    numbers = counts or (None,) * len(TABS)
    return [
        html.Span([name, html.Span("" if number is None else f"{number:,}", className="count")])
        for name, number in zip(TABS.values(), numbers, strict=True)
    ]


def _tabs() -> html.Section:
    panels = {
        "trades": trade_grid(),
        "fills": fill_grid(),
        "drawdowns": html.Div(id=ids.BACKTEST_DRAWDOWNS, className="table-body"),
        "log": html.Div(id=ids.BACKTEST_LOG, className="table-body"),
    }
    names = zip(TABS, tab_names(None), strict=True)
    heads = dmc.TabsList(
        [dmc.TabsTab(words, value=key, id=f"{ids.BACKTEST_TABS}-{key}") for key, words in names]
    )
    bodies = [dmc.TabsPanel(panels[key], value=key) for key in TABS]
    tabs = dmc.Tabs(
        [heads, *bodies],
        id=ids.BACKTEST_TABS,
        value="trades",
        keepMounted=True,
        className="run-tabs",
        **aria(label="Lists of the run"),
    )
    return html.Section(tabs, className="trades")


def running_state(words: str, detail: str) -> html.Div:
    """While the first run goes on: what, and how many of how many."""
    return nothing_yet("backtest", words, detail)


def failed_run(title: str, reason: str, lines: Sequence[str], earlier: str | None) -> html.Div:
    """What happened, why, and what is kept; ``earlier`` is the address of the run before."""
    head = html.Div(
        [html.H2("Backtest"), html.Span("FAILED", className="tag tag-down")],
        className="panel-head",
    )
    parts: list[Component] = [
        html.H3(title),
        html.P(reason),
        html.P("Nothing was saved, earlier runs are unchanged."),
    ]
    if lines:
        parts.append(html.Pre("\n".join(lines), className="failed-lines"))
    if earlier:
        parts.append(dcc.Link("Show the run before", href=earlier, className="button"))
    return html.Div(
        [head, html.Div(parts, className="failed-body")], className="failed", role="alert"
    )
