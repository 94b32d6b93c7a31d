"""Figures by hand, and what is undefined."""

from math import sqrt

import numpy as np
import pytest

from market.types import DAY, HOUR
from tests.trading.metrics.runs import figures, run, trades
from trading.errors import BadConvention
from trading.metrics import METRICS, Convention, Period, measure

CURVE = [100.0, 110.0, 99.0, 118.8]  # returns +10 %, -10 %, +20 %
MEAN, SPREAD = 0.2 / 3, sqrt((0.06 - 0.04 / 3) / 2)


def test_ratios() -> None:
    found = figures(CURVE)
    assert found["total_return"] == pytest.approx(0.188)
    assert found["volatility"] == pytest.approx(SPREAD * sqrt(365))
    assert found["sharpe"] == pytest.approx(MEAN / SPREAD * sqrt(365))
    assert found["sortino"] == pytest.approx(MEAN / sqrt(0.01 / 3) * sqrt(365))
    assert found["omega"] == pytest.approx(3.0)
    assert found["max_drawdown"] == pytest.approx(-0.1)
    assert found["ulcer_index"] == pytest.approx(sqrt(0.01 / 4))
    assert found["longest_drawdown"] == 2 * DAY
    assert found["conditional_value_at_risk"] == pytest.approx(-0.1)
    assert found["value_at_risk"] == pytest.approx(-0.1 + 0.1 * 0.2)  # a tenth of the way to +10 %
    assert found["tail_ratio"] == pytest.approx(0.19 / 0.08)


def test_risk_free_rate_is_taken_off_every_period() -> None:
    found = measure(run(CURVE), Convention(risk_free=0.365))  # 0.1 % a day
    assert found["sharpe"] == pytest.approx((MEAN - 0.001) / SPREAD * sqrt(365))
    assert found["omega"] == pytest.approx((0.099 + 0.199) / 0.101)
    downside = sqrt(0.101**2 / 3)
    assert found["sortino"] == pytest.approx((MEAN - 0.001) / downside * sqrt(365))


def test_stock_market_convention_counts_252_days() -> None:
    usual, stocks = measure(run(CURVE)), measure(run(CURVE), Convention(days_per_year=252))
    for name in ("sharpe", "sortino", "volatility"):
        assert stocks[name] == pytest.approx((usual[name] or 0) * sqrt(252 / 365))


def test_daily_returns_are_those_between_the_last_candles_of_days() -> None:
    hours = [100.0, 90.0, 110.0, 80.0, 99.0, 70.0, 118.8]  # eight hours apart, two days and one
    found = measure(run(hours, step_ns=8 * HOUR), Convention(Period.DAY))
    daily = np.asarray([110 / 100, 70 / 110, 118.8 / 70]) - 1
    assert found["volatility"] == pytest.approx(daily.std(ddof=1) * sqrt(365))
    assert found["sharpe"] == pytest.approx(daily.mean() / daily.std(ddof=1) * sqrt(365))


def test_market_explains_what_moves_with_it() -> None:
    market = [100.0, 110.0, 99.0, 103.95, 93.555]
    returns = np.diff(market) / market[:-1]
    twice = 100 * np.cumprod([1.0, *(1 + 2 * returns + 0.01)])
    found = figures(twice.tolist(), market)
    assert found["beta"] == pytest.approx(2.0)
    assert found["alpha"] == pytest.approx(1.01**365 - 1)
    assert found["buy_and_hold_return"] == pytest.approx(-0.06445)
    assert figures(CURVE, [5.0] * 4).undefined["beta"] == "the market never moved"


def test_trades() -> None:
    rounds = trades(
        [9.0, -3.0, 1.0, -1.0, 0.0, 2.0, 100.0],
        [0.18, -0.06, 0.02, -0.02, 0.0, 0.04, 2.0],
        [False] * 6 + [True],
        bars=[2, 1, 1, 1, 1, 3, 9],
        fees=[1, 1, 1, 1, 1, 1, 0.5],
        slippage=[2, 2, 2, 2, 2, 2, 1],
        adverse=[-0.1, -0.2, 0, 0, 0, 0, -9],
        favourable=[0.6, 0, 0, 0, 0, 0, 9],
    )
    found = figures(np.linspace(100, 200, 366).tolist(), None, rounds, traded=600.0)
    won = 3 / 5  # the one that brought nothing neither won nor lost
    assert found["win_rate"] == 3 / 6
    assert found["profit_factor"] == 3.0
    assert found["expectancy"] == pytest.approx(0.16 / 6)
    assert found["payoff"] == pytest.approx(2.0)
    assert found["kelly"] == pytest.approx(won - (1 - won) / 2)
    closed = np.asarray([9.0, -3.0, 1.0, -1.0, 0.0, 2.0])
    assert found["sqn"] == pytest.approx(sqrt(6) * closed.mean() / closed.std(ddof=1))
    assert (found["win_streak"], found["loss_streak"]) == (1, 2)
    assert found["adverse_excursion"] == pytest.approx(-0.05)
    assert found["favourable_excursion"] == pytest.approx(0.1)
    assert found["mean_bars"] == 1.5
    assert (found["trades"], found["open_trades"]) == (7, 1)
    assert (found["fees_paid"], found["slippage_paid"]) == (6.5, 13.0)
    assert found["turnover"] == pytest.approx(600 / 2 / 150)  # in one year


def test_exposure() -> None:
    assert figures(CURVE, held=[False, True, True, False])["exposure"] == 0.5


def test_a_year_has_365_days() -> None:
    found = figures(np.linspace(100.0, 200.0, 366).tolist())
    assert found["cagr"] == pytest.approx(1.0)
    falling = figures([100.0] * 365 + [50.0])
    assert falling["cagr"] == pytest.approx(-0.5)
    assert falling["calmar"] == pytest.approx(-1.0)


def test_what_is_undefined_says_why() -> None:
    flat = figures([100.0, 100.0, 100.0])
    assert dict(flat.undefined) == {
        "cagr": "2.0 days of candles; a yearly rate needs 30",
        "calmar": "2.0 days of candles; a yearly rate needs 30",
        "sharpe": "equity never changed",
        "sortino": "no period lost money",
        "omega": "no period lost money",
        "alpha": "the market never moved",
        "beta": "the market never moved",
        "tail_ratio": "the 5th percentile of the returns is 0",
    } | dict.fromkeys(
        (
            "win_rate", "profit_factor", "expectancy", "payoff", "kelly", "sqn", "win_streak",
            "loss_streak", "adverse_excursion", "favourable_excursion", "mean_bars",
        ),
        "no trade was closed",
    )  # fmt: skip
    assert figures([100.0, 101.0]).undefined["sharpe"] == "there are fewer than two returns"
    assert figures([100.0]).undefined["turnover"] == "no time went by"
    won = figures(CURVE, None, trades([1.0, 1.0])).undefined
    assert won["profit_factor"] == won["payoff"] == won["kelly"] == "no closed trade lost money"
    assert won["sqn"] == "every closed trade brought the same"
    assert (
        figures(CURVE, None, trades([1.0])).undefined["sqn"] == "fewer than two trades were closed"
    )
    lost = figures(CURVE, None, trades([-1.0])).undefined
    assert lost["payoff"] == "no closed trade made money"
    rising = np.linspace(1.0, 2.0, 40).tolist()
    assert figures(rising).undefined["calmar"] == "there was no drawdown"
    assert "too large" in figures([1.0] * 39 + [1e100]).undefined["cagr"]


def test_an_account_that_lost_everything_has_no_ratios() -> None:
    found = figures([100.0] * 39 + [-5.0], [100.0] * 40)
    for name in ("sharpe", "cagr", "volatility", "value_at_risk", "beta"):
        assert found.undefined[name] == "equity fell to zero or below"
    assert found["total_return"] == found["max_drawdown"] == -1.05


def test_every_figure_has_one_name_and_its_formula() -> None:
    assert len({metric.key for metric in METRICS}) == len({metric.label for metric in METRICS})
    for metric in METRICS:
        assert metric.of.__name__ == metric.key
        assert len(metric.formula) > 15 and "\n" not in metric.formula


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"days_per_year": 0}, "days in a year were 0; allowed is 1 to 366"),
        ({"days_per_year": 367}, "days in a year were 367; allowed is 1 to 366"),
        ({"risk_free": float("nan")}, "risk-free rate was nan; allowed is -1 to 1"),
        ({"risk_free": 4.0}, "risk-free rate was 4.0; allowed is -1 to 1"),
    ],
)
def test_convention_out_of_bounds(wrong: dict[str, float], sentence: str) -> None:
    with pytest.raises(BadConvention, match=sentence.replace(".", r"\.")):
        Convention(**wrong)  # type: ignore[arg-type]
