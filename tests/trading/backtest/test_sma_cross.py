"""The SMA cross against a plain backtest, the Decimal account, prefixes and hand computation."""

from dataclasses import dataclass
from decimal import Decimal
from math import fsum, isfinite, prod
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import DAY, Side, Symbol
from tests.trading.series import candles, random_walks
from trading.backtest import BacktestResult, Setup, backtest
from trading.engine.policies import Fees, Policies, Slippage
from trading.engine.records import Cause
from trading.errors import BacktestError
from trading.metrics import METRICS
from trading.paper.events import Filled
from trading.paper.ledger import Ledger
from trading.strategies.sma_cross import STRATEGY

pytestmark = pytest.mark.kernel

SMALL = (2, 5)


@dataclass(frozen=True, slots=True)
class Costs:
    """What every fill is charged: a share of its value, and basis points of slippage."""

    fee_rate: float = 0.001
    slippage_bp: float = 5.0


COSTS = st.builds(Costs, st.sampled_from([0.0, 0.001, 0.0125]), st.sampled_from([0.0, 5.0, 33.0]))
BTC = Symbol("BTC-USD")


def run_sma_cross(
    window: CandleWindow, lengths: tuple[int, int], costs: Costs | None = None,
    start_capital: float = 10_000.0,
) -> BacktestResult:  # fmt: skip
    """The shipped strategy, long only, with the same fee for makers and takers."""
    costs = costs or Costs()
    policies = Policies(Fees(costs.fee_rate, costs.fee_rate), Slippage(costs.slippage_bp / 10_000))
    values = dict(zip(("fast", "slow"), lengths, strict=True))
    return backtest(window, STRATEGY, values, Setup(start_capital, policies))


def targets(result: BacktestResult) -> list[float]:
    assert result.target is not None
    return [float(target) for target in result.target]


@dataclass
class Plain:
    """What the plain backtest found."""

    equity: list[float]
    trades: list[tuple[int, int | None, float, float, float]]  # bars in and out, prices, size


def plain_backtest(window: CandleWindow, fast: int, slow: int, costs: Costs) -> Plain:
    """The same rules written down without arrays, kernels or shared code."""
    opens, closes = window.open.tolist(), window.close.tolist()
    cash, size, wanted = 10_000.0, 0.0, False
    found = Plain([], [])
    for bar, (open_, close) in enumerate(zip(opens, closes, strict=True)):
        if wanted and not size:
            price = open_ * (1 + costs.slippage_bp / 10_000)
            size = cash / (price + price * costs.fee_rate)
            cash = 0.0
            found.trades.append((bar, None, price, closes[-1], size))
        elif size and not wanted:
            price = open_ * (1 - costs.slippage_bp / 10_000)
            cash = size * price - size * price * costs.fee_rate
            entry = found.trades.pop()
            found.trades.append((entry[0], bar, entry[2], price, size))
            size = 0.0
        found.equity.append(cash + size * close)
        if bar >= slow - 1:
            averages = [fsum(closes[bar + 1 - p : bar + 1]) / p for p in (fast, slow)]
            wanted = averages[0] - averages[1] > 1e-12 * averages[1]
    return found


@given(random_walks(), COSTS)
@settings(deadline=None, max_examples=80)
def test_equals_plain_backtest(window: CandleWindow, costs: Costs) -> None:
    result = run_sma_cross(window, SMALL, costs)
    plain = plain_backtest(window, 2, 5, costs)
    np.testing.assert_allclose(result.equity, plain.equity, rtol=1e-11)
    assert len(result.trades) == len(plain.trades)
    times = window.time_ns.tolist()
    for trade, (enter, leave, entry_price, exit_price, size) in zip(
        result.trades, plain.trades, strict=True
    ):
        assert trade.entry_time_ns == times[enter]
        assert trade.exit_time_ns == (None if leave is None else times[leave])
        assert trade.bars == (len(window) if leave is None else leave) - enter
        assert (trade.entry_price, trade.exit_price, trade.size) == pytest.approx(
            (entry_price, exit_price, size), rel=1e-11
        )


@given(random_walks(), COSTS)
@settings(deadline=None, max_examples=60)
def test_equals_the_account_in_decimal(window: CandleWindow, costs: Costs) -> None:
    """The trades, booked in Decimal, give the same prices, fees, profits and equity to 1e-11."""
    result = run_sma_cross(window, SMALL, costs)
    ledger = Ledger()
    ledger.move(Decimal(10_000))
    opens = dict(zip(window.time_ns.tolist(), window.open.tolist(), strict=True))
    for trade in result.trades:
        size, booked = Decimal(trade.size), []
        for side, time_ns in ((Side.BUY, trade.entry_time_ns), (Side.SELL, trade.exit_time_ns)):
            if time_ns is not None:
                booked.append(booked_in(ledger, side, size, Decimal(opens[time_ns]), costs))
        assert float(booked[0].price) == pytest.approx(trade.entry_price, rel=1e-14)
        assert float(sum(fill.fee for fill in booked)) == pytest.approx(trade.fees, rel=1e-13)
        if not trade.is_open:
            assert float(booked[1].price) == pytest.approx(trade.exit_price, rel=1e-14)
            profit = booked[1].realised - booked[0].fee - booked[1].fee
            assert float(profit) == pytest.approx(trade.pnl, rel=0, abs=1e-11 * result.equity.max())
    held = ledger.size(BTC) * Decimal(float(window.close[-1]))
    assert float(ledger.cash + held) == pytest.approx(float(result.equity[-1]), rel=1e-11)


def booked_in(ledger: Ledger, side: Side, size: Decimal, opened: Decimal, costs: Costs) -> Filled:
    """The fill at ``opened`` with its costs, in the books of ``ledger``."""
    price = opened * (1 + int(side) * Decimal(str(costs.slippage_bp)) / 10_000)
    fee = size * price * Decimal(str(costs.fee_rate))
    realised = ledger.realised_by(BTC, size * int(side), price, fee)
    fill = Filled(
        1, 1, 0, "manual", BTC, side, size, price, fee, realised, False, Cause.ORDER, 0.0
    )  # fmt: skip
    ledger.book(fill)
    return fill


@given(random_walks(least=12), st.data())
@settings(deadline=None, max_examples=50)
def test_prefixes_take_the_same_decisions(window: CandleWindow, data: st.DataObject) -> None:
    """Look-ahead check: hiding the future changes nothing in the past."""
    whole = run_sma_cross(window, SMALL)
    cut = data.draw(st.integers(6, len(window)))
    part = run_sma_cross(candles(window.close[:cut].tolist(), window.open[:cut].tolist()), SMALL)
    assert targets(part) == targets(whole)[:cut]
    np.testing.assert_array_equal(part.equity, whole.equity[:cut])
    closed = [trade for trade in part.trades if not trade.is_open]
    assert closed == list(whole.trades)[: len(closed)]


@given(random_walks(), COSTS)
@settings(deadline=None, max_examples=60)
def test_accounting_identities(window: CandleWindow, costs: Costs) -> None:
    result = run_sma_cross(window, SMALL, costs)
    last = result.equity[-1]
    assert result.start_capital + sum(trade.pnl for trade in result.trades) == pytest.approx(last)
    assert 10_000 * prod(1 + trade.return_fraction for trade in result.trades) == pytest.approx(
        last
    )
    assert result.equity[0] == 10_000
    assert result.measures["fees_paid"] == pytest.approx(sum(trade.fees for trade in result.trades))
    assert result.measures.values.keys() | result.measures.undefined.keys() == {
        metric.key for metric in METRICS
    }
    assert all(map(isfinite, result.measures.values.values()))


def up_and_down() -> BacktestResult:
    """Averages of 2 and 3 closes: above after candle 3, below after candle 6."""
    closes = [10.0, 10.0, 10.0, 13.0, 16.0, 16.0, 8.0, 8.0]
    opens = [10.0, 10.0, 10.0, 10.0, 12.5, 16.0, 16.0, 10.0]
    costs = Costs(fee_rate=0.01, slippage_bp=100.0)
    return run_sma_cross(candles(closes, opens), (2, 3), costs, 1_000.0)


def test_by_hand() -> None:
    result = up_and_down()
    assert targets(result) == [0, 0, 0, 1, 1, 1, -1, -1]
    (trade,) = result.trades
    minutes = [60_000_000_000 * bar for bar in (4, 7)]
    assert [trade.entry_time_ns, trade.exit_time_ns] == minutes
    assert trade.entry_price == pytest.approx(12.625)  # 12.5 and 1 % slippage
    assert trade.exit_price == pytest.approx(9.9)
    size = 1_000 / (12.625 * 1.01)
    assert trade.size == pytest.approx(size)
    assert trade.fees == pytest.approx(size * (12.625 + 9.9) * 0.01)
    assert trade.pnl == pytest.approx(size * 9.9 * 0.99 - 1_000)
    assert trade.return_fraction == pytest.approx(trade.pnl / 1_000)
    assert (trade.bars, trade.side, trade.is_open) == (3, Side.BUY, False)
    expected = [1_000.0] * 4 + [size * 16, size * 16, size * 8, size * 9.9 * 0.99]
    np.testing.assert_allclose(result.equity, expected)
    assert result.warm_up == 2
    assert np.isnan(result.curves["SMA 3"][:2]).all()
    np.testing.assert_allclose(result.market, np.asarray([10, 10, 10, 13, 16, 16, 8, 8]) * 100)


def test_the_decision_of_the_last_close_is_not_traded() -> None:
    result = run_sma_cross(candles([10.0, 10.0, 10.0, 13.0]), (2, 3))
    assert targets(result) == [0, 0, 0, 1]
    assert len(result.trades) == 0
    assert result.measures.undefined["win_rate"] == "no trade was closed"


def test_open_position_is_marked_and_told() -> None:
    result = run_sma_cross(candles([10.0, 10.0, 10.0, 13.0, 16.0, 20.0]), (2, 3), Costs(0.0, 0.0))
    (trade,) = result.trades
    assert (trade.is_open, trade.exit_price, trade.bars) == (True, 20.0, 2)
    assert trade.return_fraction == pytest.approx(20 / 13 - 1)
    assert result.measures["open_trades"] == 1
    assert result.warnings == (
        "Closed trades: 0. Below 30 the figures may be chance.",
        "The last position is still open and counts at the last close.",
        "No fees and no slippage: real trading costs more.",
    )


def test_a_flat_price_never_trades_whatever_the_rounding() -> None:
    result = run_sma_cross(candles([0.1] * 400), (2, 3))
    assert len(result.trades) == 0
    assert not any(targets(result))


def test_gaps_and_long_warm_up_are_told() -> None:
    window = candles([10.0, 11.0, 12.0, 13.0, 12.0])
    times = np.array([0, 1, 2, 3, 8]) * DAY
    gappy = CandleWindow.from_arrays(
        times, window.open, window.high, window.low, window.close, window.volume
    )
    warnings = run_sma_cross(gappy, (2, 4)).warnings
    assert "Gaps: 1, longest 4 days. Missing candles are not filled." in warnings
    assert "3 of 5 candles only warm up the strategy." in warnings


def test_results_are_read_only() -> None:
    result = up_and_down()
    with pytest.raises(ValueError, match="read-only"):
        result.equity[0] = 1.0


@pytest.mark.parametrize(
    ("window", "capital", "words"),
    [
        (
            candles([1.0] * 5),
            1_000.0,
            "There are 5 candles; the strategy warms up over 4 and needs 6",
        ),
        (candles([]), 1_000.0, "There are no candles; a backtest needs 2 or more"),
        (candles([1.0] * 9), 0.0, "Start capital was 0.0"),
        (candles([1.0] * 9), float("nan"), "Start capital was nan"),
        (candles([1.0] * 8 + [0.0]), 1_000.0, "Candle 8 has the close price 0.0"),
        (
            candles([1.0] * 9, [float("nan")] + [1.0] * 8),
            1_000.0,
            "Candle 0 has the open price nan",
        ),
        (candles([1.0] * 8 + [1e20]), 1_000.0, r"close price 1e\+20; allowed is 1e-12 to 1e\+12"),
    ],
)
def test_what_cannot_be_run_is_told(window: CandleWindow, capital: float, words: str) -> None:
    with pytest.raises(BacktestError, match=words):
        run_sma_cross(window, SMALL, start_capital=capital)


def test_equity_beyond_all_numbers_is_told() -> None:
    """Twenty trades that each turn 1 into 10^23."""
    closes = ([1e-12] * 6 + [2e-12, 1e12, 1e-12, 1e-12, 1e-12]) * 20
    opens = ([1e-12] * 7 + [2e-12, 1e-12, 1e-12, 1e12]) * 20
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(BacktestError, match="cannot be computed"),
    ):
        run_sma_cross(candles(closes, opens), SMALL)


def real_days(folder: Path) -> CandleWindow:
    """Coinbase BTC-USD daily candles, January 2015 to August 2018."""
    with ZipFile(folder / "ohlcv" / "coinbase_btcusd_1d_2014_2018.zip") as archive:
        lines = archive.read(archive.namelist()[0]).decode().split("\n")
    rows = [line.split(",") for line in lines if line >= "20150101"]
    days = [f"{row[0][:4]}-{row[0][4:6]}-{row[0][6:8]}" for row in rows]
    values = np.array([row[1:] for row in rows], float).T
    return CandleWindow.from_arrays(np.array(days, "datetime64[ns]").astype(np.int64), *values)


def test_agrees_with_figures_computed_elsewhere(shared_data: Path) -> None:
    """The design's picture of this page was made by other code: same data, 20 / 50, same costs."""
    result = run_sma_cross(real_days(shared_data), (20, 50))
    metrics = result.measures
    closed = [trade for trade in result.trades if not trade.is_open]
    assert (len(result.equity), len(closed), metrics["open_trades"]) == (1309, 13, 1)
    assert result.equity[-1] == pytest.approx(126_514, abs=0.5)
    assert result.market[-1] == pytest.approx(216_398, abs=1)
    assert metrics["sharpe"] == pytest.approx(1.50, abs=0.005)
    assert metrics["sortino"] == pytest.approx(2.29, abs=0.005)
    assert metrics["volatility"] == pytest.approx(0.5863, abs=0.0005)  # of a sample
    assert metrics["max_drawdown"] == pytest.approx(-0.651, abs=0.0005)
    assert metrics["longest_drawdown"] == 240 * DAY
    assert metrics["expectancy"] == pytest.approx(0.325, abs=0.0005)
    assert sum(trade.fees for trade in closed) == pytest.approx(1_613, abs=0.5)
    last = closed[-1]
    assert (last.entry_price, last.exit_price) == pytest.approx((9_276.76, 7_334.27), abs=0.005)
    assert (last.size, last.pnl) == pytest.approx((20.4628, -40_088.52), abs=0.005)
    assert last.return_fraction == pytest.approx(-0.211, abs=0.0001)
    assert last.bars == 30
