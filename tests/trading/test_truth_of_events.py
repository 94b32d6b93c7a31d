"""Look-ahead and recursion of the event form."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from indicators.moving import sma
from market.columns import F64, CandleWindow
from tests.trading.backtest.traders import SMA_CROSS, free, strategy
from tests.trading.strategies.test_shipped import market
from trading.errors import BacktestError, StrategyFailed
from trading.event_strategy import Desk, EventStrategy, Series
from trading.shelf import strategies
from trading.truth import look_ahead, recursive_error

pytestmark = pytest.mark.kernel

Indicator = Callable[[F64], F64]
Act = Callable[[Desk, float], object]


class Knowing:
    """Acts on the sign of an indicator, once per change."""

    line: Series

    def __init__(self, indicator: Indicator, act: Act) -> None:
        self.indicator, self.act, self.before = indicator, act, 0.0

    def init(self, desk: Desk) -> None:
        self.line = desk.indicator(self.indicator, desk.candles().close)

    def next(self, desk: Desk) -> None:
        value = float(np.sign(self.line[-1]))
        if value in {-1.0, 1.0} - {self.before}:
            self.act(desk, value)
            self.before = value


def knowing(indicator: Indicator, act: Act) -> EventStrategy:
    return strategy(lambda _: Knowing(indicator, act))


def next_change(close: F64) -> F64:
    return np.append(np.diff(close), 0.0)


def last_change(close: F64) -> F64:
    return np.append(0.0, np.diff(close))


def from_the_mean(close: F64) -> F64:
    mean: F64 = close - close.mean()
    return mean


def target(desk: Desk, side: float) -> object:
    return desk.target(side)


def far_limit(desk: Desk, side: float) -> object:
    """Never fills: only the orders themselves tell."""
    price = desk.candles().close[-1]
    desk.cancel_all()
    if side > 0:
        return desk.buy(1.0, limit=price * 0.01)
    return desk.sell(1.0, limit=price * 100.0)


def trailing(desk: Desk, side: float) -> object:
    desk.cancel_all()
    return desk.buy(fraction=0.5, trail=1.0) if side > 0 else desk.sell(fraction=0.5, trail=1.0)


def bracket(desk: Desk, side: float) -> object:
    price = desk.candles().close[-1]
    if side > 0 and not desk.position():
        return desk.buy(fraction=0.5, stop_loss=price * 0.98, take_profit=price * 1.02)
    return None


ACTS = (target, far_limit, trailing, bracket)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("cheat", [next_change, from_the_mean], ids=lambda cheat: cheat.__name__)
def test_a_cheating_indicator_is_found_by_any_order(cheat: Indicator, act: Act) -> None:
    window = market(11, 160)
    found = look_ahead(knowing(cheat, act), {}, window)
    assert found is not None
    assert found.time_ns == window.time_ns[found.index]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_an_honest_indicator_passes_whatever_the_orders(act: Act) -> None:
    window = market(11, 160)
    assert look_ahead(knowing(last_change, act), {}, window) is None
    assert look_ahead(knowing(lambda close: close - sma(close, 10), act), {}, window) is None


def test_both_forms_of_a_rule_pass() -> None:
    assert look_ahead(SMA_CROSS, {"fast": 3, "slow": 8}, market(3, 600)) is None


def test_gaps_do_not_change_how_long_a_candle_lasts() -> None:
    whole = market(11, 400)
    kept = np.r_[0, 30, np.arange(60, 400)]
    gappy = CandleWindow.from_arrays(
        *(getattr(whole, name)[kept]
          for name in ("time_ns", "open", "high", "low", "close", "volume"))
    )  # fmt: skip

    def by_clock(desk: Desk, side: float) -> object:
        return desk.target(side * (0.5 + desk.time_ns % 7 / 20))

    assert look_ahead(knowing(last_change, by_clock), {}, gappy) is None


class Pair:
    """Buys the first and sells the second symbol while an indicator of the second is above 0."""

    line: Series

    def __init__(self, indicator: Indicator) -> None:
        self.indicator = indicator

    def init(self, desk: Desk) -> None:
        other = desk.symbols[1]
        self.line = desk.indicator(self.indicator, desk.candles(other).close, symbol=other)

    def next(self, desk: Desk) -> None:
        side = 0.4 if self.line[-1] > 0 else 0.0
        desk.target(side)
        desk.target(-side, desk.symbols[1])


@pytest.mark.parametrize(("indicator", "honest"), [(last_change, True), (next_change, False)])
def test_several_symbols_are_cut_at_the_same_moments(indicator: Indicator, honest: bool) -> None:
    second = market(12, 160)
    candles = {"A": market(11, 160).part(20, 150), "B": second.part(0, 130)}
    pair = strategy(lambda _: Pair(indicator), 2)
    found = look_ahead(pair, {}, candles)
    assert (found is None) == honest
    assert recursive_error(pair, {}, candles).settles


def test_the_newest_moments_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trading.decisions.MOST_EVENTS", 100)
    window, closes = market(11, 600), []

    def counting(close: F64) -> F64:
        closes.append(len(close))
        return next_change(close)

    found = look_ahead(knowing(counting, target), {}, window)
    assert found is not None
    assert found.index >= 500
    assert found.time_ns == window.time_ns[found.index]
    assert closes[0] == 600
    assert max(closes[1:]) == 100


def test_positions_that_remember_the_first_candle_are_found() -> None:
    class Since:
        """Long above the very first close, else out."""

        def init(self, desk: Desk) -> None:
            pass

        def next(self, desk: Desk) -> None:
            close = desk.candles().close
            desk.target(1.0 if close[-1] > close[0] else 0.0)

    closes = 100 + 10 * np.sin(np.arange(800) / 20)
    window = CandleWindow.from_arrays(np.arange(800), closes, closes, closes, closes, closes)
    assert not recursive_error(strategy(lambda _: Since()), {}, window).settles
    settled = recursive_error(SMA_CROSS, {"fast": 3, "slow": 8}, market(3, 600))
    assert settled.settles
    assert settled.warm_up == 0
    assert 0 < settled.needed < 100


def test_what_cannot_be_run_is_told() -> None:
    def failing(_close: F64) -> F64:
        raise KeyError("depth")

    with pytest.raises(StrategyFailed, match="depth"):
        look_ahead(knowing(failing, target), {}, market(1))
    two: Mapping[str, CandleWindow] = {"A": market(1), "B": market(2)}
    with pytest.raises(BacktestError, match="trades 1 symbol; 2 were given"):
        look_ahead(strategies()["sma_cross"], {"fast": 2, "slow": 5}, two)


def test_the_account_of_the_run_is_that_of_the_check() -> None:
    """With leverage 1 a target of 2 is refused."""

    def twice(desk: Desk, side: float) -> object:
        return desk.target(2.0 * side)

    window, setup = market(11, 120), free(leverage=3.0)
    assert look_ahead(knowing(last_change, twice), {}, window, setup=setup) is None
    assert recursive_error(knowing(last_change, twice), {}, window, setup=setup).settles
    with pytest.raises(StrategyFailed, match="leverage 1"):
        look_ahead(knowing(last_change, twice), {}, window)
