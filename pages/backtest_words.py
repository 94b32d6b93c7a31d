"""A backtest's plain values as the report writes them."""

from components.backtest_report import ReportFacts
from components.formats import NONE, plain, signed, tone
from components.metric_cards import Metric
from components.trade_grid import Row, trade_row
from market.types import quote_currency
from server.views import BacktestTradeView, BacktestView, MetricView

_SIGNED = frozenset({"total_return", "buy_hold", "max_drawdown", "expectancy"})
"""Metrics whose sign is a gain or a loss, and that are coloured by it."""

_NOTES = {"sharpe": "annualised", "sortino": "annualised"}
"""Conventions that change how a figure reads; the card's explanation has the rest."""


def report_facts(view: BacktestView, decimals: int) -> ReportFacts:
    """What :func:`components.backtest_report.report` shows for ``view``."""
    money = quote_currency(view.symbol)
    trades = [_row(number, trade) for number, trade in enumerate(view.trades, 1)]
    bars = f"{len(view.equity):,} candles"
    return ReportFacts(
        title=f"Moving average cross {view.fast} / {view.slow}",
        symbol=view.symbol,
        context=f"{view.symbol} {view.interval} · {bars} · {plain(view.elapsed_ms, 1)} ms",
        metrics=[_final_equity(view), *(metric(item, money) for item in view.metrics)],
        curves=(view.time_ms, view.equity, view.buy_hold),
        trades=trades[::-1],
        warnings=view.warnings,
        decimals=decimals,
    )


def _final_equity(view: BacktestView) -> Metric:
    return Metric(
        label="Final equity",
        value=plain(view.equity[-1]),
        tone="flat",
        note=quote_currency(view.symbol),
        explanation=f"cash + size × last close; started with {plain(view.capital)}",
    )


def metric(view: MetricView, money: str) -> Metric:
    """One card."""
    coloured = view.key in _SIGNED
    value = _value(view, coloured)
    return Metric(
        label=view.label,
        value=value,
        tone=tone(value) if coloured else "flat",
        note=money if view.unit == "money" else _NOTES.get(view.key, ""),
        explanation=view.formula,
    )


def _value(view: MetricView, coloured: bool) -> str:
    if view.value is None:
        return NONE
    if view.unit == "count":
        return plain(view.value, 0)
    text = signed(view.value) if coloured else plain(view.value)
    return f"{text} %" if view.unit == "%" else text


def _row(number: int, trade: BacktestTradeView) -> Row:
    return trade_row(
        number,
        "Long" if trade.size > 0 else "Short",
        (trade.entry_time_ns, trade.exit_time_ns),
        (trade.entry_price, None if trade.exit_time_ns is None else trade.exit_price),
        {"size": abs(trade.size), "pnl": trade.pnl, "return": trade.return_pct},
    )
