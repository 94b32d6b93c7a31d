"""Every figure there is: its key, its name for people, its unit and its function."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from inspect import getdoc

from trading.metrics import growth, losses, ratios, rounds
from trading.metrics.sample import Sample

__all__ = ["METRICS", "Metric", "Unit"]


class Unit(StrEnum):
    """How a figure is written: 0.1 as 10 %, as it is, as money, whole, or as a span of time."""

    FRACTION = "%"
    RATIO = "ratio"
    MONEY = "money"
    COUNT = "count"
    NANOSECONDS = "ns"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure. ``of`` gives its value, or raises :class:`trading.errors.NotDefined`."""

    key: str
    label: str
    unit: Unit
    of: Callable[[Sample], float]

    @property
    def formula(self) -> str:
        """Formula, convention and source: what the function's docstring says, in one line."""
        return " ".join((getdoc(self.of) or "").split())


METRICS = (
    Metric("total_return", "Total return", Unit.FRACTION, growth.total_return),
    Metric("buy_and_hold_return", "Buy and hold", Unit.FRACTION, growth.buy_and_hold_return),
    Metric("cagr", "CAGR", Unit.FRACTION, growth.cagr),
    Metric("volatility", "Volatility", Unit.FRACTION, ratios.volatility),
    Metric("sharpe", "Sharpe ratio", Unit.RATIO, ratios.sharpe),
    Metric("sortino", "Sortino ratio", Unit.RATIO, ratios.sortino),
    Metric("omega", "Omega ratio", Unit.RATIO, ratios.omega),
    Metric("calmar", "Calmar ratio", Unit.RATIO, losses.calmar),
    Metric("alpha", "Alpha", Unit.FRACTION, ratios.alpha),
    Metric("beta", "Beta", Unit.RATIO, ratios.beta),
    Metric("max_drawdown", "Max drawdown", Unit.FRACTION, losses.max_drawdown),
    Metric("longest_drawdown", "Longest drawdown", Unit.NANOSECONDS, losses.longest_drawdown),
    Metric("ulcer_index", "Ulcer index", Unit.FRACTION, losses.ulcer_index),
    Metric("value_at_risk", "VaR 5 %", Unit.FRACTION, losses.value_at_risk),
    Metric(
        "conditional_value_at_risk", "CVaR 5 %", Unit.FRACTION, losses.conditional_value_at_risk
    ),
    Metric("tail_ratio", "Tail ratio", Unit.RATIO, losses.tail_ratio),
    Metric("trades", "Trades", Unit.COUNT, rounds.trades),
    Metric("open_trades", "Open trades", Unit.COUNT, rounds.open_trades),
    Metric("win_rate", "Win rate", Unit.FRACTION, rounds.win_rate),
    Metric("profit_factor", "Profit factor", Unit.RATIO, rounds.profit_factor),
    Metric("expectancy", "Mean trade", Unit.FRACTION, rounds.expectancy),
    Metric("payoff", "Payoff ratio", Unit.RATIO, rounds.payoff),
    Metric("kelly", "Kelly fraction", Unit.FRACTION, rounds.kelly),
    Metric("sqn", "SQN", Unit.RATIO, rounds.sqn),
    Metric("win_streak", "Wins in a row", Unit.COUNT, rounds.win_streak),
    Metric("loss_streak", "Losses in a row", Unit.COUNT, rounds.loss_streak),
    Metric("adverse_excursion", "Mean MAE", Unit.FRACTION, rounds.adverse_excursion),
    Metric("favourable_excursion", "Mean MFE", Unit.FRACTION, rounds.favourable_excursion),
    Metric("mean_bars", "Mean candles held", Unit.RATIO, rounds.mean_bars),
    Metric("exposure", "Exposure", Unit.FRACTION, rounds.exposure),
    Metric("turnover", "Turnover a year", Unit.RATIO, rounds.turnover),
    Metric("fees_paid", "Fees", Unit.MONEY, rounds.fees_paid),
    Metric("slippage_paid", "Slippage", Unit.MONEY, rounds.slippage_paid),
)
