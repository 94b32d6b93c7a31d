"""The result of one backtest: head, metric cards, equity, trades."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.equity_figure import equity_figure, equity_panel
from components.icons import icon
from components.metric_cards import Metric, metric_cards
from components.states import nothing_yet
from components.trade_grid import Row, trade_grid
from market.types import quote_currency


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Plain values of a backtest: curves with one value per candle, ``trades`` newest first."""

    title: str
    symbol: str
    context: str
    metrics: Sequence[Metric]
    curves: tuple[Sequence[int], Sequence[float], Sequence[float]]  # time in ms, equity, buy & hold
    trades: Sequence[Row]
    warnings: Sequence[str]
    decimals: int


def report(facts: ReportFacts) -> html.Div:
    """The right side of the page."""
    times, equity, hold = facts.curves
    head = html.Div(
        [html.H2(facts.title), html.Span(facts.context, className="panel-context")],
        className="panel-head report-head",
    )
    figure = equity_figure(times, equity, hold)
    return html.Div(
        [
            head,
            *_warnings(facts.warnings),
            metric_cards(facts.metrics),
            equity_panel(figure, quote_currency(facts.symbol), equity, hold),
            _trades(facts),
        ],
        className="report",
    )


def _warnings(sentences: Sequence[str]) -> list[html.Div]:
    """One strip with all that weakens the result, or none."""
    if not sentences:
        return []
    words = html.Ul([html.Li(sentence) for sentence in sentences])
    return [html.Div([icon("warning"), words], className="strip strip-warn report-warnings")]


def _trades(facts: ReportFacts) -> html.Section:
    count = html.Span(f"{len(facts.trades):,}", className="panel-context")
    body: Component
    if facts.trades:
        body = html.Div(
            trade_grid(facts.symbol, facts.trades, facts.decimals), className="trades-body"
        )
    else:
        body = nothing_yet("inbox", "No trades", "The averages never crossed in these candles.")
    return html.Section(
        [html.Div([html.H2("Trades"), count], className="panel-head"), body], className="trades"
    )
