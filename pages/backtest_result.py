"""What a finished run puts into the places of the report."""

from typing import Any

import numpy as np
from dash import Output

from components import ids
from components.backtest_form import check_rows
from components.backtest_lists import drawdown_table, fill_columns, log_list, window_table
from components.backtest_report import (
    SHOWS_RESULT,
    TABS,
    TabCounts,
    file_links,
    report_title,
    tab_names,
)
from components.equity_figure import EquityCurves, equity_figure, equity_legend
from components.formats import plain
from components.metric_cards import metric_cards
from components.monthly_table import monthly_table
from components.run_chart import chart_facts, chart_legend
from components.trade_figures import MapFacts, by_text, map_figure, map_key, returns_figure
from components.trade_grid import trade_columns
from market.types import quote_currency
from pages.backtest_words import (
    cards,
    drawdown_line,
    fill_line,
    log_lines,
    trade_line,
    window_line,
)
from server.research_views import ResultView, RunView, StrategyView, SweepView

_MOST_DRAWDOWNS = 20

OUTPUTS = {
    "main": Output(ids.BACKTEST_MAIN, "className"),
    "report": Output(ids.BACKTEST_REPORT, "className"),
    "title": Output(ids.BACKTEST_TITLE, "children"),
    "files": Output(ids.BACKTEST_ACTS, "children"),
    "cards": Output(ids.BACKTEST_CARDS, "children"),
    "chart": Output(ids.BACKTEST_CHART_FACTS, "data"),
    "chart_key": Output(ids.BACKTEST_CHART_KEY, "children"),
    "equity": Output(ids.BACKTEST_EQUITY, "figure"),
    "equity_key": Output(ids.BACKTEST_EQUITY_KEY, "children"),
    "months": Output(ids.BACKTEST_MONTHS, "children"),
    "returns": Output(ids.BACKTEST_RETURNS, "figure"),
    "map": Output(ids.BACKTEST_MAP, "figure"),
    "map_axes": Output(ids.BACKTEST_MAP_AXES, "data"),
    "map_key": Output(ids.BACKTEST_MAP_KEY, "children"),
    "trades": Output(ids.BACKTEST_TRADES, "rowData"),
    "trade_columns": Output(ids.BACKTEST_TRADES, "columnDefs"),
    "fills": Output(ids.BACKTEST_FILLS, "rowData"),
    "fill_columns": Output(ids.BACKTEST_FILLS, "columnDefs"),
    "drawdowns": Output(ids.BACKTEST_DRAWDOWNS, "children"),
    "log": Output(ids.BACKTEST_LOG, "children"),
    "tabs": [Output(f"{ids.BACKTEST_TABS}-{key}", "children") for key in TABS],
    "checks": Output(ids.BACKTEST_CHECKS, "children"),
}


def shown(view: RunView, strategy: StrategyView | None) -> dict[str, Any]:
    """A value for each of :data:`OUTPUTS`; ``strategy`` names the parameters, if it is there."""
    result = view.result
    assert result is not None
    money = quote_currency(result.symbol)
    decimals = price_decimals(result)
    several = len({trade.symbol for trade in result.trades}) > 1
    return {
        **_head(view, result, money),
        **_figures(view, result, money),
        **_lists(result, money),
        **_map(view, result.sweep, strategy),
        "trade_columns": trade_columns(result.symbol, decimals, several),
        "fill_columns": fill_columns(result.symbol, decimals),
    }


def _head(view: RunView, result: ResultView, money: str) -> dict[str, Any]:
    context = (
        f"{result.symbol} {result.interval} · {result.bars:,} bars · "
        f"{plain(result.elapsed_ms, 1)} ms"
    )
    checks = [(each.label, each.words, "up" if each.ok else "down") for each in result.checks]
    return {
        "main": SHOWS_RESULT,
        "report": "report has-map" if result.sweep else "report",
        "title": report_title(
            result.title, result.number, context, len(result.warnings), result.cached
        ),
        "files": file_links(view.id),
        "cards": metric_cards(cards(result, money)).children,
        "checks": check_rows(checks),
    }


def _figures(view: RunView, result: ResultView, money: str) -> dict[str, Any]:
    band = result.band
    curves = EquityCurves(
        result.time_ms,
        result.equity,
        result.market,
        None if band is None or not band.depends else (band.worst_equity, band.best_equity),
    )
    overlays = [curve.name for curve in result.curves if not curve.pane]
    months = result.monthly
    return {
        "chart": chart_facts(view.id, result.bars, result.symbol, result.interval),
        "chart_key": chart_legend(result.symbol, result.interval, overlays),
        "equity": equity_figure(curves),
        "equity_key": equity_legend(curves, money),
        "months": monthly_table(months.years, months.months, months.totals),
        "returns": returns_figure([trade.return_percent for trade in result.trades]),
    }


def _lists(result: ResultView, money: str) -> dict[str, Any]:
    numbered = enumerate(result.fills, result.fill_count - len(result.fills) + 1)
    last_ms = int(result.time_ms[-1])
    falls = sorted(result.drawdowns, key=lambda each: each.depth_percent)[:_MOST_DRAWDOWNS]
    counts = TabCounts(
        result.trade_count, result.fill_count, len(result.drawdowns), len(result.warnings)
    )
    return {
        "trades": [trade_line(trade) for trade in reversed(result.trades)],
        "fills": [fill_line(number, fill) for number, fill in numbered][::-1],
        "drawdowns": drawdown_table([drawdown_line(each, last_ms) for each in falls]),
        "log": log_list(log_lines(result, money), _windows(result.sweep)),
        "tabs": tab_names(counts),
    }


def _windows(sweep: SweepView | None) -> Any:
    if sweep is None or not sweep.walk_forward:
        return None
    rows = [window_line(window) for window in sweep.walk_forward]
    return window_table(tuple(sweep.walk_forward[0].values), sweep.goal_label, rows)


def _map(view: RunView, sweep: SweepView | None, strategy: StrategyView | None) -> dict[str, Any]:
    if sweep is None:
        return {"map": map_figure(None), "map_key": "", "map_axes": None}
    names = {each.name: each.label for each in (strategy.parameters if strategy else ())}
    x, y = names.get(sweep.x, sweep.x), names.get(sweep.y, sweep.y)
    values = {**view.request.values, **sweep.best}
    facts = MapFacts(
        sweep.goal_label,
        (x, y),
        sweep.xs,
        sweep.ys,
        np.atleast_2d(sweep.matrix),
        (values.get(sweep.x), values.get(sweep.y)),
    )
    axes = f"{sweep.x} → {sweep.y} ↓" if sweep.y else f"{sweep.x} →"
    return {
        "map": map_figure(facts),
        "map_key": map_key(f"{sweep.goal_label} · {axes}", facts.matrix),
        "map_axes": [[sweep.x, by_text(sweep.xs)], [sweep.y, by_text(sweep.ys)]],
    }


def price_decimals(result: ResultView) -> int:
    """Digits that prices of this size are written with."""
    prices = [trade.entry_price for trade in result.trades[:50]] or [100.0]
    size = max(abs(price) for price in prices)
    return 2 if size >= 10 else 4 if size >= 0.1 else 8
