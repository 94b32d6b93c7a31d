"""The left panel of the backtesting page: everything that a run is made of."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components import ids
from components.attributes import aria
from components.backtest_facts import FormFacts, FormValues
from components.backtest_foot import foot
from components.backtest_market import market_fields
from components.backtest_sweep import parameter_rows, strategy_note, sweep_fields
from components.forms import NumberRule, choice_field, dense_number_field
from components.icons import icon

FEE = NumberRule(ids.BACKTEST_FEE, "Fee per side", "%", 0.10, 0, 5, step=0.01)
SLIPPAGE = NumberRule(ids.BACKTEST_SLIPPAGE, "Slippage", "bp", 5, 0, 500, step=0.5)
CAPITAL = NumberRule(ids.BACKTEST_CAPITAL, "Start capital", "", 10_000, 1, None, step=1000)
SIZE = NumberRule(ids.BACKTEST_SIZE, "Position size", "% equity", 100, 0.01, 100)
LEVERAGE = NumberRule(ids.BACKTEST_LEVERAGE, "Leverage", "×", 1, 1, 100, step=0.5)
STOP = NumberRule(ids.BACKTEST_STOP, "Stop-loss", "%", 5, 0.01, 99.99, step=0.5)
TARGET = NumberRule(ids.BACKTEST_TARGET, "Take-profit", "%", 10, 0.01, 100_000, step=0.5)
NEEDED = (FEE, SLIPPAGE, CAPITAL, SIZE, LEVERAGE)
OPTIONAL = (STOP, TARGET)
"""May be left empty."""

ONLY_SIGNAL = "only-signal"
"""Class of what an event strategy says itself, with each of its orders."""

DIRECTIONS = {"long": "Long", "short": "Short", "both": "Both"}
FILLS = {"next_open": "Next open", "close": "Same close"}
PATHS = {"nearest": "Nearer extreme first", "worst": "Worst case", "best": "Best case"}


def backtest_form(facts: FormFacts) -> html.Section:
    """The whole panel."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Strategy"),
                    html.Button(
                        icon("backtest"),
                        id=ids.BACKTEST_PAST_OPEN,
                        className="icon-button icon-button-small",
                        title="Earlier runs",
                        **aria(label="Earlier runs"),
                    ),
                ],
                className="panel-head form-head",
            ),
            html.Div(id=ids.BACKTEST_PROBLEMS, className="form-problems"),
            html.Div(
                [
                    _strategy(facts),
                    _group("Market", *market_fields(facts)),
                    _parameters(facts),
                    _costs(facts.values),
                    _fills(facts.values),
                ],
                className="form-body",
            ),
            foot(),
        ],
        className="backtest-form",
        **aria(label="Backtest settings"),
    )


def _strategy(facts: FormFacts) -> html.Div:
    form = html.Span(facts.chosen.form, id=ids.BACKTEST_STRATEGY_FORM, className="field-range")
    select = worded_choice(
        ids.BACKTEST_STRATEGY,
        "Strategy",
        {each.key: each.name for each in facts.strategies},
        facts.chosen.key,
    )
    select.label = [html.Span("Strategy"), form]
    select.searchable = True
    select.nothingFoundMessage = "No such strategy"
    note = html.P(
        strategy_note(facts.chosen), id=ids.BACKTEST_STRATEGY_NOTE, className="field-note"
    )
    return html.Div([select, note], className="form-group")


def _parameters(facts: FormFacts) -> html.Div:
    head = html.Div(
        [
            html.H3("Parameters"),
            html.Span("", id=ids.BACKTEST_COMBINATIONS, className="field-note"),
            dmc.Switch(
                id=ids.BACKTEST_SWEEP,
                label="Sweep",
                checked=facts.values.sweep is not None,
                size="xs",
                className="switch",
            ),
        ],
        className="group-head",
    )
    rows = html.Div(
        parameter_rows(facts.chosen, facts.values),
        id=ids.BACKTEST_PARAMETERS,
        className="parameters",
    )
    direction = html.Div(
        [
            html.Span("Direction", className="row-label"),
            dmc.SegmentedControl(
                id=ids.BACKTEST_DIRECTION,
                data=[{"value": key, "label": words} for key, words in DIRECTIONS.items()],
                value=facts.values.direction,
                transitionDuration=0,
                className="segments",
                attributes={"root": {"aria-label": "Direction"}},
            ),
        ],
        className=f"labelled-row {ONLY_SIGNAL}",
    )
    return html.Div(
        [head, rows, sweep_fields(facts.goals, facts.values.sweep), direction],
        className="form-group",
    )


def _costs(values: FormValues) -> html.Div:
    def pair(first: Component, second: Component, look: str = "") -> html.Div:
        return html.Div([first, second], className=f"field-row {look}".rstrip())

    size = html.Div(dense_number_field(SIZE, values.size), className=ONLY_SIGNAL)
    return _group(
        "Costs and sizing",
        pair(dense_number_field(FEE, values.fee), dense_number_field(SLIPPAGE, values.slippage)),
        pair(dense_number_field(CAPITAL, values.capital), size),
        pair(
            dense_number_field(STOP, values.stop),
            dense_number_field(TARGET, values.target),
            ONLY_SIGNAL,
        ),
        html.Div(
            [
                html.Span("Leverage", className="row-label"),
                _unlabelled(dense_number_field(LEVERAGE, values.leverage)),
            ],
            className="labelled-row",
        ),
    )


def _fills(values: FormValues) -> html.Div:
    fill = worded_choice(ids.BACKTEST_FILL, "Fill on", FILLS, values.fill)
    path = worded_choice(ids.BACKTEST_PATH, "Inside a bar", PATHS, values.path)
    return _group(
        "Fills and checks",
        html.Div(
            [html.Span("Fill on", className="row-label"), _unlabelled(fill)],
            className=f"labelled-row {ONLY_SIGNAL}",
        ),
        html.Div(
            [html.Span("Inside a bar", className="row-label"), _unlabelled(path)],
            className="labelled-row",
        ),
        html.Div(check_rows(()), id=ids.BACKTEST_CHECKS, className="checks"),
    )


def check_rows(checks: Sequence[tuple[str, str, str]]) -> list[html.Div]:
    """Lines of label, words and tone (up, down or quiet); what has not run yet says so."""
    shown = checks or (("Look-ahead check", "With the next run", "quiet"),)
    return [
        html.Div([html.Span(label), html.Span(words, className=tone, title=words)])
        for label, words, tone in shown
    ]


def worded_choice(id: str, label: str, options: dict[str, str], value: str) -> dmc.Select:
    """A list whose ``options`` are written otherwise than they are called."""
    field = choice_field(id, label, (), value)
    field.data = [{"value": key, "label": words} for key, words in options.items()]
    return field


def _unlabelled(field: dmc.Select | dmc.NumberInput) -> Component:
    """A field whose label stands beside it; its name goes to screen readers."""
    name = str(field.label)
    field.label = None
    given = getattr(field, "attributes", None) or {}
    field.attributes = {"input": {**given.get("input", {}), "aria-label": name}}
    return field


def _group(title: str, *rows: Component) -> html.Div:
    return html.Div([html.H3(title), *rows], className="form-group")
