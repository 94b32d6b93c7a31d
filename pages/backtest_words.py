"""A run's plain values as the page writes them."""

from collections.abc import Mapping

from components.backtest_history import HistoryLine
from components.backtest_lists import LogLine
from components.equity_figure import drawdown
from components.formats import NONE, moment, percent, plain, signed, tone
from components.metric_cards import Metric
from components.tables import Cell
from components.trade_grid import Row, trade_row, when
from server.research_views import (
    DrawdownView,
    FillView,
    MetricView,
    ResultView,
    RunRow,
    TradeView,
    WindowView,
)

CARDS = (
    "total_return", "cagr", "sharpe", "sortino", "calmar", "volatility",
    "max_drawdown", "longest_drawdown", "win_rate", "profit_factor", "expectancy", "exposure",
)  # fmt: skip
"""The twelve figures that every run shows; the log has the others."""

_SIGNED = frozenset(
    {"total_return", "cagr", "max_drawdown", "expectancy", "alpha", "buy_and_hold_return"}
)
_COLOURED = _SIGNED
_MS = 1_000_000
_DAY_NS = 86_400_000_000_000


def cards(view: ResultView, money: str) -> list[Metric]:
    """Those of :data:`CARDS` that the run has."""
    by_key = {each.key: each for each in view.metrics}
    return [
        card(by_key[key], note(by_key, key, view, money), money) for key in CARDS if key in by_key
    ]


def card(view: MetricView, beside: str, money: str) -> Metric:
    """One card; its explanation is the formula, then why there is no value, if so."""
    value = written(view, money)
    missing = f" {view.note}" if view.value is None and view.note else ""
    return Metric(
        label=view.label,
        value=value,
        tone=tone(value) if view.key in _COLOURED else "flat",
        note=beside,
        explanation=view.formula + missing,
    )


def written(view: MetricView, money: str = "", short: bool = False) -> str:
    """A figure with its sign and unit; ``short``: where there is little room."""
    value = view.value
    if value is None:
        return NONE
    if view.unit == "ns":
        return length(value)
    if view.unit == "count":
        return plain(value, 0)
    if view.unit == "money":
        return f"{plain(value, 0 if abs(value) >= 1000 else 2)} {money}".rstrip()
    if view.unit != "%":
        return plain(value)
    decimals = 0 if abs(value) >= (100 if short else 1000) else 1 if abs(value) >= 10 else 2
    text = signed(value, decimals) if view.key in _SIGNED else plain(value, decimals)
    return f"{text} %"


def length(time_ns: float) -> str:
    """``240 d``, ``7.5 h``, ``12 min``."""
    for size, unit in ((_DAY_NS, "d"), (_DAY_NS / 24, "h")):
        if time_ns >= 2 * size:
            number = time_ns / size
            return f"{plain(number, 0 if number >= 100 or number == int(number) else 1)} {unit}"
    return f"{plain(time_ns / 60e9, 0)} min"


def _days(number: float) -> str:
    return f"{plain(number, 0 if number >= 10 else 1)} days"


def note(by_key: Mapping[str, MetricView], key: str, view: ResultView, money: str) -> str:
    """The comparison beside a value: buy & hold, convention, or how many there were."""

    def other(name: str) -> str:
        return written(by_key[name], money, short=True) if name in by_key else NONE

    years = (int(view.time_ms[-1]) - int(view.time_ms[0])) / (365.25 * 86_400_000)
    market_down = float(drawdown(view.market).min())
    words = {
        "total_return": f"B&H {other('buy_and_hold_return')}",
        "cagr": f"{plain(years, 1)} years" if years >= 1 else _days(365.25 * years),
        "max_drawdown": f"B&H {percent(market_down, 1)}",
        "longest_drawdown": "peak to recovery",
        "win_rate": f"of {other('trades')} trades",
        "profit_factor": "after costs",
        "expectancy": "per trade",
        "exposure": f"fees {other('fees_paid')}",
    }
    return (
        by_key[key].note
        if by_key[key].value is not None and by_key[key].note
        else words.get(key, "")
    )


def trade_line(view: TradeView) -> Row:
    """A row of the trade table, times in UTC."""
    row = trade_row(
        view.number,
        view.side.capitalize(),
        (view.entry_ns, view.exit_ns),
        (view.entry_price, view.exit_price),
        {
            "size": view.size,
            "bars": view.bars,
            "pnl": view.pnl,
            "return": view.return_percent,
            "mae": view.mae_percent,
            "mfe": view.mfe_percent,
        },
    )
    return {**row, "symbol": view.symbol, "first": view.entry_row, "last": view.exit_row}


def fill_line(number: int, view: FillView) -> Row:
    """A row of the table of fills."""
    return {
        "number": number,
        "time": when(view.time_ns),
        "symbol": view.symbol,
        "side": view.side.capitalize(),
        "price": view.price,
        "reference": view.reference,
        "size": view.size,
        "value": view.price * view.size,
        "fee": view.fee,
        "kind": "maker" if view.maker else "taker",
    }


def drawdown_line(view: DrawdownView, last_ms: int) -> list[Cell | str]:
    """A row of the table of drawdowns; one that lasts is measured up to the last candle."""
    end = last_ms if view.end_ms is None else view.end_ms
    down, whole = (plain((to - view.start_ms) / 86_400_000, 1) for to in (view.lowest_ms, end))
    depth = signed(view.depth_percent)
    return [
        when(view.start_ms * _MS),
        when(view.lowest_ms * _MS),
        "not yet" if view.end_ms is None else when(view.end_ms * _MS),
        Cell(depth, tone(depth)),
        down,
        whole,
    ]


def window_line(view: WindowView) -> list[Cell | str]:
    """A row of the walk-forward's table."""
    gain = signed(view.test_return_percent)
    return [
        when(view.train_start_ms * _MS),
        when(view.test_start_ms * _MS),
        when(view.end_ms * _MS),
        *(f"{value:,.10g}" for value in view.values.values()),
        plain(view.train_goal),
        plain(view.test_goal),
        Cell(gain, tone(gain)),
    ]


def log_lines(view: ResultView, money: str) -> list[LogLine]:
    """Warnings, checks, and every figure that has no card."""
    lines = [LogLine("warning", "Warning", sentence) for sentence in view.warnings]
    lines += [
        LogLine("good" if check.ok else "bad", check.label, check.words) for check in view.checks
    ]
    band = view.band
    if band is not None:
        words = f"total return {signed(band.worst_percent)} % to {signed(band.best_percent)} %"
        lines.append(LogLine("note", "Inside a bar, worst to best case", words))
    lines.append(LogLine("note", "Warm-up", f"{plain(view.warm_up, 0)} bars without a position"))
    lines += [
        LogLine("note", each.label, written(each, money))
        for each in view.metrics
        if each.key not in CARDS
    ]
    return lines


def history_line(row: RunRow) -> HistoryLine:
    """A line of the history."""
    gain, fall = signed(row.total_return), signed(row.max_drawdown)
    return HistoryLine(
        run=row.id,
        number=row.number,
        title=row.title,
        context=f"{row.symbol} {row.interval} · {moment(row.time_ns, with_seconds=False)}",
        values=(
            Cell(gain, tone(gain)),
            Cell(plain(row.sharpe)),
            Cell(fall, tone(fall)),
            Cell(plain(row.trades, 0)),
        ),
        problem=row.problem,
    )
