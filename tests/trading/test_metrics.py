"""Figures by hand, and what is undefined."""

from collections.abc import Sequence
from dataclasses import fields, replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.types import DAY, Side
from trading.metrics import FORMULAS, Metrics, drawdowns, longest_drawdown_ns, measure
from trading.trades import BacktestTrade

WON = BacktestTrade(Side.BUY, 0, DAY, 10.0, 12.0, 5.0, 9.0, 0.18, 2, 1.0)
LOST = replace(WON, pnl=-3.0, return_fraction=-0.06, bars=1)
OPEN = replace(WON, exit_time_ns=None, pnl=100.0, return_fraction=2.0, bars=1)


def figures(equity: Sequence[float], trades: Sequence[BacktestTrade] = ()) -> Metrics:
    values = np.asarray(equity, float)
    return measure(np.arange(len(values)) * DAY, values, values, DAY, trades)


def test_ratios_by_hand() -> None:
    found = figures([100.0, 110.0, 99.0, 118.8])  # returns +10 %, -10 %, +20 %
    mean, deviation = 0.2 / 3, sqrt((0.01 + 0.01 + 0.04) / 3 - (0.2 / 3) ** 2)
    assert found.total_return == pytest.approx(0.188)
    assert found.volatility == pytest.approx(deviation * sqrt(365))
    assert found.sharpe == pytest.approx(mean / deviation * sqrt(365))
    assert found.sortino == pytest.approx(mean / sqrt(0.01 / 3) * sqrt(365))
    assert found.max_drawdown == pytest.approx(-0.1)
    assert found.max_drawdown_duration_ns == 2 * DAY


def test_trade_figures_by_hand() -> None:
    found = figures([100.0, 101.0, 102.0, 103.0], [WON, LOST, OPEN])
    assert found.win_rate == 0.5
    assert found.profit_factor == 3.0
    assert found.expectancy == pytest.approx(0.06)
    assert found.exposure == 1.0
    assert (found.trades, found.open_trades, found.fees_paid) == (3, 1, 3.0)


def test_a_year_has_365_days() -> None:
    found = figures(np.linspace(100.0, 200.0, 366).tolist())
    assert found.cagr == pytest.approx(1.0)
    falling = figures([100.0] * 365 + [50.0])
    assert falling.cagr == pytest.approx(-0.5)
    assert falling.calmar == pytest.approx(-1.0)


def test_what_is_undefined_says_why() -> None:
    flat = figures([100.0, 100.0, 100.0])
    assert dict(flat.undefined) == {
        "cagr": "2.0 days of candles; a yearly rate needs 30",
        "calmar": "2.0 days of candles; a yearly rate needs 30",
        "sharpe": "equity never changed",
        "sortino": "no candle lost money",
        "win_rate": "no trade was closed",
        "profit_factor": "no trade was closed",
        "expectancy": "no trade was closed",
    }
    assert figures([100.0, 101.0], [WON]).undefined["profit_factor"] == "no closed trade lost money"
    assert figures([100.0, 101.0]).undefined["sharpe"] == "fewer than two returns"
    assert figures([100.0]).undefined["volatility"] == "fewer than two returns"
    rising = np.linspace(1.0, 2.0, 40).tolist()
    assert figures(rising).undefined["calmar"] == "there was no drawdown"
    assert "too large" in figures([1.0] * 39 + [1e100]).undefined["cagr"]


def test_every_figure_has_its_formula() -> None:
    assert set(FORMULAS) == {field.name for field in fields(Metrics)} - {"undefined"}


@pytest.mark.parametrize(
    ("equity", "days"),
    [
        ([1.0], 0),
        ([1.0, 2.0, 3.0], 0),
        ([2.0, 2.0, 2.0], 0),
        ([3.0, 1.0, 3.0], 2),
        ([3.0, 1.0, 2.0, 2.0], 3),
        ([3.0, 1.0, 4.0, 3.9, 3.9, 3.9, 4.0, 1.0], 4),
        ([1.0, 2.0, 1.0], 1),
    ],
)
def test_longest_drawdown_by_hand(equity: list[float], days: int) -> None:
    values = np.asarray(equity)
    assert longest_drawdown_ns(np.arange(len(values)) * DAY, values) == days * DAY


def slow_longest(equity: list[float]) -> int:
    """Walk on from every candle until it is reached again."""
    longest = 0
    for start, peak in enumerate(equity):
        if max(equity[: start + 1]) > peak:
            continue
        end = next((i for i in range(start + 1, len(equity)) if equity[i] >= peak), None)
        last = len(equity) - 1 if end is None else end
        if last > start and min(equity[start : last + 1]) < peak:
            longest = max(longest, last - start)
    return longest


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0]), min_size=1, max_size=25))
def test_drawdowns_equal_slow_twins(equity: list[float]) -> None:
    values = np.asarray(equity)
    assert longest_drawdown_ns(np.arange(len(values)), values) == slow_longest(equity)
    slow = [value / max(equity[: i + 1]) - 1 for i, value in enumerate(equity)]
    assert drawdowns(values).tolist() == slow
