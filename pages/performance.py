"""Performance: where the time of a tick goes, what draws, whether anything is old or dropped."""

from time import monotonic_ns
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html
from dash.exceptions import PreventUpdate

from components import ids
from components.attributes import aria
from components.feed_symbols import symbol_table
from components.formats import plain
from components.icons import icon
from components.performance_panels import (
    course,
    fact_list,
    fact_row,
    life,
    panel,
    renderer_table,
)
from components.performance_stages import stage_table
from components.states import nothing_yet
from components.tables import Cell, Column, table
from components.ticks import tick
from pages import performance_stage_words as stage_words
from pages import performance_words as words
from pages.performance_paper_words import paper_facts, paper_note
from pages.renderer_choice import renderer_choice
from server.histogram_ring import SLOT_NS
from server.performance_view import WINDOWS, PerformanceView
from server.services import current

dash.register_page(  # type: ignore[no-untyped-call]
    __name__, path="/performance", title="Performance · Candlecast"
)

WINDOW_NAMES = {"1m": "1 min", "5m": "5 min", "1h": "1 h"}
DEFAULT_WINDOW = "5m"
_FEED_COLUMNS = (
    Column("Venue"), Column("State"), Column("Age ms", True), Column("Msg / s", True),
    Column("Gaps", True), Column("Retries", True),
)  # fmt: skip
_VIEWER_COLUMNS = (
    Column("Client"), Column("Rate / s", True), Column("Ack p95", True), Column("Unacked", True),
)  # fmt: skip
_FILLED = (
    ids.PERFORMANCE_SUMMARY, ids.PERFORMANCE_STAGES, ids.PERFORMANCE_LIFE_CONTEXT,
    ids.PERFORMANCE_PAINT, ids.PERFORMANCE_LIFE, ids.PERFORMANCE_COURSE_KEY, ids.PERFORMANCE_COURSE,
    ids.PERFORMANCE_RENDERERS, ids.PERFORMANCE_FEED, ids.PERFORMANCE_VIEWERS_CONTEXT,
    ids.PERFORMANCE_VIEWERS, ids.PERFORMANCE_PAPER, ids.PERFORMANCE_PROCESS, ids.PERFORMANCE_AT,
)  # fmt: skip
"""What :func:`filling` fills, in its order."""


def layout(**_: str) -> html.Div:
    """The page with the figures of now; a tick a second fills it again."""
    now = current().performance.view_now(DEFAULT_WINDOW)
    parts = dict(zip(_FILLED, filling(now), strict=True))

    def filled(name: str, classes: str) -> html.Div:
        return html.Div(parts[name], id=name, className=classes)

    def told(name: str) -> html.Span:
        return html.Span(parts[name], id=name, className="panel-context")

    left = [
        panel("Latency by stage", "ms", filled(ids.PERFORMANCE_STAGES, "table-body"), "stages",
              [_window_choice(), _button("Reset", ids.PERFORMANCE_RESET)]),
        panel("Renderers", "1280 × 720, 300 candles, ms p50",
              filled(ids.PERFORMANCE_RENDERERS, "table-body"), "renderers",
              [_button([icon("play"), "Measure"], ids.PERFORMANCE_TIME), renderer_choice(now)]),
    ]  # fmt: skip
    course_body = html.Div(filled(ids.PERFORMANCE_COURSE, "course-plot"), className="course")
    right = [
        panel("Life of one tick", told(ids.PERFORMANCE_LIFE_CONTEXT),
              filled(ids.PERFORMANCE_LIFE, "life"), "life-panel", [told(ids.PERFORMANCE_PAINT)]),
        panel("Tick → pixel", "ms", course_body, "course-panel",
              [told(ids.PERFORMANCE_COURSE_KEY)]),
        panel("Feed", "", filled(ids.PERFORMANCE_FEED, "table-body"), "feed"),
        panel("Viewers", told(ids.PERFORMANCE_VIEWERS_CONTEXT),
              filled(ids.PERFORMANCE_VIEWERS, "table-body"), "viewers"),
        panel("Paper trading", "", filled(ids.PERFORMANCE_PAPER, "process-body"), "paper-status"),
        panel("Process", "", filled(ids.PERFORMANCE_PROCESS, "process-body"), "process"),
    ]  # fmt: skip
    keepers = [
        tick(ids.PERFORMANCE_TICK),
        dcc.Store(id=ids.PERFORMANCE_SINCE, data=0),
        html.Span(parts[ids.PERFORMANCE_AT], id=ids.PERFORMANCE_AT, hidden=True),
    ]
    return html.Div(
        [
            html.Div(
                [icon("plug"), html.B("These figures are old."), html.Span(
                    "The Candlecast server does not answer. They go on by themselves once it does.",
                    className="strip-cause")],
                className="strip strip-down performance-old", role="alert", hidden=True,
            ),
            filled(ids.PERFORMANCE_SUMMARY, "facts"),
            html.Div(left, className="performance-left"),
            html.Section(
                right, className="performance-right", tabIndex=0, **aria(label="Machine and feed")
            ),
            *keepers,
        ],
        className="page page-performance",
    )  # fmt: skip


def _window_choice() -> dmc.SegmentedControl:
    return dmc.SegmentedControl(
        id=ids.PERFORMANCE_WINDOW,
        data=[{"value": key, "label": WINDOW_NAMES[key]} for key in WINDOWS],
        value=DEFAULT_WINDOW,
        transitionDuration=0,
        className="segments",
        attributes={"root": {"aria-label": "How far back"}},
    )


def _button(words: Any, id: str) -> html.Button:
    return html.Button(words, id=id, className="button button-small")


def filling(view: PerformanceView) -> tuple[Any, ...]:
    """The children of everything in _FILLED."""
    life_context, steps = stage_words.life_steps(view)
    note = words.feed_note(view.feed)
    whole = view.stage(stage_words.WHOLE)
    return (
        fact_row(words.summary(view)),
        stage_table(stage_words.stage_rows(view), _part(view.part_s)),
        life_context,
        ["then paint ", html.Span(stage_words.paint(view), className="figure-room")],
        life(steps),
        [
            "p50 ", html.Span(plain(whole.p50, 1), className="figure-room course-key-typical"),
            " p95 ", html.Span(plain(whole.p95, 1), className="figure-room course-key-slow"),
        ],
        course(stage_words.course(view)) if whole.samples else _nobody_watches(),
        renderer_table(words.renderer_rows(view)),
        [
            table("Feed", _FEED_COLUMNS, [[Cell(*cell) for cell in words.feed_row(view.feed)]]),
            html.P(note, className="panel-note", title=note),
            symbol_table(words.symbol_rows(view.feed)),
        ],
        f"{words.count(len(view.viewers), 'browser')}, {words.count(view.frames.charts, 'chart')}",
        table(
            "Viewers", _VIEWER_COLUMNS,
            [[Cell(*cell) for cell in row] for row in words.viewer_rows(view)],
        ),
        [
            html.Div(fact_list(paper_facts(view.paper)), className="fact-lines"),
            html.P(paper_note(view.paper), className="panel-note"),
        ],
        [
            html.Div(fact_list(words.process_facts(view)), className="fact-lines"),
            html.P(words.gpu_line(view), className="panel-note", title=words.gpu_line(view)),
        ],
        str(view.time_ns),
    )  # fmt: skip


def _part(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min"


def _nobody_watches() -> html.Div:
    act = dcc.Link("Open the dashboard", href="/", className="button button-small")
    return nothing_yet(
        "candles", "No tick was shown yet",
        "The way of a tick is measured while a browser shows a live chart.", act,
    )  # fmt: skip


@callback(
    *(Output(name, "children") for name in _FILLED),
    Input(ids.PERFORMANCE_TICK, "n_intervals"),
    Input(ids.PERFORMANCE_WINDOW, "value"),
    Input(ids.PERFORMANCE_SINCE, "data"),
    prevent_initial_call=True,
)
async def refresh(_: int | None, window: str, since_slot: int) -> tuple[Any, ...]:
    """The newest figures, once a second."""
    return filling(await current().performance.view(window, since_slot))


@callback(
    Output(ids.PERFORMANCE_SINCE, "data"),
    Input(ids.PERFORMANCE_RESET, "n_clicks"),
    prevent_initial_call=True,
)
async def reset(clicks: int | None) -> int:
    """This page counts from now on; nothing is forgotten by the server."""
    if not clicks:
        raise PreventUpdate
    return monotonic_ns() // SLOT_NS + 1


@callback(
    Output(ids.PERFORMANCE_TIME, "disabled"),
    Input(ids.PERFORMANCE_TIME, "n_clicks"),
    running=[(Output(ids.PERFORMANCE_TIME, "className"), "button button-small is-busy",
              "button button-small")],
    prevent_initial_call=True,
)  # fmt: skip
async def time_renderers(clicks: int | None) -> bool:
    """Times every renderer that starts here; charts go on meanwhile."""
    if not clicks:
        raise PreventUpdate
    await current().performance.time_renderers()
    return False


@callback(
    Output(ids.DIAGNOSIS, "data"),
    Input(ids.COPY_DIAGNOSIS, "n_clicks"),
    State(ids.COPY_DIAGNOSIS, "data-window"),
    prevent_initial_call=True,
)
async def diagnose(clicks: int | None, _: str | None) -> str:
    """Everything as text; the browser then copies it."""
    if not clicks:
        raise PreventUpdate
    services = current()
    view = await services.performance.view(DEFAULT_WINDOW)
    return words.diagnosis(view, services.status().renderer_reasons)


clientside_callback(
    ClientsideFunction(namespace="candlecast", function_name="copyText"),
    Output(ids.COPY_DIAGNOSIS, "children"),
    Input(ids.DIAGNOSIS, "data"),
    prevent_initial_call=True,
)
