"""The account goes no further than the strategy looks, and yet nothing comes out otherwise."""

from collections.abc import Mapping
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.columns import CandleWindow
from tests.trading.backtest.traders import strategy
from tests.trading.series import random_walks
from trading.backtest.event_run import run_events
from trading.backtest.setup import Setup
from trading.desk import Desk
from trading.engine.engine import Engine
from trading.engine.policies import Fees, Latency, Margin, Participation, Policies, Slippage
from trading.engine.records import Cause, Path
from trading.hand import EngineHand
from trading.series import Track

pytestmark = pytest.mark.kernel


class Gambler:
    """Does something at random at some closes, and looks at its account at others."""

    def __init__(self, seed: int, busy: float) -> None:
        self.random = Random(seed)
        self.busy = busy
        self.seen: list[object] = []

    def init(self, desk: Desk) -> None:
        if self.random.random() < 0.5:
            desk.buy(1)

    def next(self, desk: Desk) -> None:
        random, symbol = self.random, self.random.choice(desk.symbols)
        if random.random() > self.busy:
            return
        price = desk.candles(symbol).close[-1]
        near = price * random.uniform(0.8, 1.2)
        size = random.choice([1.0, 5.0, 60.0])
        order = desk.buy if random.random() < 0.6 else desk.sell
        match random.randrange(12):
            case 8 | 9 | 10 | 11:
                self.look(desk)
            case 0:
                order(size, symbol)
            case 1:
                order(size, symbol, limit=near)
            case 2:
                order(size, symbol, stop=near)
            case 3:
                order(size, symbol, trail=price * 0.07)
            case 4:
                desk.buy(size, symbol, stop_loss=price * 0.9, take_profit=price * 1.1)
            case 5:
                desk.target(random.uniform(-0.9, 0.9), symbol)
            case 6:
                desk.close(symbol)
            case 7:
                desk.cancel_all(random.choice([None, symbol]))

    def look(self, desk: Desk) -> None:
        match self.random.randrange(4):
            case 0:
                self.seen.append([desk.position(name) for name in desk.symbols])
            case 1:
                self.seen.append((desk.equity, desk.cash))
            case 2:
                self.seen.append(len(desk.fills))
            case _:
                self.seen.append([(order.number, order.filled) for order in desk.orders])


class Punctual:
    """A clerk whose engine is driven by others, candle by candle."""

    now = -1

    def settle(self) -> None: ...

    def catch_up(self) -> None: ...


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    leverage = draw(st.sampled_from([1.0, 4.0]))
    return Setup(
        10_000.0,
        Policies(
            Fees(0.0003, 0.0007), Slippage(draw(st.sampled_from([0.0, 0.0011]))),
            Latency(draw(st.sampled_from([0, 90 * 10**9]))),
            Participation(draw(st.sampled_from([0.0, 0.7]))),
            Margin(leverage, draw(st.sampled_from([0.0, 0.11]))), draw(st.sampled_from(Path)),
        ),
    )  # fmt: skip


def driven(candles: CandleWindow, trader: Gambler, setup: Setup) -> tuple[Engine, list[float]]:
    """The engine after every candle was passed to it as it came, as a live driver does it."""
    engine, clerk = Engine(["A"], setup.capital, setup.policies), Punctual()
    track = Track(first(candles, 0))
    step = int(np.diff(candles.time_ns).min())
    desk = Desk(EngineHand(engine), {"A": track}, step, clerk)
    trader.init(desk)
    equity = []
    for at in range(len(candles)):
        engine.candle(
            "A", candles.open[at], candles.high[at], candles.low[at], candles.close[at],
            candles.volume[at], int(candles.time_ns[at]),
        )  # fmt: skip
        track.window, track.count, clerk.now = first(candles, at + 1), at + 1, at
        trader.next(desk)
        equity.append(engine.equity)
    return engine, equity


def first(candles: CandleWindow, count: int) -> CandleWindow:
    return CandleWindow.from_arrays(
        candles.time_ns[:count], candles.open[:count], candles.high[:count], candles.low[:count],
        candles.close[:count], candles.volume[:count],
    )  # fmt: skip


def split(candles: CandleWindow, keep: Mapping[str, int]) -> dict[str, CandleWindow]:
    """Two symbols of one walk, of which the second lacks every third candle."""
    rows = np.flatnonzero(np.arange(len(candles)) % 3 != keep["lacks"])
    other = CandleWindow.from_arrays(
        candles.time_ns[rows], candles.high[rows], candles.high[rows], candles.low[rows],
        candles.low[rows], candles.volume[rows],
    )  # fmt: skip
    return {"A": candles, "B": other}


seeds = st.integers(0, 2**32 - 1)
busyness = st.sampled_from([0.1, 0.5, 1.0])


@given(random_walks(8, 60), seeds, busyness, setups())
def test_a_backtest_is_what_a_live_driver_does(
    candles: CandleWindow, seed: int, busy: float, setup: Setup
) -> None:
    swept, punctual = Gambler(seed, busy), Gambler(seed, busy)
    run = run_events({"A": candles}, strategy(lambda _: swept), {}, setup)
    engine, equity = driven(candles, punctual, setup)
    assert run.fills.tolist() == engine.fills.tolist()
    assert run.orders.tolist() == engine.orders.tolist()
    assert run.equity.tolist() == equity
    assert swept.seen == punctual.seen


@given(random_walks(8, 60), seeds, busyness, setups(), st.floats(0.2, 0.9), st.integers(0, 2))
def test_what_came_before_depends_on_nothing_that_comes_later(
    candles: CandleWindow, seed: int, busy: float, setup: Setup, share: float, lacks: int
) -> None:
    count = max(5, int(share * len(candles)))
    whole, early = (
        run_events(
            split(part, {"lacks": lacks}), strategy(lambda _: Gambler(seed, busy), 2), {}, setup
        )
        for part in (candles, first(candles, count))
    )
    known = len(early.time_ns)
    assert early.equity.tolist() == whole.equity[:known].tolist()
    assert early.sizes.tolist() == whole.sizes[:known].tolist()
    assert early.fills.tolist() == whole.fills[: len(early.fills)].tolist()
    assert (whole.fills["time_ns"][len(early.fills) :] > early.time_ns[-1]).all()


@given(random_walks(8, 60), seeds, setups(), st.integers(0, 2))
def test_cash_and_positions_are_the_equity_at_every_close(
    candles: CandleWindow, seed: int, setup: Setup, lacks: int
) -> None:
    market = split(candles, {"lacks": lacks})
    run = run_events(market, strategy(lambda _: Gambler(seed, 1.0), 2), {}, setup)
    fills, cash, sizes, taken = run.fills, setup.capital, np.zeros(2), 0
    for at, moment in enumerate(run.time_ns):
        while taken < len(fills) and fills["time_ns"][taken] <= moment:
            fill = fills[taken]
            window = market[run.symbols[fill["symbol"]]]
            on_time = window.time_ns[fill["bar"]] == fill["time_ns"]
            assert on_time or fill["cause"] == Cause.LIQUIDATION
            assert window.low[fill["bar"]] <= fill["reference"] <= window.high[fill["bar"]]
            change = fill["side"] * fill["size"]
            cash -= change * fill["price"] + fill["fee"]
            sizes[fill["symbol"]] += change
            taken += 1
        assert run.sizes[at] == pytest.approx(sizes, abs=1e-6)
        assert run.equity[at] == pytest.approx(cash + run.sizes[at] @ run.marks[at], abs=1e-6)
    assert taken == len(fills)
