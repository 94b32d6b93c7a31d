"""Figures of an account, by hand."""

import pytest

from market.types import DAY, MINUTE, Side
from tests.trading.paper.account import BTC, MS, Account
from trading.metrics import METRICS
from trading.paper.commands import Place
from trading.paper.statistics import account_trades, statistics
from trading.paper.tape import PassTime
from trading.paper.terms import AccountTerms

pytestmark = pytest.mark.kernel


def traded() -> Account:
    """Wins 100, loses 50, holds what is worth 25 more; without fees."""
    account = Account(AccountTerms(name="Free", maker_fee=0.0, taker_fee=0.0))
    account.trade(1_000.0)
    for side, price in (
        (Side.BUY, 1_000.0), (Side.SELL, 1_100.0), (Side.SELL, 1_100.0), (Side.BUY, 1_150.0),
        (Side.BUY, 1_150.0),
    ):  # fmt: skip
        account.trade(price)
        account.do(Place(symbol=BTC, side=side, size=1.0))
        account.market(PassTime(), later_ns=MINUTE)
    account.trade(1_175.0)
    return account


def test_figures_of_an_account() -> None:
    account = traded()
    core = account.core
    found = statistics(core.records, core.marks, core.equity, account.time_ns)
    assert core.equity == 100_075.0
    assert found["total_return"] == pytest.approx(75 / 100_000)
    assert found["trades"] == 3
    assert found["open_trades"] == 1
    assert found["win_rate"] == 0.5
    assert found["profit_factor"] == pytest.approx(2.0)
    assert found["max_drawdown"] == pytest.approx(-50 / 100_100)
    assert found["exposure"] == pytest.approx(4 / 7)
    assert found["fees_paid"] == 0
    assert found["alpha"] is None
    assert found.undefined["adverse_excursion"] == "prices while a position was open are not kept"
    assert {*found.values, *found.undefined} == {metric.key for metric in METRICS}


def test_trades_of_an_account() -> None:
    account = traded()
    trades = account_trades(account.core.records.fill_log, account.core.marks, account.time_ns)
    assert [(each.side, each.entry_price, each.exit_price, each.pnl) for each in trades] == [
        (Side.BUY, 1_000.0, 1_100.0, 100.0), (Side.SELL, 1_100.0, 1_150.0, -50.0),
        (Side.BUY, 1_150.0, 1_175.0, 25.0),
    ]  # fmt: skip
    assert trades.is_open.tolist() == [False, False, True]
    assert trades.bars.tolist() == [1, 1, 1]
    unpriced = account_trades(account.core.records.fill_log, {}, account.time_ns)
    assert unpriced.pnl.tolist() == [100.0, -50.0, 0.0]


def test_figures_a_year_want_a_day() -> None:
    account = traded()
    core = account.core
    young = statistics(core.records, core.marks, core.equity, account.time_ns)
    assert young["sharpe"] is None
    assert young.undefined["turnover"] == "0.1 hours of equity; a figure a year needs 24"
    account.market(PassTime(), later_ns=DAY)
    grown = statistics(core.records, core.marks, core.equity, account.time_ns)
    assert {"volatility", "sharpe", "sortino", "turnover"} <= {*grown.values}


def test_an_account_that_never_traded_has_figures_too() -> None:
    account = Account()
    account.market(PassTime(), later_ns=5 * MS)
    found = statistics(account.core.records, {}, account.core.equity, account.time_ns)
    assert found["total_return"] == 0
    assert found["trades"] == 0
