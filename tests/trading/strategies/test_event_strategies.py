"""The shipped strategies of the event form: by hand, and what all of them keep to."""

import re
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import MINUTE
from tests.conftest import ROOT
from tests.trading.backtest.traders import flat, free, trades, window
from tests.trading.series import candles, random_walks
from trading.backtest.event_run import EventRun, run_events
from trading.backtest.setup import Setup
from trading.event_strategy import EventStrategy
from trading.strategies.dca import STRATEGY as DCA
from trading.strategies.grid import STRATEGY as GRID
from trading.strategies.pairs import STRATEGY as PAIRS
from trading.strategy import checked

pytestmark = pytest.mark.kernel

SMALL: list[tuple[EventStrategy, dict[str, float]]] = [
    (PAIRS, {"period": 4, "enter": 1.0, "leave": 0.2}),
    (GRID, {"levels": 3, "spacing": 2.0}),
    (DCA, {"every": 3, "amount": 900.0, "take_profit": 2.0}),
]
each_small = pytest.mark.parametrize(("strategy", "values"), SMALL, ids=lambda case: getattr(
    case, "key", ""))  # fmt: skip


def run(
    strategy: EventStrategy, values: Mapping[str, object], *markets: CandleWindow,
    setup: Setup | None = None,
) -> EventRun:  # fmt: skip
    return run_events(dict(zip("AB", markets, strict=False)), strategy, values, setup or free())


def test_pairs_sells_the_dear_one_and_buys_the_other_until_they_meet() -> None:
    dear = window(
        (100,) * 4, (100,) * 4, (100, 110, 100, 110), (110, 110, 100, 100), (100,) * 4
    )  # fmt: skip
    other = flat(100, 100, 100, 100, 100)
    found = run(PAIRS, {"period": 3, "enter": 1.2, "leave": 0.0}, dear, other)
    # z = 1.41 when candle 2 closes at 110 after twice 100, -0.71 when candle 3 is back at 100
    assert trades(found) == [
        (3, "A", pytest.approx(-4_500 / 110), 110), (3, "B", 45, 100),
        (4, "A", pytest.approx(4_500 / 110), 100), (4, "B", -45, 100),
    ]  # fmt: skip
    assert found.equity[-1] == pytest.approx(10_000 + 4_500 / 11)


def test_pairs_buys_the_cheap_one() -> None:
    found = run(PAIRS, {"period": 3, "enter": 1.2}, flat(100, 100, 90, 90), flat(1, 1, 1, 1))
    assert found.sizes[-1] == pytest.approx([50, -4_500])


def test_pairs_that_stand_still_are_left_alone() -> None:
    values = {"period": 3, "enter": 0.1, "leave": 0.0}
    assert len(run(PAIRS, values, flat(*[3.0] * 9), flat(*[7.0] * 9)).fills) == 0


def test_pairs_takes_no_ratio_of_prices_of_different_times() -> None:
    times, ones = np.array([0, 1, 3, 4]) * MINUTE, np.ones(4)
    other = CandleWindow.from_arrays(times, ones, ones, ones, ones, ones)
    found = run(PAIRS, {"period": 3, "enter": 1.2}, flat(100, 100, 500, 100, 100), other)
    assert len(found.fills) == 0


def test_pairs_closes_a_leg_whose_other_was_refused() -> None:
    # Two halves of the equity, and nothing left for the costs of the second one.
    values = {"period": 3, "enter": 1.2, "leave": 0.0, "share": 50.0}
    found = run(PAIRS, values, flat(100, 100, 110, 110, 110), flat(*[100.0] * 5), setup=Setup())
    assert [(bar, name, size > 0) for bar, name, size, _ in trades(found)] == [
        (3, "A", False), (4, "A", True),
    ]  # fmt: skip
    assert found.sizes[-1].tolist() == [0, 0]


def test_a_grid_buys_below_and_sells_one_step_above() -> None:
    market = window(
        (100,) * 4, (100, 100, 70, 75), (75, 105, 75, 90), (90, 90, 60, 90), (90,) * 4
    )  # fmt: skip
    found = run(GRID, {"levels": 2, "spacing": 25.0}, market)
    # Rungs at 80 and 64 with half of the equity each; the first is sold at 100 and bought anew.
    assert trades(found) == [
        (1, "A", 62.5, 80), (2, "A", -62.5, 100), (3, "A", 70.3125, 80), (3, "A", 78.125, 64),
        (3, "A", -78.125, 80),
    ]  # fmt: skip


def test_a_grid_follows_a_market_that_rises_away() -> None:
    market = window((100,) * 4, (100, 130, 100, 130), (130, 130, 103, 130), (130,) * 4)
    found = run(GRID, {"levels": 1, "spacing": 25.0}, market)
    assert trades(found) == [(2, "A", pytest.approx(10_000 / 104), 104), (2, "A", pytest.approx(
        -10_000 / 104), 130)]  # fmt: skip


def test_dca_buys_again_and_again_until_the_average_pays() -> None:
    market = flat(100, 100, 50, 50, 50, 90, 90, 90, 90)
    found = run(DCA, {"every": 2, "amount": 1_000.0, "take_profit": 10.0}, market)
    # Average (1000 + 1000 + 1800) / 50 = 76 when 90 closes; it begins again at candle 6.
    assert trades(found) == [
        (1, "A", 10, 100), (3, "A", 20, 50), (5, "A", 20, 90), (6, "A", -50, 90),
        (7, "A", pytest.approx(1_000 / 90), 90),
    ]  # fmt: skip


def test_dca_stops_when_there_is_no_cash() -> None:
    found = run(DCA, {"every": 1, "amount": 4_000.0}, flat(*[100.0] * 6))
    assert trades(found) == [(1, "A", 40, 100), (2, "A", 40, 100)]
    assert found.warnings == ()


@each_small
@given(market=random_walks(20, 60), cut=st.floats(0.2, 0.9))
def test_decisions_depend_on_no_later_candle(
    strategy: EventStrategy, values: dict[str, float], market: CandleWindow, cut: float
) -> None:
    markets = (market, flat(*market.open[::-1]))[: strategy.symbols]
    count = max(2, int(cut * len(market)))
    whole = run(strategy, values, *markets)
    early = run(strategy, values, *(_first(window, count) for window in markets))
    assert early.equity.tolist() == whole.equity[:count].tolist()
    assert early.fills.tolist() == whole.fills[: len(early.fills)].tolist()
    placed = whole.orders["placed_ns"] <= market.time_ns[count - 1] + MINUTE
    assert early.orders["placed_ns"].tolist() == whole.orders["placed_ns"][placed].tolist()


@each_small
@given(market=random_walks(20, 60))
def test_runs_repeat_and_account_for_everything(
    strategy: EventStrategy, values: dict[str, float], market: CandleWindow
) -> None:
    markets, setup = (market, flat(*market.open[::-1]))[: strategy.symbols], Setup()
    found = run(strategy, values, *markets, setup=setup)
    assert found.fills.tobytes() == run(strategy, values, *markets, setup=setup).fills.tobytes()
    fills = found.fills
    paid = fills["side"] * fills["size"] * fills["price"] + fills["fee"]
    worth = found.sizes[-1] @ found.marks[-1]
    assert found.equity[-1] == pytest.approx(10_000 - paid.sum() + worth)


@each_small
@pytest.mark.parametrize("bound", ["least", "most"])
def test_every_bound_of_a_parameter_runs(
    strategy: EventStrategy, values: dict[str, float], bound: str
) -> None:
    markets = (flat(*range(50, 90)), flat(*range(90, 50, -1)))[: strategy.symbols]
    for parameter in strategy.parameters:
        changed = {**values, parameter.name: getattr(parameter, bound)}
        if parameter.name == "enter" and bound == "least":
            changed["leave"] = -1.0
        if parameter.name == "leave" and bound == "most":
            changed["enter"] = 6.0
        assert checked(strategy, changed)
        assert np.isfinite(run(strategy, changed, *markets).equity).all()


def test_the_event_strategy_of_the_page_trades() -> None:
    text = (ROOT / "docs" / "strategies.md").read_text()
    (block,) = [part for part in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
                if "EventStrategy(" in part]  # fmt: skip
    names: dict[str, EventStrategy] = {}
    exec(block, names)
    random = np.random.default_rng(3)
    closes = 100 * np.exp(np.cumsum(random.normal(0.0005, 0.01, 1_000)))
    found = run(names["STRATEGY"], {}, candles(closes.tolist()), setup=Setup())
    assert len(found.fills) > 20
    assert list(found.curves) == ["Average"]
    assert found.sizes.min() == 0


def _first(window: CandleWindow, count: int) -> CandleWindow:
    return CandleWindow.from_arrays(
        window.time_ns[:count], window.open[:count], window.high[:count], window.low[:count],
        window.close[:count], window.volume[:count],
    )  # fmt: skip
