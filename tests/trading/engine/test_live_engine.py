"""Live matching against a slow engine of its own code, and what holds for every day of it."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.trading.engine.live_days import LiveDay, LivePair, live_days, live_policies
from tests.trading.engine.test_engine import assert_books_balance, assert_same
from trading.engine.policies import Policies

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
    pair = LivePair(chosen)
    for moment in day.moments():
        pair.take(moment)
        assert_books_balance(pair.engine)
    orders, fills = pair.engine.orders, pair.engine.fills
    assert (orders["filled"] <= orders["size"]).all()
    assert (fills["size"] > 0).all()
    assert (np.diff(fills["time_ns"]) >= 0).all()
    ours = fills[fills["order"] > 0]
    of = orders[ours["order"] - 1]
    assert (ours["time_ns"] >= of["active_ns"]).all()
    assert ((ours["price"] - of["limit"]) * ours["side"] <= 0)[of["limit"] > 0].all()
