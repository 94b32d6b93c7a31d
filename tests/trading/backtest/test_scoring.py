"""Scores against the whole backtest, figure by figure."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import DAY, HOUR
from tests.trading.backtest.test_signal_run import days, setups
from tests.trading.series import candles
from trading.backtest import Setup
from trading.backtest.scoring import GOALS, Scorer
from trading.backtest.signal_run import run_signal
from trading.errors import BacktestError
from trading.metrics import METRICS, Convention, Period
from trading.strategy import Signal

pytestmark = pytest.mark.kernel

CONVENTIONS = st.sampled_from(
    [Convention(), Convention(Period.DAY, 252, 0.05), Convention(Period.CANDLE, 365, -0.2)]
)


def stretched(window: CandleWindow, step_ns: int) -> CandleWindow:
    """The same candles ``step_ns`` apart."""
    return CandleWindow.from_arrays(
        np.arange(len(window)) * step_ns, window.open, window.high, window.low, window.close,
        window.volume,
    )  # fmt: skip


@given(days(), setups(), CONVENTIONS, st.sampled_from([5 * HOUR, 40 * DAY]))
@settings(deadline=None, max_examples=120)
def test_equal_the_figures_of_the_whole_backtest(
    day: tuple[CandleWindow, list[float]], setup: Setup, convention: Convention, step_ns: int
) -> None:
    window, target = stretched(day[0], step_ns), np.asarray(day[1])
    measures = run_signal(window, Signal(target), setup, convention, band=False).measures
    for goal in GOALS:
        score = Scorer(window, setup, goal, convention).score(target)
        expected = measures[goal]
        if expected is None:
            assert isnan(score), (goal, score, measures.undefined[goal])
        else:
            assert score == pytest.approx(expected, rel=1e-7, abs=1e-9), goal


def test_goals_are_figures() -> None:
    assert set(GOALS) <= {metric.key for metric in METRICS}


@given(days(), st.data())
@settings(deadline=None, max_examples=30)
def test_a_score_does_not_depend_on_the_ones_before(
    day: tuple[CandleWindow, list[float]], data: st.DataObject
) -> None:
    window = day[0]
    rows = st.lists(st.sampled_from([0.0, 1.0, -1.0]), min_size=len(window), max_size=len(window))
    targets = np.asarray(data.draw(st.lists(rows, min_size=1, max_size=4)))
    setup = data.draw(setups())
    goal = data.draw(st.sampled_from(sorted(GOALS)))
    together = Scorer(window, setup, goal).scores(targets)
    alone = [Scorer(window, setup, goal).score(row) for row in targets]
    np.testing.assert_array_equal(together, alone)


def test_more_fills_than_scratch_holds() -> None:
    """Five thousand candles that change sides at each: open trades are carried on."""
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, 5_000)))
    window, target = candles(closes.tolist()), np.resize([1.0, -1.0, 1.0, 0.0], 5_000)
    measures = run_signal(window, Signal(target), band=False).measures
    for goal in ("trades", "win_rate", "profit_factor", "expectancy", "sqn"):
        assert Scorer(window, goal=goal).score(target) == pytest.approx(measures[goal]), goal


def test_what_cannot_be_scored_is_told() -> None:
    window = candles([1.0, 2.0, 3.0])
    with pytest.raises(BacktestError, match="The goal was 'luck'; allowed is total_return, cagr"):
        Scorer(window, goal="luck")
    with pytest.raises(BacktestError, match="There are no candles"):
        Scorer(candles([]))
    with pytest.raises(BacktestError, match=r"the shape \(2, 4\), the scores \(2,\)"):
        Scorer(window).scores(np.zeros((2, 4)))
