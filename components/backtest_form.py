"""The form of the moving average backtest, and what it takes for it to run."""

from collections.abc import Mapping, Sequence

from dash import html

from components import ids
from components.attributes import aria
from components.forms import NumberRule, choice_field, number_field, problem_banner
from market.types import INTERVALS

FAST = NumberRule(ids.BACKTEST_FAST, "Fast average", "bars", 20, 2, 200, whole=True)
SLOW = NumberRule(ids.BACKTEST_SLOW, "Slow average", "bars", 50, 3, 500, whole=True)
FEE = NumberRule(ids.BACKTEST_FEE, "Fee per side", "%", 0.10, 0, 5, step=0.01)
SLIPPAGE = NumberRule(ids.BACKTEST_SLIPPAGE, "Slippage", "bp", 5, 0, 500, step=0.5)
CAPITAL = NumberRule(ids.BACKTEST_CAPITAL, "Start capital", "", 10_000, 1, None, step=1000)
RULES = (FAST, SLOW, FEE, SLIPPAGE, CAPITAL)
"""In the order of the form and of the callbacks' inputs."""

RUN_CLASSES = "button button-primary button-main"


def problems(values: Mapping[str, object]) -> dict[str, str]:
    """Sentences for those of the ``values`` that cannot be used, both by field id."""
    found = {
        rule.id: text for rule in RULES if (text := rule.problem(values.get(rule.id))) is not None
    }
    fast, slow = values.get(FAST.id), values.get(SLOW.id)
    comparable = FAST.id not in found and SLOW.id not in found
    if (
        comparable
        and isinstance(fast, int | float)
        and isinstance(slow, int | float)
        and fast >= slow
    ):
        found[FAST.id] = f"Must be below slow ({slow:g})."
    return found


def backtest_form(symbols: Sequence[str], symbol: str, interval: str) -> html.Section:
    """The left column of the page."""
    return html.Section(
        [
            html.Div(html.H2("Strategy"), className="panel-head"),
            html.Div(id=ids.BACKTEST_PROBLEMS, className="form-problems"),
            html.Div(
                [
                    _group(
                        "Moving average cross",
                        html.P(
                            "Long while the fast average is above the slow one, else in cash. "
                            "Decides on a closed candle, acts on the next open.",
                            className="field-note",
                        ),
                        html.Div([number_field(FAST), number_field(SLOW)], className="field-row"),
                    ),
                    _group(
                        "Market",
                        html.Div(
                            [
                                choice_field(ids.BACKTEST_SYMBOL, "Symbol", symbols, symbol),
                                choice_field(
                                    ids.BACKTEST_INTERVAL,
                                    "Interval",
                                    [i.value for i in INTERVALS],
                                    interval,
                                ),
                            ],
                            className="field-row",
                        ),
                        html.P("All candles in memory are used.", className="field-note"),
                    ),
                    _group(
                        "Costs and sizing",
                        html.Div(
                            [number_field(FEE), number_field(SLIPPAGE)], className="field-row"
                        ),
                        number_field(CAPITAL),
                    ),
                ],
                className="form-body",
            ),
            html.Div(run_button(), className="form-foot"),
        ],
        className="backtest-form",
        **aria(label="Backtest settings"),
    )


def run_button() -> html.Button:
    """The one main act of the page."""
    return html.Button("Run backtest", id=ids.BACKTEST_RUN, className=RUN_CLASSES)


def banner(found: Mapping[str, str]) -> html.Div | None:
    """The strip above the form while values need a change."""
    return problem_banner(len(found)) if found else None


def _group(title: str, *rows: html.P | html.Div) -> html.Div:
    return html.Div([html.H3(title), *rows], className="form-group")
