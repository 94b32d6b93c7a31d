"""Runs on a market that goes on make the orders and fills of a backtest over the same candles."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import HOUR
from research.search.evaluator import run_once
from tests.conftest import PLAIN
from tests.trading.backtest.traders import SMA_CROSS, Script, free, strategy
from tests.trading.paper.candle_driver import Driven, rows
from trading.backtest import Direction, Setup
from trading.candles import Candles
from trading.engine.engine import Engine
from trading.engine.policies import Fees, Latency, Margin, Policies, Slippage
from trading.errors import BadStrategy, StrategyFailed
from trading.event_strategy import Desk, EventStrategy
from trading.hand import EngineHand
from trading.metrics import Convention
from trading.paper.automation import RunTerms, live_run
from trading.paper.signal_automation import SignalRun
from trading.paper.signal_decider import SignalDecider
from trading.paper.steps import Step
from trading.shelf import strategies
from trading.strategy import Signal, SignalStrategy, checked, decided

pytestmark = pytest.mark.kernel

SYMBOLS = ("A-USD", "B-USD")
COLUMNS = ("time_ns", "price", "reference", "size", "fee", "realised", "side", "maker", "cause")
SETUPS = (
    Setup(direction=Direction.BOTH),
    Setup(direction=Direction.LONG, size=0.5, stop_loss=0.02),
    Setup(
        10_000.0, Policies(Fees(0.001, 0.002), Slippage(0.001), margin=Margin(3.0, 0.05)),
        Direction.BOTH, stop_loss=0.03, take_profit=0.05,
    ),
)  # fmt: skip
SIGNALS = [key for key, each in strategies().items() if isinstance(each, SignalStrategy)]
SHORT: Mapping[str, Mapping[str, object]] = {
    "sma_cross": {"fast": 3, "slow": 8}, "ema_cross": {"fast": 3, "slow": 8},
         "momentum": {"period": 4}, "regime_router": {"volatility_period": 10},
         "donchian": {"enter": 6, "leave": 3}, "pairs": {"period": 8, "enter": 1.0},
         "dca": {"every": 5, "take_profit": 2.0}}  # fmt: skip


def walk(count: int, seed: int) -> CandleWindow:
    """Hours of a random walk with gaps and wicks."""
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.012, count)))
    opened = np.concatenate(([100.0], close[:-1])) * np.exp(random.normal(0, 0.002, count))
    wick = 1 + 0.006 * random.random((2, count))
    return CandleWindow.from_arrays(
        np.arange(count) * HOUR, opened, np.maximum(opened, close) * wick[0],
        np.minimum(opened, close) / wick[1], close, 1000 * random.random(count),
    )  # fmt: skip


def terms_of(key: str, setup: Setup) -> RunTerms:
    """A shipped strategy with values that act often."""
    found = strategies()[key]
    symbols = SYMBOLS[: getattr(found, "symbols", 1)]
    return RunTerms(found, checked(found, SHORT.get(key, {})), symbols, HOUR, setup)


def assert_like_a_backtest(driven: Driven, market: dict[str, CandleWindow], known: int) -> int:
    """Every fill; how many there were.

    To the last bit; where exits rest, up to the rounding of sizes that are found another way.
    """
    terms = driven.terms
    expected = run_once(
        terms.strategy, market, terms.values, terms.setup, Convention(), known + 1, band=False
    ).fills
    found = driven.engine.fills
    for name in COLUMNS:
        if terms.setup.stop_loss is None:
            assert found[name].tolist() == expected[name].tolist(), name
        else:
            assert found[name].tolist() == pytest.approx(expected[name].tolist(), 1e-11, 1e-9), name
    return len(found)


@pytest.mark.parametrize("setup", SETUPS)
@pytest.mark.parametrize("key", strategies())
def test_candles_give_the_fills_of_a_backtest(key: str, setup: Setup) -> None:
    terms, known = terms_of(key, setup), 140
    market = {symbol: walk(260, seed) for seed, symbol in enumerate(terms.symbols)}
    driven = Driven(terms, market, known).go()
    assert assert_like_a_backtest(driven, market, known) > 0


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(0, 60), st.integers(0, 50),
    st.sampled_from(["sma_cross", "donchian", "rsi_reversion", "grid", "dca", "pairs"]),
    st.sampled_from(SETUPS),
)  # fmt: skip
def test_a_restart_changes_nothing(
    seed: int, known: int, restart: int, key: str, setup: Setup
) -> None:
    terms = terms_of(key, setup)
    market = {symbol: walk(120, seed + at) for at, symbol in enumerate(terms.symbols)}
    driven = Driven(terms, market, known).go(0, restart)
    driven.restart()
    driven.go(max(restart, 1) if restart else 0)
    if restart:
        assert_like_a_backtest(driven, market, known)


def test_symbols_that_lack_candles() -> None:
    """A moment at which only one of the symbols has a candle is a moment all the same."""
    terms, whole = terms_of("pairs", SETUPS[0]), walk(200, 5)
    rare = CandleWindow.from_arrays(
        *(np.delete(getattr(whole, name), np.s_[3::7])
          for name in ("time_ns", "open", "high", "low", "close", "volume"))
    )  # fmt: skip
    market = {"A-USD": walk(200, 4), "B-USD": rare}
    driven = Driven(terms, market, 50).go()
    assert assert_like_a_backtest(driven, market, 50) > 0


def test_events_wait_for_their_latency_as_in_a_backtest() -> None:
    setup = Setup(10_000.0, Policies(latency=Latency(HOUR)))
    terms = RunTerms(SMA_CROSS, checked(SMA_CROSS, {}), ("A-USD",), HOUR, setup)
    market = {"A-USD": walk(150, 6)}
    assert assert_like_a_backtest(Driven(terms, market, 40).go(), market, 40) > 0


@pytest.mark.parametrize(
    "key", [k for k, s in strategies().items() if isinstance(s, SignalStrategy)]
)
def test_a_shorter_past_decides_alike(key: str) -> None:
    """Over years the run looks at a part only, and decides what the whole past decides."""
    terms = terms_of(key, Setup(direction=Direction.BOTH))
    market = walk(1_150 if PLAIN else 3_000, 8)  # minutes for what the compiled run looks at
    found = terms.strategy
    assert isinstance(found, SignalStrategy)
    signal = decided(found, Candles(market), terms.values)
    run = SignalDecider(found, terms.values, market.part(0, 1_000))
    looked_at = []
    for row, candle in enumerate(rows(market)[1_000:], 1_000):
        run.close(candle)
        assert run.target() == signal.target[row], row
        run.tidy()
        looked_at.append(run.looked_at)
    assert max(looked_at[1:]) <= max(1_000, 2 * max(256, 32 * signal.warm_up))


def test_a_past_that_matters_is_kept() -> None:
    """Long from the first candle that closes above 150 on, for ever."""

    def decide(candles: Candles, values: object) -> Signal:
        return Signal(np.maximum.accumulate(candles.close > 150).astype(float))

    held = SignalStrategy("once", "Once", "For a test.", "here", (), (), decide)
    close = np.full(2_000, 100.0)
    close[5] = 160.0
    market = CandleWindow.from_arrays(
        np.arange(2_000) * HOUR, close, close, close, close, np.ones(2_000)
    )
    run = SignalDecider(held, {}, market.part(0, 1_000))
    for candle in rows(market)[1_000:]:
        run.close(candle)
        assert run.target() == 1.0
        run.tidy()


def test_closes_that_nobody_saw_are_history() -> None:
    """They are decided upon by nobody, but everybody knows them."""
    terms, market = terms_of("sma_cross", SETUPS[0]), {"A-USD": walk(100, 3)}
    run = live_run(terms, {"A-USD": market["A-USD"].part(0, 50)}, EngineHand(Engine(("A-USD",))))
    for candle in rows(market["A-USD"])[50:]:
        run.close({"A-USD": candle})
    assert isinstance(run, SignalRun)
    whole = decided(terms.strategy, Candles(market["A-USD"]), terms.values)  # type: ignore[arg-type]
    assert run.wanted == whole.target[-1]


def test_a_candle_comes_once() -> None:
    market, terms = walk(60, 3), terms_of("sma_cross", SETUPS[0])
    assert isinstance(terms.strategy, SignalStrategy)
    run = SignalDecider(terms.strategy, terms.values, market.part(0, 59))
    for candle in (*rows(market)[57:], *rows(market)[57:]):
        run.close(candle)
    assert run.looked_at == 60


def test_a_signal_waits_for_a_price() -> None:
    terms, market = terms_of("buy_and_hold", SETUPS[0]), walk(60, 3)
    engine = Engine(("A-USD",))
    run = live_run(terms, {"A-USD": market}, EngineHand(engine))
    run.act()
    assert len(engine.orders) == 0
    engine.trade("A-USD", 100.0, 1.0, 0)
    run.act()
    assert len(engine.orders) == 1
    engine.trade("A-USD", 100.0, 1.0, 1)  # an order by share gets its size where it meets one
    assert engine.orders["size"].tolist() == pytest.approx([100.0], rel=0.01)


def test_what_a_strategy_raises_says_when() -> None:
    def fail(desk: Desk) -> None:
        raise ZeroDivisionError("no")

    terms = RunTerms(strategy(lambda _: Script({10: fail})), {}, ("A-USD",), HOUR, free())
    with pytest.raises(StrategyFailed, match=r"at the close of candle 10 .*ZeroDivisionError: no"):
        Driven(terms, {"A-USD": walk(20, 1)}, 5).go()


def test_another_strategy_cannot_go_on() -> None:
    """Its orders would be those of somebody else."""

    def asking(question: str) -> EventStrategy:
        return strategy(lambda _: Script({n: lambda desk: getattr(desk, question)
                                          for n in range(20)}))  # fmt: skip

    market = {"A-USD": walk(20, 1)}
    first = RunTerms(asking("cash"), {}, ("A-USD",), HOUR, free())
    other = RunTerms(asking("equity"), {}, ("A-USD",), HOUR, free())
    steps = Driven(first, market, 5).go().steps
    run = live_run(other, {"A-USD": market["A-USD"].part(0, 5)}, EngineHand(Engine(("A-USD",))))
    with pytest.raises(StrategyFailed, match="asked for equity where it asked for cash before"):
        run.recall(steps)


def test_a_run_of_the_other_form_cannot_go_on() -> None:
    history = {"A-USD": walk(20, 1)}
    hand = EngineHand(Engine(("A-USD",)))
    step = Step({}, '[["cash",1.0,""]]')
    with pytest.raises(BadStrategy, match="which is no target"):
        live_run(terms_of("sma_cross", SETUPS[0]), history, hand).recall([step])
    with pytest.raises(BadStrategy, match="which are no answers"):
        live_run(terms_of("grid", SETUPS[0]), history, hand).recall([Step({}, "1.0")])


def test_every_answer_is_remembered() -> None:
    """Orders, fills and refusals come back as they were, to the last digit."""
    said: list[object] = []

    def say(desk: Desk) -> None:
        said.append((desk.position(), desk.entry_price(), desk.cash, desk.equity, desk.orders))
        said.append((desk.fills.tolist(), desk.index, desk.time_ns, len(desk.candles())))
        if desk.index == 7:
            number = desk.buy(1.5, limit=90.0, stop_loss=80.0)
            said.append((number, desk.order(number), desk.cancel(number), desk.cancel_all()))
        if desk.index == 9:
            said.append((desk.target(0.1), desk.sell(fraction=0.2), desk.close()))
            with pytest.raises(ValueError) as caught:
                desk.buy(-1.0)
            said.append(str(caught.value))

    terms = RunTerms(
        strategy(lambda _: Script(dict.fromkeys(range(20), say))), {}, ("A-USD",), HOUR,
        Setup(policies=Policies(Fees(0.0, 0.001))),
    )  # fmt: skip
    driven = Driven(terms, {"A-USD": walk(20, 1)}, 5).go()
    first = said.copy()
    said.clear()
    driven.restart()
    assert repr(said) == repr(first)
    assert len(driven.engine.fills) == 2
