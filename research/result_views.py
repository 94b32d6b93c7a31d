"""A finished backtest in plain values."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from research.thinning import kept_rows
from research.views import (
    MOST_POINTS,
    MOST_ROWS,
    BacktestRequest,
    BandView,
    ConventionView,
    CurveView,
    DrawdownView,
    MetricView,
    MonthlyView,
    ResultView,
    TradeView,
)
from trading.backtest import BacktestResult, Band
from trading.metrics import METRICS, Convention, Measures, Metric, Period, Run, monthly_returns
from trading.trades import Trades

I64 = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)

MS = 1_000_000
MOST_DRAWDOWNS = 10

_YEARLY = {"volatility", "sharpe", "sortino", "calmar", "alpha", "cagr"}


def convention_of(view: ConventionView) -> Convention:
    """Raises :class:`trading.errors.BadConvention`, ``ValueError`` for an unknown period."""
    return Convention(Period(view.period), view.days_per_year, view.risk_free_percent / 100)


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


def monthly_view(run: Run) -> MonthlyView:
    """Returns by month and year in percent."""
    table = monthly_returns(run)
    return MonthlyView(
        table.years,
        tuple(tuple(_percent(value) for value in row) for row in table.months),
        tuple(_percent(value) for value in table.totals),
    )


def _percent(value: float) -> float | None:
    return None if np.isnan(value) else 100.0 * float(value)


def trade_views(trades: Trades, time_ns: I64, symbol: str) -> tuple[TradeView, ...]:
    """The newest round trips, oldest first."""
    part = slice(max(0, len(trades) - MOST_ROWS), len(trades))
    numbers = np.arange(1, len(trades) + 1)
    columns = (
        numbers, trades.side, trades.entry_ns, trades.exit_ns, trades.is_open,
        np.searchsorted(time_ns, trades.entry_ns), np.searchsorted(time_ns, trades.exit_ns),
        trades.entry_price, trades.exit_price, trades.size, trades.pnl,
        100 * trades.return_fraction, trades.bars, trades.fees, trades.slippage,
        100 * trades.adverse, 100 * trades.favourable,
    )  # fmt: skip
    return tuple(
        TradeView(
            number, symbol, "long" if side > 0 else "short", entry, None if is_open else left,
            *rest,
        )
        for number, side, entry, left, is_open, *rest in zip(
            *(column[part].tolist() for column in columns), strict=True
        )
    )  # fmt: skip


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


def drawdown_views(run: Run) -> tuple[DrawdownView, ...]:
    """The deepest falls below a peak, deepest first."""
    equity = run.equity
    falls = equity / np.maximum.accumulate(equity) - 1
    under = np.concatenate(([False], falls < 0, [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(under))
    starts, ends = edges[0::2], edges[1::2]
    if not len(starts):
        return ()
    depths = np.minimum.reduceat(np.append(falls, 0.0), np.stack((starts, ends), 1).ravel())[::2]
    found = []
    times = (run.time_ns // MS).tolist()
    for at in np.argsort(depths, kind="stable")[:MOST_DRAWDOWNS]:
        start, end = int(starts[at]), int(ends[at])
        lowest = start + int(np.argmin(falls[start:end]))
        over = times[end] if end < len(times) else None
        found.append(DrawdownView(times[start - 1], times[lowest], over, 100 * float(depths[at])))
    return tuple(found)


def result_view(
    result: BacktestResult, request: BacktestRequest, title: str, elapsed_ms: float
) -> ResultView:
    """All of it but number and search."""
    run = Run(
        result.time_ns, result.interval_ns, result.equity, result.market,
        np.zeros(0, np.bool_), result.trades, 0.0,
    )  # fmt: skip
    rows = kept_rows((result.equity, result.market), MOST_POINTS)
    return ResultView(
        number=0,
        title=title,
        symbol=request.symbol,
        interval=request.interval,
        bars=len(result.equity),
        elapsed_ms=elapsed_ms,
        cached=False,
        start_capital=result.start_capital,
        warm_up=result.warm_up,
        rows=_read_only(rows),
        time_ms=_read_only(result.time_ns[rows] // MS),
        equity=_read_only(result.equity[rows]),
        market=_read_only(result.market[rows]),
        metrics=metric_views(result.measures),
        monthly=monthly_view(run),
        trades=trade_views(result.trades, result.time_ns, request.symbol),
        trade_count=len(result.trades),
        fills=(),
        fill_count=0,
        drawdowns=drawdown_views(run),
        warnings=result.warnings,
        band=band_view(result.band, rows),
        curves=tuple(CurveView(name) for name in result.curves),
    )


def _read_only(array: NDArray[T]) -> NDArray[T]:
    array.flags.writeable = False
    return array
