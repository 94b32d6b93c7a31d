"""Equal to empyrical, where it has the figure.

Deliberate differences: empyrical makes CAGR yearly by the number of returns, here by elapsed time
(the same where no candle is missing and the convention is 365 days); it compounds a threshold for
Omega where here it is simple (the same at 0); of Sharpe and Sortino it gives infinity or NaN where
here they are not defined; it makes a power of an alpha of -100 % a period and less, which here is
not defined either. It has no payoff, Kelly, SQN, streaks, ulcer index and turnover.
"""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings

from tests.trading.metrics.runs import run, walks
from trading.metrics import Convention, measure

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    empyrical = pytest.importorskip("empyrical")


def oracle(returns: Any, market: Any, days: int) -> dict[str, float]:
    """The same figures by empyrical, under our names."""
    return {
        "volatility": empyrical.annual_volatility(returns, annualization=days),
        "sharpe": empyrical.sharpe_ratio(returns, annualization=days),
        "sortino": empyrical.sortino_ratio(returns, annualization=days),
        "omega": empyrical.omega_ratio(returns),
        "max_drawdown": empyrical.max_drawdown(returns),
        "value_at_risk": empyrical.value_at_risk(returns),
        "conditional_value_at_risk": empyrical.conditional_value_at_risk(returns),
        "tail_ratio": empyrical.tail_ratio(returns),
        "beta": empyrical.beta_aligned(returns, market),
        "alpha": alpha(returns, market, days),
    }


def alpha(returns: Any, market: Any, days: int) -> float:
    """NaN where more than everything was lost in a mean period."""
    beta = empyrical.beta_aligned(returns, market)
    if returns.mean() - beta * market.mean() <= -1:
        return float("nan")
    return float(empyrical.alpha_aligned(returns, market, annualization=days))


@pytest.mark.parametrize("days", [365, 252])
@given(equity=walks(), market=walks())
@example([100.0, 81.25, 71.09375], [100.0, 89.0625, 78.62548828125]).via("alpha below -1")
@settings(deadline=None, max_examples=60)
def test_figures_equal_empyrical(days: int, equity: list[float], market: list[float]) -> None:
    count = min(len(equity), len(market))
    own, other = np.asarray(equity[:count]), np.asarray(market[:count])
    returns, market_returns = own[1:] / own[:-1] - 1, other[1:] / other[:-1] - 1
    # Where a spread is only rounding both are noise.
    assume(returns.std() > 1e-6 and market_returns.std() > 1e-6)
    found = measure(run(own.tolist(), other.tolist()), Convention(days_per_year=days))
    with np.errstate(all="ignore"):
        expected = oracle(returns, market_returns, days)
    for name, value in expected.items():
        if name in found.undefined:
            assert not np.isfinite(value) or abs(value) > 1e30, name
        else:
            assert found[name] == pytest.approx(value, rel=1e-7, abs=1e-12), name


@given(walks(least=40, most=90))
@settings(deadline=None, max_examples=40)
def test_growth_equals_empyrical(equity: list[float]) -> None:
    values = np.asarray(equity)
    returns = values[1:] / values[:-1] - 1
    found = measure(run(equity))
    growth = empyrical.annual_return(returns, annualization=365)
    assert found["cagr"] == pytest.approx(growth, rel=1e-9)
    if "calmar" not in found.undefined:
        expected = empyrical.calmar_ratio(returns, annualization=365)
        assert found["calmar"] == pytest.approx(expected, rel=1e-9)
