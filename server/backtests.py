"""Runs a backtest asked for on the page and puts the result into plain values."""

from dataclasses import dataclass
from time import perf_counter_ns

from market.columns import CandleWindow
from market.types import Side
from server.errors import OutOfRange, RequestError
from server.views import BacktestTradeView, BacktestView, MetricView
from trading.backtest.sma_cross_run import SmaCrossResult, run_sma_cross
from trading.errors import TradingError
from trading.fill_models import MAX_FEE_RATE, Costs
from trading.metrics import METRICS, Measures, Metric
from trading.strategies.sma_cross import SmaCrossParameters
from trading.trades import BacktestTrade

_CARDS = {
    # key of a metric: key of the view
    "total_return": "total_return",
    "buy_and_hold_return": "buy_hold",
    "max_drawdown": "max_drawdown",
    "sharpe": "sharpe",
    "sortino": "sortino",
    "profit_factor": "profit_factor",
    "win_rate": "win_rate",
    "expectancy": "expectancy",
    "exposure": "exposure",
    "trades": "trades",
    "fees_paid": "fees_paid",
}


@dataclass(frozen=True, slots=True)
class BacktestOrder:
    """What to run. ``fee_percent`` is percent of the value, ``slippage_bp`` basis points."""

    symbol: str
    interval: str
    fast: int
    slow: int
    fee_percent: float
    slippage_bp: float
    capital: float


def run(candles: CandleWindow, order: BacktestOrder) -> BacktestView:
    """The SMA crossover over ``candles``; raises :class:`RequestError` for what cannot be run."""
    most_percent = 100 * MAX_FEE_RATE
    if not 0 <= order.fee_percent <= most_percent:
        raise OutOfRange("fee", order.fee_percent, 0, most_percent)
    started = perf_counter_ns()
    try:
        result = run_sma_cross(
            candles,
            SmaCrossParameters(order.fast, order.slow),
            Costs(order.fee_percent / 100, order.slippage_bp),
            order.capital,
        )
    except TradingError as error:
        raise RequestError(str(error)) from None
    return _view(result, order, (perf_counter_ns() - started) / 1e6)


def _view(result: SmaCrossResult, order: BacktestOrder, elapsed_ms: float) -> BacktestView:
    return BacktestView(
        symbol=order.symbol,
        interval=order.interval,
        fast=order.fast,
        slow=order.slow,
        capital=result.start_capital,
        time_ms=tuple((result.time_ns // 1_000_000).tolist()),
        equity=tuple(result.equity.tolist()),
        buy_hold=tuple(result.buy_and_hold.tolist()),
        trades=tuple(_trade(trade) for trade in result.trades),
        metrics=tuple(
            _metric(result.metrics, metric) for metric in METRICS if metric.key in _CARDS
        ),
        warnings=result.warnings,
        elapsed_ms=elapsed_ms,
    )


def _metric(measures: Measures, metric: Metric) -> MetricView:
    value = measures[metric.key]
    formula = metric.formula
    if value is None:
        formula = f"{formula} Not defined here: {measures.undefined[metric.key]}."
    elif metric.unit == "%":
        value = 100.0 * value
    return MetricView(_CARDS[metric.key], metric.label, value, metric.unit.value, formula)


def _trade(trade: BacktestTrade) -> BacktestTradeView:
    return BacktestTradeView(
        entry_time_ns=trade.entry_time_ns,
        exit_time_ns=trade.exit_time_ns,
        entry_price=trade.entry_price,
        exit_price=trade.exit_price,
        size=trade.size if trade.side is Side.BUY else -trade.size,
        pnl=trade.pnl,
        return_pct=100.0 * trade.return_fraction,
    )
