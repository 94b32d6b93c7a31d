"""One call for both forms."""

import numpy as np
import pytest

from tests.trading.backtest.traders import SMA_CROSS, Script, flat, free, strategy, window
from tests.trading.series import candles
from trading.backtest import backtest
from trading.errors import BacktestError
from trading.strategies.sma_cross import STRATEGY

pytestmark = pytest.mark.kernel


def test_both_forms_give_the_same_result() -> None:
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(8).normal(0, 0.02, 300)))
    given, values = candles(closes.tolist()), {"fast": 3, "slow": 8}
    signal, event = (backtest(given, each, values) for each in (STRATEGY, SMA_CROSS))
    assert len(signal.trades) > 10
    np.testing.assert_allclose(event.equity, signal.equity, rtol=1e-9)
    assert event.measures.values == pytest.approx(dict(signal.measures.values), rel=1e-6)
    assert event.warnings == signal.warnings
    assert (event.target, event.warm_up, signal.warm_up) == (None, 0, 7)
    assert set(event.curves) == {"SMA fast", "SMA slow"}


def test_two_symbols_from_one_account() -> None:
    """Long A, short B; the market is half of each."""
    steps = {
        0: lambda desk: (desk.buy(10, "A"), desk.sell(5, "B")),
        1: lambda desk: desk.close("B"),
    }
    market = {"A": flat(100, 100, 110), "B": flat(200, 200, 180)}
    result = backtest(market, strategy(lambda _: Script(steps), 2), {}, free())
    assert result.equity.tolist() == [10_000, 10_000, 10_200]
    assert result.market.tolist() == [10_000, 10_000, 10_000]
    assert result.position.tolist() == [0, 10, 10]
    assert result.trades.symbol.tolist() == [0, 1]
    assert result.trades.pnl.tolist() == [100, 100]
    assert result.measures["exposure"] == pytest.approx(2 / 3)
    assert result.band is not None and not result.band.depends


def test_the_band_of_resting_orders() -> None:
    steps = {0: lambda desk: desk.buy(10, stop_loss=90, take_profit=120)}
    given = window((100,) * 4, (100, 130, 85, 110), (110,) * 4)
    band = backtest(given, strategy(lambda _: Script(steps)), {}, free()).band
    assert band is not None and band.depends
    assert (band.worst, band.best) == pytest.approx((-0.01, 0.02))


def test_warnings_of_the_event_run_are_kept() -> None:
    steps = {0: lambda desk: desk.buy(1_000)}
    result = backtest(flat(100, 100, 100), strategy(lambda _: Script(steps)), {}, free())
    assert any("Orders refused: 1" in words for words in result.warnings)


def test_candles_are_checked_by_symbol() -> None:
    two = strategy(lambda _: Script({}), 2)
    with pytest.raises(BacktestError, match="B: There is 1 candle"):
        backtest({"A": flat(1, 2), "B": flat(1)}, two)
    with pytest.raises(BacktestError, match="SMA cross trades 1 symbol; 2 were given"):
        backtest({"A": flat(1, 2), "B": flat(1, 2)}, STRATEGY)
