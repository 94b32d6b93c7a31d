"""Live matching against a slow engine of its own code, and what holds for every day of it."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.trading.engine.live_days import (
    LiveDay,
    LivePair,
    give,
    live_days,
    live_policies,
)
from tests.trading.engine.market_days import START, STEPS
from tests.trading.engine.test_engine import assert_books_balance, assert_same
from trading.engine.engine import Engine
from trading.engine.policies import Policies
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
    """Taken out after some moments, and put into an engine that knows the same of the market."""
    pair, moments = LivePair(chosen), day.moments()
    for moment in moments[:after]:
        pair.take(moment)
    first, now = pair.engine, pair.now
    state, seen = first.state(), len(first.fills)
    second = Engine(STEPS, START, chosen)
    numbers = second.restore(state)
    assert _by_number(second.state()) == _by_number(state)
    for known, other in zip(first.venue, second.venue, strict=True):
        other[...] = known
    for moment in moments[after:]:
        now += moment.later_ns
        give(first, moment, now)
        give(second, moment, now)
    assert first.cash == second.cash
    assert _by_number(first.state()) == _by_number(second.state())
    same = ["time_ns", "price", "reference", "size", "fee", "realised", "symbol", "side", "maker"]
    assert (first.fills[seen:][same] == second.fills[same]).all()
    ours = [numbers.get(int(number), 0) for number in first.fills[seen:]["order"]]
    assert ours == second.fills["order"].tolist()


def _by_number(state: EngineState) -> tuple[object, ...]:
    """What two engines can agree on that count orders differently."""
    places = {kept.key: place for place, kept in enumerate(state.orders)}
    groups: dict[int, int] = {0: 0}
    orders = []
    for place, kept in enumerate(state.orders):
        group = groups.setdefault(kept.order.group, place + 1)
        parent = places[kept.order.parent] if kept.order.parent else -1
        orders.append(
            replace(kept, key=place, order=structs.replace(kept.order, parent=parent, group=group))
        )
    return (state.cash, state.start, state.time_ns, state.positions, *orders)
