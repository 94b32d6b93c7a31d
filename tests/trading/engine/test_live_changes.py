"""Changing orders in the market, what may not be changed, and inputs that make no sense."""

from collections.abc import Callable
from math import inf, nan

import numpy as np
import pytest

from tests.trading.engine.desk import Desk
from tests.trading.engine.live_desk import BUY, SELL, LiveDesk, X, live
from tests.trading.engine.test_live_scenarios import ASKS, BIDS, market
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import Matching, Participation, Policies
from trading.engine.records import Kind, Reason, Sizing, State
from trading.engine.snapshot import EngineState, HeldPosition, LiveOrder
from trading.errors import BadMarketData, BadOrder, BadPolicy

pytestmark = pytest.mark.kernel


def test_another_price_loses_the_place_a_smaller_size_keeps_it() -> None:
    desk = market()
    number = desk.order(BUY, 2, Kind.LIMIT, limit=99)
    desk.trade(99, 1.25, SELL)
    assert desk.ahead(number) == 1.75
    desk.change(number, size=1.5)
    assert desk.ahead(number) == 1.75
    desk.change(number, size=1.75)
    assert desk.ahead(number) == 3
    desk.trade(99, 1, SELL)
    desk.change(number, limit=98)
    desk.change(number, limit=99)
    assert desk.ahead(number) == 3


def test_moved_limit_takes_what_it_reaches() -> None:
    desk = market()
    number = desk.order(BUY, 3, Kind.LIMIT, limit=99)
    desk.change(number, limit=101)
    assert desk.filled == [(1, 2, 101, False)]
    assert desk.ahead(number) == 0


def test_change_travels_as_long_as_an_order() -> None:
    desk = market(live(latency_ns=10))
    number = desk.order(BUY, 2, Kind.LIMIT, limit=100)
    desk.engine.pass_time(desk.now + 10)
    desk.now += 10
    desk.change(number, limit=99)
    assert desk.state(number)[0] is State.WAITING
    desk.trade(99.5, 9, SELL)
    desk.engine.pass_time(desk.now + 10)
    assert (desk.state(number)[0], desk.filled) == (State.WORKING, [])


def test_stop_and_trail_move_until_they_are_reached() -> None:
    desk = market()
    stop = desk.order(BUY, 1, Kind.STOP_LIMIT, stop=105, limit=106)
    trailing = desk.order(SELL, 1, Kind.TRAILING, trail=2)
    desk.change(stop, stop=104)
    desk.change(trailing, trail=3)
    assert desk.engine.orders["stop"].tolist() == [104, 97.5]
    desk.change(trailing, size=2)
    assert desk.engine.orders["stop"].tolist() == [104, 97.5]
    desk.book(BIDS, [(110.0, 5.0)])
    desk.trade(104)
    with pytest.raises(BadOrder, match="The stop of order 1 was reached"):
        desk.change(stop, stop=103)
    desk.change(stop, limit=110)
    assert desk.filled == [(1, 1, 110, False)]


def test_children_take_the_size_of_their_entry() -> None:
    desk = market()
    entry = Order(symbol=X, side=BUY, size=1, kind=Kind.LIMIT, limit=99)
    desk.engine.place_bracket(entry, stop=95, target=105)
    desk.change(1, size=4)
    assert desk.engine.orders["size"].tolist() == [4, 4, 4]
    desk.trade(98)
    with pytest.raises(BadOrder, match="order 2 closes what its entry filled: allowed is up to 4"):
        desk.change(2, size=5)


@pytest.mark.parametrize("matching", Matching)
def test_change_works_in_both_kinds_of_matching(matching: Matching) -> None:
    engine = Engine([X], policies=Policies(matching=matching))
    engine.trade(X, 100, 1, 1)
    number = engine.place(Order(symbol=X, side=BUY, size=1, kind=Kind.LIMIT, limit=90))
    engine.change(number, limit=80)
    engine.trade(X, 85, 1, 2)
    assert len(engine.fills) == 0
    engine.trade(X, 79, 1, 3)
    assert engine.positions[0]["size"] == 1


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({}, "Nothing was given that should change on order 1"),
        ({"limit": 0.0}, "A limit order has the limit 0.0; allowed is above 0"),
        ({"stop": 5.0}, "A limit order has no stop, but 5.0 was given"),
        ({"trail": 5.0}, "A limit order has no trail"),
        ({"size": 0.25}, r"The size was 0.25; of order 1 0.5 is done: allowed is more"),
        ({"size": -1.0}, r"The size was -1.0; allowed is above 0"),
        ({"size": 1 + 1e-10}, "allowed are multiples of 1e-08"),
        ({"limit": nan}, "has the limit nan"),
    ],
)
def test_changes_that_make_no_sense(terms: dict[str, float], words: str) -> None:
    desk = market()
    number = desk.order(BUY, 2, Kind.LIMIT, limit=99)
    desk.trade(99, 3.5, SELL)
    before = desk.engine.orders.tobytes()
    with pytest.raises(BadOrder, match=words):
        desk.change(number, **terms)
    assert desk.engine.orders.tobytes() == before


def test_what_has_ended_or_never_was_cannot_be_changed() -> None:
    desk = market()
    desk.order(BUY, 1)
    with pytest.raises(BadOrder, match="Order 1 has ended"):
        desk.engine.change(1, size=2)
    with pytest.raises(BadOrder, match="There is no order 2; there are 1"):
        desk.engine.change(2, size=2)
    with pytest.raises(BadOrder, match="There is no order 0"):
        desk.engine.queue_ahead(0)
    desk.order(BUY, 0, Kind.MARKET, share=0.5, sizing=Sizing.SHARE)
    with pytest.raises(BadOrder, match="Placed at 0 ns, before the latest input"):
        desk.engine.place(Order(symbol=X, side=BUY, size=1), 0)


NONE = np.zeros((2, 0))


@pytest.mark.parametrize(
    ("give", "words"),
    [
        (lambda e: e.quote(X, nan, 1, 2, 1, 9), "A quote of X-USD had bid nan, ask 2"),
        (lambda e: e.quote(X, 1, -1, 2, 1, 9), "had the sizes -1 and 1; allowed is 0"),
        (lambda e: e.quote(X, 1, 1, 2, inf, 9), "had the sizes 1 and inf"),
        (
            lambda e: e.quote(X, 1, 1, 2, 1, 4),
            "An input came with the time 4 ns after an input at 5 ns",
        ),
        (lambda e: e.book(X, np.zeros((3, 2)), NONE, 9), r"the shapes \(3, 2\) and \(2, 0\)"),
        (lambda e: e.book(X, np.array([[1, 2], [1, 1.0]]), NONE, 9), "best first"),
        (lambda e: e.book(X, NONE, np.array([[2, 1], [1, 1.0]]), 9), "best first"),
        (lambda e: e.book(X, NONE, np.array([[2, 2], [1, 1.0]]), 9), "best first"),
        (lambda e: e.book(X, NONE, np.array([[1.0], [nan]]), 9), "sizes that are not 0 or above"),
        (lambda e: e.trade(X, -1, 1, 9), "A trade of X-USD had the price -1"),
        (lambda e: e.trade(X, 1, nan, 9), "volume nan"),
        (lambda e: e.pass_time(4), "An input came with the time 4 ns"),
        (lambda e: e.candle(X, 1, 1, 1, 1, 1, 9), "A candle of X-USD came to an engine"),
    ],
)
def test_inputs_that_make_no_sense(give: Callable[[Engine], object], words: str) -> None:
    desk = LiveDesk()
    desk.now = 4
    desk.trade(100)
    before = desk.engine.state()
    with pytest.raises(BadMarketData, match=words):
        give(desk.engine)
    assert desk.engine.state() == before


def test_candles_and_live_prices_do_not_mix() -> None:
    engine = Desk().engine
    with pytest.raises(BadMarketData, match="An engine of candles takes candles and trades"):
        engine.quote(X, 1, 1, 2, 1, 0)
    with pytest.raises(BadPolicy, match=r"Participation was 0.5; live matching allows none"):
        Policies(participation=Participation(0.5), matching=Matching.LIVE)


def _kept(key: int, parent: int = 0, group: int = 0, symbol: str = X) -> LiveOrder:
    order = Order(
        symbol=symbol, side=SELL, size=2, kind=Kind.LIMIT, limit=110, reduce_only=True,
        parent=parent, group=group,
    )  # fmt: skip
    return LiveOrder(key, order, 5, 6, working=not parent)


def test_state_is_written_by_hand() -> None:
    """As from a journal: orders by ids of their own, their places in the queue not known."""
    desk = market()
    desk.order(BUY, 5)
    desk.now = 6
    held = HeldPosition(size=3, cost=300, realised=-5, fees=1)
    state = EngineState(0.0, 10_000, 7, {X: held}, (_kept(41, 0, 33), _kept(57, 0, 33)))
    assert desk.engine.restore(state) == {41: 1, 57: 2}
    desk.now = 7
    desk.book(BIDS, ASKS)
    desk.trade(111)
    assert desk.filled == [(1, -2, 110, True)]
    assert desk.state(2) == (State.CANCELLED, Reason.PARTNER)
    assert desk.engine.cash == 220
    assert desk.size == 1
    assert desk.engine.positions[0]["realised"] == pytest.approx(15)


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ((_kept(5, 6), _kept(6)), "Order 5 has the parent 6; no order before it has"),
        ((_kept(5, 9),), "Order 5 has the parent 9"),
        ((_kept(5, symbol="Q"),), "There is no symbol 'Q'; there are X-USD"),
    ],
)
def test_states_that_make_no_sense(orders: tuple[LiveOrder, ...], words: str) -> None:
    desk = market()
    before = desk.engine.state()
    with pytest.raises(BadOrder, match=words):
        desk.engine.restore(EngineState(1.0, 1.0, 9, {}, orders))
    assert desk.engine.state() == before
