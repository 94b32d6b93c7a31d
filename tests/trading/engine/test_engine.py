"""The engine against a slow one of its own code, and what holds for every day of trading."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.trading.engine.market_days import NAMES, START, Pair, Step, days, policies
from tests.trading.engine.slow_engine import SlowEngine
from trading.engine.engine import Engine
from trading.engine.policies import Policies
from trading.engine.records import Cause, Reason, State

pytestmark = pytest.mark.kernel


def assert_same(engine: Engine, slow: SlowEngine) -> None:
    """Orders, fills and account of both engines are equal."""
    for order, expected in zip(engine.orders, slow.orders, strict=True):
        assert State(order["state"]).name.lower() == expected.state, expected
        assert Reason(order["reason"]).name.lower() == expected.reason, expected
        assert order["filled"] == pytest.approx(expected.filled, rel=1e-9)
    for fill, wanted in zip(engine.fills, slow.fills, strict=True):
        assert (fill["order"], NAMES[fill["symbol"]], fill["side"], fill["time_ns"]) == (
            wanted.order, wanted.symbol, wanted.side, wanted.time_ns,
        )  # fmt: skip
        assert (fill["bar"], bool(fill["maker"])) == (wanted.bar, wanted.maker)
        assert (fill["cause"] == Cause.LIQUIDATION) == wanted.liquidation
        for name in ("price", "reference", "size", "fee", "realised"):
            assert fill[name] == pytest.approx(getattr(wanted, name), rel=1e-9, abs=1e-7), name
    for position, own in zip(engine.positions, slow.positions.values(), strict=True):
        assert position["size"] == pytest.approx(own.size, rel=1e-9, abs=1e-12)
        assert position["realised"] == pytest.approx(own.realised, rel=1e-9, abs=1e-7)
        assert position["fees"] == pytest.approx(own.fees, rel=1e-9, abs=1e-7)
    assert engine.equity == pytest.approx(slow.equity, rel=1e-9, abs=1e-6)


@given(policies(), days())
@settings(deadline=None, max_examples=150)
def test_equals_the_slow_engine(chosen: Policies, day: list[Step]) -> None:
    pair = Pair(chosen)
    for step in day:
        pair.take(step)
        assert_same(pair.engine, pair.slow)


def assert_books_balance(engine: Engine) -> None:
    """Start + realised + unrealised - fees is the equity, and cash and costs are what is left."""
    positions = engine.positions
    unrealised = (positions["size"] * positions["mark"] - positions["cost"]).sum()
    realised, fees = positions["realised"].sum(), positions["fees"].sum()
    assert START + realised + unrealised - fees == pytest.approx(engine.equity, abs=1e-6)
    assert engine.cash + positions["cost"].sum() == pytest.approx(START + realised - fees, abs=1e-6)
    assert realised == pytest.approx(engine.fills["realised"].sum(), abs=1e-6)
    assert fees == pytest.approx(engine.fills["fee"].sum(), abs=1e-6)


@given(policies(), days())
@settings(deadline=None, max_examples=80)
def test_what_holds_for_every_day(chosen: Policies, day: list[Step]) -> None:
    pair = Pair(chosen)
    engine, seen = pair.engine, 0
    marks = dict.fromkeys(NAMES, 0.0)
    for step in day:
        pair.take(step)
        assert_books_balance(engine)
        low, high = min(step.prices), max(step.prices)
        if step.is_trade:
            low = high = step.prices[0]
        for fill in engine.fills[seen:]:
            name = NAMES[fill["symbol"]]
            if name == step.symbol:
                assert low <= fill["reference"] <= high
            else:
                assert fill["cause"] == Cause.LIQUIDATION
                assert fill["reference"] == marks[name]
            if fill["order"]:
                assert fill["time_ns"] >= engine.orders[fill["order"] - 1]["active_ns"]
        seen = len(engine.fills)
        marks[step.symbol] = float(engine.positions[NAMES.index(step.symbol)]["mark"])
    orders = engine.orders
    assert (orders["filled"] <= orders["size"]).all()
    assert (engine.fills["size"] > 0).all()
    assert (engine.fills["number"] == np.arange(1, seen + 1)).all()


@given(policies(), days())
@settings(deadline=None, max_examples=30)
def test_same_input_same_output(chosen: Policies, day: list[Step]) -> None:
    first, second = Pair(chosen), Pair(chosen)
    for step in day:
        first.take(step)
    for step in day:
        second.take(step)
    assert first.engine.fills.tobytes() == second.engine.fills.tobytes()
    assert first.engine.orders.tobytes() == second.engine.orders.tobytes()
