"""Runs a backtest asked for on the page and puts the result into plain values."""

from dataclasses import dataclass
from time import perf_counter_ns

from market.columns import CandleWindow
from market.types import Side
from server.errors import OutOfRange, RequestError
from server.views import BacktestTradeView, BacktestView, MetricView
from trading.backtest import BacktestResult, run_sma_cross
from trading.errors import TradingError
from trading.fill_models import MAX_FEE_RATE, Costs
from trading.metrics import FORMULAS, Metrics
from trading.strategies.sma_cross import SmaCrossParameters
from trading.trades import BacktestTrade

_CARDS = (
    # field of Metrics, key of the view, label, unit
    ("total_return", "total_return", "Total return", "%"),
    ("buy_and_hold_return", "buy_hold", "Buy and hold", "%"),
    ("max_drawdown", "max_drawdown", "Max drawdown", "%"),
    ("sharpe", "sharpe", "Sharpe ratio", "ratio"),
    ("sortino", "sortino", "Sortino ratio", "ratio"),
    ("profit_factor", "profit_factor", "Profit factor", "ratio"),
    ("win_rate", "win_rate", "Win rate", "%"),
    ("expectancy", "expectancy", "Mean trade", "%"),
    ("exposure", "exposure", "Exposure", "%"),
    ("trades", "trades", "Trades", "count"),
    ("fees_paid", "fees_paid", "Fees", "money"),
)


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


def _view(result: BacktestResult, order: BacktestOrder, elapsed_ms: float) -> BacktestView:
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
        metrics=tuple(_metric(result.metrics, *card) for card in _CARDS),
        warnings=result.warnings,
        elapsed_ms=elapsed_ms,
    )


def _metric(metrics: Metrics, name: str, key: str, label: str, unit: str) -> MetricView:
    value: float | None = getattr(metrics, name)
    formula = FORMULAS[name]
    if value is None:
        formula = f"{formula}. Not defined here: {metrics.undefined[name]}"
    elif unit == "%":
        value = 100.0 * value
    return MetricView(key, label, value, unit, formula)


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
