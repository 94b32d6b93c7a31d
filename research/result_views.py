"""A finished backtest in plain values."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from research.outcome import Outcome
from research.thinning import kept_rows
from research.views import (
    MOST_POINTS,
    MOST_ROWS,
    BandView,
    CurveView,
    DrawdownView,
    FillView,
    MetricView,
    MonthlyView,
    ResultView,
    TradeView,
)
from trading.backtest import BacktestResult, Band
from trading.metrics import METRICS, Measures, Metric, Run, monthly_returns
from trading.trades import Trades

I64 = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)

MS = 1_000_000
MOST_DRAWDOWNS = 10

_YEARLY = {"volatility", "sharpe", "sortino", "calmar", "alpha", "cagr"}


def metric_views(measures: Measures) -> tuple[MetricView, ...]:
    """Every figure, in the order of the catalogue."""
    return tuple(_metric(measures, metric) for metric in METRICS)


def _metric(measures: Measures, metric: Metric) -> MetricView:
    value = measures[metric.key]
    if value is None:
        why = measures.undefined[metric.key]
        return MetricView(metric.key, metric.label, None, metric.unit.value, metric.formula, why)
    if metric.unit == "%":
        value *= 100.0
    note = "a year" if metric.key in _YEARLY else ""
    return MetricView(metric.key, metric.label, value, metric.unit.value, metric.formula, note)


def monthly_view(result: BacktestResult) -> MonthlyView:
    """Returns by month and year in percent."""
    table = monthly_returns(_run_of(result))
    return MonthlyView(
        table.years,
        tuple(tuple(_percent(value) for value in row) for row in table.months),
        tuple(_percent(value) for value in table.totals),
    )


def _run_of(result: BacktestResult) -> Run:
    """``result`` as figures take it; what fills were worth is not needed any more."""
    return Run(
        result.time_ns, result.interval_ns, result.equity, result.market, result.position != 0,
        result.trades, 0.0,
    )  # fmt: skip


def _percent(value: float) -> float | None:
    return None if np.isnan(value) else 100.0 * float(value)


def trade_views(
    trades: Trades, time_ns: I64, symbols: Sequence[str], most: int | None = None
) -> tuple[TradeView, ...]:
    """The newest ``most`` round trips (None: all), oldest first."""
    part = slice(0 if most is None else max(0, len(trades) - most), len(trades))
    columns = (
        np.arange(1, len(trades) + 1), trades.symbol, trades.side, trades.entry_ns,
        trades.exit_ns, trades.is_open, _rows(time_ns, trades.entry_ns),
        _rows(time_ns, trades.exit_ns), trades.entry_price, trades.exit_price, trades.size,
        trades.pnl, 100 * trades.return_fraction, trades.bars, trades.fees, trades.slippage,
        100 * trades.adverse, 100 * trades.favourable,
    )  # fmt: skip
    return tuple(
        TradeView(
            number, symbols[symbol], "long" if side > 0 else "short", entry,
            None if is_open else left, *rest,
        )
        for number, symbol, side, entry, left, is_open, *rest in zip(
            *(column[part].tolist() for column in columns), strict=True
        )
    )  # fmt: skip


def _rows(time_ns: I64, moments: I64) -> I64:
    """The candles that the moments fall in."""
    return np.maximum(np.searchsorted(time_ns, moments, side="right") - 1, 0)


def band_view(band: Band | None, rows: I64) -> BandView | None:
    """How much the result depends on the way prices took within candles."""
    if band is None:
        return None
    return BandView(
        100 * band.worst,
        100 * band.best,
        _read_only(band.worst_equity[rows]),
        _read_only(band.best_equity[rows]),
        band.depends,
    )


def drawdown_views(result: BacktestResult) -> tuple[DrawdownView, ...]:
    """The deepest falls below a peak, deepest first."""
    equity = result.equity
    falls = equity / np.maximum.accumulate(equity) - 1
    under = np.concatenate(([False], falls < 0, [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(under))
    starts, ends = edges[0::2], edges[1::2]
    if not len(starts):
        return ()
    depths = np.minimum.reduceat(np.append(falls, 0.0), np.stack((starts, ends), 1).ravel())[::2]
    found = []
    times = (result.time_ns // MS).tolist()
    for at in np.argsort(depths, kind="stable")[:MOST_DRAWDOWNS]:
        start, end = int(starts[at]), int(ends[at])
        lowest = start + int(np.argmin(falls[start:end]))
        over = times[end] if end < len(times) else None
        found.append(DrawdownView(times[start - 1], times[lowest], over, 100 * float(depths[at])))
    return tuple(found)


def fill_views(
    fills: NDArray[np.void], symbols: Sequence[str], most: int | None = None
) -> tuple[FillView, ...]:
    """The newest ``most`` executions (None: all), oldest first."""
    part = fills if most is None else fills[max(0, len(fills) - most) :]
    names = ("time_ns", "symbol", "side", "price", "reference", "size", "fee", "maker")
    rows = zip(*(part[name].tolist() for name in names), strict=True)
    return tuple(
        FillView(
            time_ns, symbols[symbol], "buy" if side > 0 else "sell", price, reference, size, fee,
            bool(maker),
        )
        for time_ns, symbol, side, price, reference, size, fee, maker in rows
    )  # fmt: skip


def result_view(outcome: Outcome, number: int, cached: bool) -> ResultView:
    """What a page shows of ``outcome``, which is kept under ``number``."""
    result = outcome.result
    rows = kept_rows((result.equity, result.market), MOST_POINTS)
    return ResultView(
        number=number,
        title=outcome.title,
        symbol=outcome.symbols[0],
        interval=outcome.interval,
        bars=len(result.equity),
        elapsed_ms=outcome.elapsed_ms,
        cached=cached,
        start_capital=result.start_capital,
        warm_up=result.warm_up,
        rows=_read_only(rows),
        time_ms=_read_only(result.time_ns[rows] // MS),
        equity=_read_only(result.equity[rows]),
        market=_read_only(result.market[rows]),
        metrics=metric_views(result.measures),
        monthly=monthly_view(result),
        trades=trade_views(result.trades, result.time_ns, outcome.symbols, MOST_ROWS),
        trade_count=len(result.trades),
        fills=fill_views(result.fills, outcome.symbols, MOST_ROWS),
        fill_count=len(result.fills),
        drawdowns=drawdown_views(result),
        warnings=result.warnings,
        checks=outcome.checks,
        band=band_view(result.band, rows),
        curves=tuple(
            CurveView(name, pane)
            for pane, curves in ((False, result.curves), (True, result.gauges))
            for name in curves
        ),
        sweep=outcome.sweep,
    )


def _read_only(array: NDArray[T]) -> NDArray[T]:
    array.flags.writeable = False
    return array
