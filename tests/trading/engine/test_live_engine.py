"""Live matching against a slow engine of its own code, and what holds for every day of it."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.trading.engine.live_days import (
    LiveDay,
    LivePair,
    give,
    live_days,
    live_policies,
    rows,
)
from tests.trading.engine.market_days import NAMES, START, STEPS
from tests.trading.engine.test_engine import assert_books_balance, assert_same
from trading.engine.engine import Engine
from trading.engine.policies import Policies
from trading.engine.records import Cause
from trading.engine.snapshot import EngineState

pytestmark = pytest.mark.kernel


@given(live_policies(), live_days())
@settings(deadline=None, max_examples=200)
def test_equals_the_slow_engine(chosen: Policies, day: LiveDay) -> None:
    pair = LivePair(chosen)
    for moment in day.moments():
        pair.take(moment)
        assert_same(pair.engine, pair.slow.account)
        for order in pair.slow.orders:
            if order.state == "working" and order.limited and not order.pending_stop:
                ahead = pair.engine.queue_ahead(order.number)
                assert ahead == pytest.approx(order.ahead, rel=1e-9, abs=1e-9)


@given(live_policies(), live_days())
@settings(deadline=None, max_examples=80)
def test_what_holds_for_every_day(chosen: Policies, day: LiveDay) -> None:
    pair, seen = LivePair(chosen), 0
    for moment in day.moments():
        pair.take(moment)
        assert_books_balance(pair.engine)
        fills, orders = pair.engine.fills[seen:], pair.engine.orders
        ours = fills[fills["order"] > 0]
        of = orders[ours["order"] - 1]
        assert (ours["time_ns"] >= of["active_ns"]).all()
        assert ((ours["price"] - of["limit"]) * ours["side"] <= 0)[of["limit"] > 0].all()
        seen = len(pair.engine.fills)
    assert (orders["filled"] <= orders["size"]).all()
    assert (pair.engine.fills["size"] > 0).all()
    assert (np.diff(pair.engine.fills["time_ns"]) >= 0).all()


@given(live_policies(), live_days())
@settings(deadline=None, max_examples=60)
def test_sizes_are_clean_decimals(chosen: Policies, day: LiveDay) -> None:
    """Sums of fills in decimals are the positions, to the last digit."""
    pair = LivePair(chosen)
    for moment in day.moments():
        pair.take(moment)
    for index, position in enumerate(pair.engine.positions):
        fills = pair.engine.fills[pair.engine.fills["symbol"] == index]
        sizes = (Decimal(repr(float(fill["size"]))) * int(fill["side"]) for fill in fills)
        assert sum(sizes, Decimal()) == Decimal(repr(float(position["size"])))


@given(live_policies(), live_days(), st.integers(1, 79))
@settings(deadline=None, max_examples=60)
def test_an_engine_that_was_restored_goes_on_alike(
    chosen: Policies, day: LiveDay, after: int
) -> None:
    """Books are never taken away afterwards: below them only one of both knows a quote."""
    pair, moments = LivePair(chosen), day.moments()
    for moment in moments[:after]:
        pair.take(moment)
    first, now = pair.engine, pair.now
    first.pass_time(now)
    state, seen = first.state(), len(first.fills)
    second = Engine(STEPS, START, chosen)
    numbers = second.restore(state)
    assert _by_number(second.state()) == _by_number(state)
    for name, position in zip(NAMES, first.positions, strict=True):
        for engine in (first, second):
            _show(engine, name, float(position["mark"]) or 100.0, now)
    assume(not (first.fills[seen:]["cause"] == Cause.LIQUIDATION).any())
    for moment in (each for each in moments[after:] if each.kind != "no_book"):
        now += moment.later_ns
        give(first, moment, now)
        give(second, moment, now)
    assert first.cash == second.cash
    assert _by_number(first.state()) == _by_number(second.state())
    same = ["time_ns", "price", "reference", "size", "fee", "realised", "symbol", "side", "maker"]
    assert (first.fills[seen:][same] == second.fills[same]).all()
    ours = [numbers.get(int(number), 0) for number in first.fills[seen:]["order"]]
    assert ours == second.fills["order"].tolist()


def _show(engine: Engine, symbol: str, price: float, now: int) -> None:
    """A book around ``price``, and a trade of nothing there."""
    engine.book(symbol, rows([(price - 0.25, 90.0)]), rows([(price + 0.25, 90.0)]), now)
    engine.trade(symbol, price, 0.0, now)


def _by_number(state: EngineState) -> tuple[object, ...]:
    """What two engines can agree on that count orders differently."""
    places = {kept.key: place for place, kept in enumerate(state.orders)}
    groups: dict[int, int] = {0: 0}
    orders = []
    for place, kept in enumerate(state.orders):
        group = groups.setdefault(kept.order.group, place + 1)
        parent = places[kept.order.parent] if kept.order.parent else -1
        orders.append(
            replace(kept, key=place, order=replace(kept.order, parent=parent, group=group))
        )
    return (state.cash, state.start, state.time_ns, state.positions, *orders)
