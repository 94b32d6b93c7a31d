"""The compiled driver of signals against the plain engine, its identities, and hand computation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import MINUTE, Side
from tests.trading.backtest.plain_run import plain_run
from tests.trading.series import candles, rough_candles
from trading.backtest import Direction, Fill, Setup
from trading.backtest.signal_run import run_signal
from trading.engine.policies import (
    Fees,
    Latency,
    Margin,
    Participation,
    Policies,
    Slippage,
)
from trading.engine.records import Cause, Path
from trading.errors import BacktestError
from trading.strategy import Signal

pytestmark = pytest.mark.kernel

FREE = Policies(Fees(0.0, 0.0), Slippage(0.0))
TARGETS = st.sampled_from([0.0, 0.0, 1.0, 1.0, 1.0, -1.0, -1.0, 0.5, -0.3])
MARGINS = st.sampled_from([(1.0, 0.0), (1.0, 0.1), (3.0, 0.05), (20.0, 0.02)])
FRACTIONS = st.sampled_from([None, None, 0.02, 0.1, 0.4])


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    """Every kind of setup; a fill at the close leaves no time for a latency."""
    fill = draw(st.sampled_from(Fill))
    waits = 0 if fill is Fill.CLOSE else draw(st.sampled_from([0, 0, 1, MINUTE, 3 * MINUTE]))
    leverage, maintenance = draw(
        st.sampled_from([(1.0, 0.0), (1.0, 0.1), (3.0, 0.05), (20.0, 0.02)])
    )
    return Setup(
        10_000.0,
        Policies(
            Fees(draw(st.sampled_from([0.0, 0.0005])), draw(st.sampled_from([0.0, 0.001, 0.02]))),
            Slippage(draw(st.sampled_from([0.0, 0.0005, 0.01]))),
            Latency(waits),
            Participation(draw(st.sampled_from([0.0, 0.0, 0.3]))),
            Margin(leverage, maintenance),
            draw(st.sampled_from(Path)),
        ),
        draw(st.sampled_from(Direction)),
        draw(st.sampled_from([1.0, 0.4])),
        draw(FRACTIONS),
        draw(FRACTIONS),
        fill,
    )


@st.composite
def days(draw: st.DrawFn) -> tuple[CandleWindow, list[float]]:
    """Candles and targets, each held for a while so that brackets and margins are reached."""
    window = draw(rough_candles())
    spans = st.lists(st.tuples(TARGETS, st.integers(1, 9)), min_size=len(window), max_size=60)
    held = [target for target, span in draw(spans) for _ in range(span)]
    return window, held[: len(window)]


@given(days(), setups())
@settings(deadline=None, max_examples=400)
def test_equals_the_plain_engine_candle_by_candle(
    day: tuple[CandleWindow, list[float]], setup: Setup
) -> None:
    window, target = day
    plain = plain_run(window, target, setup)
    result = run_signal(window, Signal(np.asarray(target)), setup, band=False)
    np.testing.assert_allclose(result.equity, plain.equity, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(result.position, plain.position, rtol=1e-9, atol=1e-9)
    assert len(result.fills) == len(plain.engine.fills)
    for name in result.fills.dtype.names or ():
        np.testing.assert_allclose(
            result.fills[name], plain.engine.fills[name], rtol=1e-9, atol=1e-6, err_msg=name
        )


@given(days(), setups())
@settings(deadline=None, max_examples=150)
def test_cash_and_positions_are_the_equity_and_fills_stay_in_their_candles(
    day: tuple[CandleWindow, list[float]], setup: Setup
) -> None:
    window, target = day
    result = run_signal(window, Signal(np.asarray(target)), setup, band=False)
    signed = result.fills["side"] * result.fills["size"]
    paid = signed * result.fills["price"] + result.fills["fee"]
    for bar in range(len(window)):
        past = result.fills["bar"] <= bar
        size = signed[past].sum()
        assert result.position[bar] == pytest.approx(size, abs=1e-9)
        equity = 10_000 - paid[past].sum() + size * window.close[bar]
        assert result.equity[bar] == pytest.approx(equity, rel=1e-9, abs=1e-6)
    bars = result.fills["bar"]
    assert (result.fills["time_ns"] == window.time_ns[bars]).all()
    assert (result.fills["reference"] <= window.high[bars] * (1 + 1e-12)).all()
    assert (result.fills["reference"] >= window.low[bars] * (1 - 1e-12)).all()
    total = 10_000 + result.trades.pnl.sum()
    assert total == pytest.approx(result.equity[-1], rel=1e-9, abs=1e-5)
    assert result.trades.fees.sum() == pytest.approx(result.fills["fee"].sum(), abs=1e-6)


@given(days(), setups(), st.data())
@settings(deadline=None, max_examples=100)
def test_a_prefix_has_the_same_past(
    day: tuple[CandleWindow, list[float]], setup: Setup, data: st.DataObject
) -> None:
    """Steps are the same throughout: their median is known from the start."""
    window, target = day
    even = CandleWindow.from_arrays(
        np.arange(len(window)) * MINUTE, window.open, window.high, window.low, window.close,
        window.volume,
    )  # fmt: skip
    cut = data.draw(st.integers(2, len(even)))
    part = CandleWindow.from_arrays(
        even.time_ns[:cut], even.open[:cut], even.high[:cut], even.low[:cut], even.close[:cut],
        even.volume[:cut],
    )  # fmt: skip
    whole = run_signal(even, Signal(np.asarray(target)), setup, band=False)
    past = run_signal(part, Signal(np.asarray(target[:cut])), setup, band=False)
    np.testing.assert_array_equal(past.equity, whole.equity[:cut])
    np.testing.assert_array_equal(past.position, whole.position[:cut])
    np.testing.assert_array_equal(past.fills, whole.fills[whole.fills["bar"] < cut])


def signal_of(*target: float) -> Signal:
    return Signal(np.asarray(target))


def shaded(rows: list[tuple[float, float, float, float]]) -> CandleWindow:
    """Candles of these opens, highs, lows and closes."""
    opened, high, low, close = np.asarray(rows).T
    return CandleWindow.from_arrays(
        np.arange(len(rows)) * MINUTE, opened, high, low, close, np.ones(len(rows))
    )


def test_a_short_by_hand() -> None:
    """Half of the equity short at 100, back at 80 after fees of 1 % each."""
    window = candles([100.0, 100.0, 90.0, 80.0], [100.0, 100.0, 100.0, 80.0])
    setup = Setup(1_000.0, Policies(Fees(0.01, 0.01), Slippage(0.0)), Direction.SHORT, 0.5)
    result = run_signal(window, signal_of(-1, -1, 0, 0), setup)
    size = 500 / (100 + 0.5)  # worth half of 1,000 less the fee
    assert result.position.tolist() == pytest.approx([0, -size, -size, 0])
    assert result.fills["bar"].tolist() == [1, 3]
    final = 1_000 + size * 20 - size * 100 * 0.01 - size * 80 * 0.01
    assert result.equity.tolist() == pytest.approx(
        [1_000, 1_000 - size, 1_000 - size + size * 10, final]
    )
    (trade,) = result.trades
    assert (trade.side, trade.bars) == (Side.SELL, 2)
    assert trade.size == pytest.approx(size)
    assert trade.pnl == pytest.approx(final - 1_000)
    assert result.measures["total_return"] == pytest.approx(final / 1_000 - 1)


def test_a_flip_is_one_fill_and_two_trades() -> None:
    window = candles([100.0, 100.0, 110.0, 110.0], [100.0, 100.0, 100.0, 110.0])
    result = run_signal(window, signal_of(1, 1, -1, -1), Setup(1_000.0, FREE, Direction.BOTH))
    assert result.fills["size"].tolist() == pytest.approx([10.0, 20.0])
    first, last = result.trades
    assert (first.pnl, first.is_open, last.side, last.is_open) == (100.0, False, -1, True)
    assert (last.entry_price, last.size) == (110.0, 10.0)


def test_the_side_that_is_not_traded_counts_as_flat() -> None:
    window = candles([100.0] * 6)
    signal = signal_of(1, -1, -1, 1, 0, 0)
    sides = {
        direction: run_signal(window, signal, Setup(1_000.0, FREE, direction)).position.tolist()
        for direction in Direction
    }
    assert sides == {
        "long": [0, 10, 0, 0, 10, 0],
        "short": [0, 0, -10, -10, 0, 0],
        "both": [0, 10, -10, -10, 10, 0],
    }


def test_fills_at_the_close_of_the_decision() -> None:
    window = candles([100.0, 125.0, 200.0, 100.0], [100.0, 110.0, 130.0, 150.0])
    setup = Setup(1_000.0, FREE, fill=Fill.CLOSE)
    result = run_signal(window, signal_of(1, 1, 0, 0), setup)
    assert result.fills["price"].tolist() == [125.0, 200.0]  # none at the very first close
    assert result.equity.tolist() == [1_000, 1_000, 1_600, 1_600]
    assert result.position.tolist() == [0, 8, 0, 0]
    assert "Fills are at the close that they were decided at" in " ".join(result.warnings)
    (trade,) = result.trades
    assert trade.bars == 1
    assert result.trades.favourable.tolist() == pytest.approx([0.6])
    assert result.trades.adverse.tolist() == [0.0]  # it came in after the low of its candle


def test_stop_and_target_in_one_candle_make_the_band() -> None:
    """Long from 100 with a stop at 90 and a target at 120, both inside the second candle."""
    window = shaded([(100, 100, 100, 100), (100, 130, 85, 110), (110, 110, 110, 110)])
    setup = Setup(1_000.0, FREE, stop_loss=0.1, take_profit=0.2)
    result = run_signal(window, signal_of(1, 1, 1), setup)
    assert result.fills["price"].tolist() == [100.0, 90.0]  # the low is nearer
    assert result.equity.tolist() == [1_000, 900, 900]  # closed until the target changes
    band = result.band
    assert band is not None and band.depends
    assert (band.worst, band.best) == pytest.approx((-0.1, 0.2))
    assert band.best_equity.tolist() == [1_000, 1_200, 1_200]


def test_without_resting_orders_the_band_is_the_run() -> None:
    result = run_signal(candles([100.0, 100.0, 120.0]), signal_of(1, 1, 1), Setup(policies=FREE))
    band = result.band
    assert band is not None and not band.depends
    assert (band.worst, band.best) == pytest.approx((0.2, 0.2))
    assert run_signal(candles([1.0, 1.0]), signal_of(0, 0), band=False).band is None


def test_a_gap_over_the_stop_costs_the_gap() -> None:
    window = shaded([(100, 100, 100, 100), (100, 105, 99, 105), (70, 75, 65, 75)])
    result = run_signal(window, signal_of(1, 1, 1), Setup(1_000.0, FREE, stop_loss=0.1))
    assert result.fills["price"].tolist() == [100.0, 70.0]


def test_stops_move_with_the_mean_entry() -> None:
    """Half at 100, half more at 120: the mean is near 109.1, the stop 10 % below near 98.2."""
    window = shaded([
        (100, 100, 100, 100), (100, 120, 100, 120), (120, 120, 120, 120), (120, 120, 99, 110),
        (110, 110, 90, 95),
    ])  # fmt: skip
    result = run_signal(window, signal_of(0.5, 1, 1, 1, 1), Setup(1_000.0, FREE, stop_loss=0.1))
    sizes = [5.0, 1_100 / 120 - 5]
    mean = (500 + sizes[1] * 120) / sum(sizes)
    assert result.fills["size"].tolist() == pytest.approx([*sizes, sum(sizes)])
    assert result.fills["price"].tolist() == pytest.approx([100, 120, mean * 0.9])
    (trade,) = result.trades
    assert trade.entry_price == pytest.approx(mean)
    assert trade.size == pytest.approx(sum(sizes))


def test_liquidation_is_told_and_ends_the_trade() -> None:
    window = shaded([(100, 100, 100, 100), (100, 100, 85, 90), (90, 90, 90, 90)])
    policies = Policies(Fees(0.0, 0.0), Slippage(0.0), margin=Margin(10.0, 0.01))
    result = run_signal(window, signal_of(1, 1, 1), Setup(1_000.0, policies))
    price = 9_000 / 99  # 100 sizes bought with 9,000 borrowed: equity is 1 % of what they are worth
    assert result.fills["cause"].tolist() == [Cause.ORDER, Cause.LIQUIDATION]
    assert result.fills["price"][1] == pytest.approx(price)
    assert result.position.tolist() == [0, 0, 0]
    assert "Liquidated: 1 time. The margin was used up, everything closed." in result.warnings
    (trade,) = result.trades
    assert trade.pnl == pytest.approx(100 * (price - 100))


def test_a_latency_waits_for_an_open_and_takes_the_latest_decision() -> None:
    """Two minutes of latency: what the close of candle 0 decides fills at the open of candle 3."""
    window = candles([10.0, 20.0, 30.0, 40.0, 50.0, 60.0])
    policies = Policies(Fees(0.0, 0.0), Slippage(0.0), Latency(2 * MINUTE))
    result = run_signal(window, signal_of(1, 1, 0, 0, 0, 0), Setup(1_000.0, policies))
    assert result.fills["bar"].tolist() == [3, 5]
    assert result.fills["price"].tolist() == [30.0, 50.0]


def test_little_volume_fills_bit_by_bit_into_one_trade() -> None:
    window = candles([100.0] * 8)  # volume 1 each
    policies = Policies(Fees(0.0, 0.0), Slippage(0.0), participation=Participation(0.5))
    result = run_signal(window, signal_of(1, 1, 1, 0, 0, 0, 0, 0), Setup(200.0, policies))
    assert result.position.tolist() == [0, 0.5, 1.0, 1.5, 1.0, 0.5, 0, 0]
    (trade,) = result.trades
    assert (trade.size, trade.bars, trade.is_open) == (1.5, 5, False)


def test_cautions_of_trades_and_costs() -> None:
    closes = [100.0, 100.0, 200.0, 200.0, 190.0, 190.0, 180.0]
    result = run_signal(candles(closes), signal_of(1, 1, 0, 1, 0, 1, 1), Setup(1_000.0, FREE))
    assert result.warnings == (
        "Closed trades: 2. Below 30 the figures may be chance.",
        "All profit comes from one trade: without it the closed trades made none.",
        "The last position is still open and counts at the last close.",
        "No fees and no slippage: real trading costs more.",
    )


def test_debt_is_told() -> None:
    window = candles([100.0, 100.0, 300.0], [100.0, 100.0, 300.0])
    result = run_signal(window, signal_of(-1, -1, -1), Setup(1_000.0, FREE, Direction.BOTH))
    assert result.equity[-1] == -1_000
    assert "Equity fell to zero or below: real trading would have ended there." in result.warnings


def test_too_few_candles_after_the_warm_up() -> None:
    with pytest.raises(BacktestError, match="There are 5 candles; the strategy warms up over 4"):
        run_signal(candles([1.0] * 5), Signal(np.zeros(5), warm_up=4))


def test_results_are_read_only() -> None:
    result = run_signal(candles([1.0, 2.0, 3.0]), signal_of(1, 1, 1))
    for array in (result.equity, result.position, result.market, result.fills):
        assert not array.flags.writeable
