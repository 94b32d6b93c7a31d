"""Orders, inputs and accounts that make no sense: a sentence each, and nothing has happened."""

from collections.abc import Mapping, Sequence
from math import inf, nan
from typing import Any

import pytest

from tests.trading.engine.desk import BUY, SELL, Desk, X
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.records import Kind, TimeInForce
from trading.errors import BadMarketData, BadOrder, BadQuantity

pytestmark = pytest.mark.kernel

Y = "Y-USD"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"size": 0}, "The size was 0; allowed is above 0 to 1e"),
        ({"size": nan}, "The size was nan"),
        ({"size": 0.25}, "The size was 0.25; allowed are multiples of 0.1"),
        ({"kind": Kind.LIMIT}, "A limit order has the limit 0.0; allowed is above 0"),
        ({"kind": Kind.STOP, "stop": inf}, "A stop order has the stop inf"),
        ({"kind": Kind.STOP_LIMIT, "stop": 5}, "A stop-limit order has the limit 0.0"),
        ({"kind": Kind.TRAILING, "trail": -1}, "A trailing order has the trail -1"),
        ({"limit": 5}, "A market order has no limit, but 5 was given"),
        ({"kind": Kind.STOP, "stop": 5, "trail": 1}, "A stop order has no trail"),
        ({"post_only": True}, "A market order GTC cannot be post-only"),
        (
            {"kind": Kind.LIMIT, "limit": 5, "post_only": True, "tif": TimeInForce.IOC},
            "A limit order IOC cannot be post-only",
        ),
        ({"symbol": "Z"}, "There is no symbol 'Z'; there are X-USD, Y-USD"),
        ({"parent": 9}, "The parent 9 is no order; there are 2"),
        ({"symbol": Y, "parent": 1}, "The parent 1 trades another symbol than Y-USD"),
        ({"parent": 2}, "The parent 2 has ended without filling anything"),
        ({"symbol": Y, "group": 7}, "Group 7 trades another symbol than Y-USD"),
        ({"group": -1}, "The group was -1"),
    ],
)
def test_orders_that_contradict_themselves(given: Mapping[str, Any], words: str) -> None:
    engine = Engine({X: 0.1, Y: 0.0})
    engine.place(Order(symbol=X, side=BUY, size=1, group=7))
    engine.cancel(engine.place(Order(symbol=X, side=BUY, size=1)))
    with pytest.raises(BadOrder, match=words):
        engine.place(Order(**{"symbol": X, "side": BUY, "size": 1, **given}))
    assert len(engine.orders) == 2


def test_orders_cannot_be_placed_in_the_past() -> None:
    desk = Desk()
    desk.price(100)
    desk.price(100)
    with pytest.raises(BadOrder, match="Placed at 5 ns, before the latest input at 1000000000 ns"):
        desk.engine.place(Order(symbol=X, side=BUY, size=1), time_ns=5)


@pytest.mark.parametrize(
    ("stop", "target", "words"),
    [
        (0, 0, "A bracket has a stop, a target or both"),
        (105, 95, "target 95.0 must lie above its stop 105.0: the entry buys"),
        (-1, 0, "A stop order has the stop -1"),
    ],
)
def test_brackets_that_make_no_sense(stop: float, target: float, words: str) -> None:
    engine = Desk().engine
    with pytest.raises(BadOrder, match=words):
        engine.place_bracket(Order(symbol=X, side=BUY, size=1), stop, target)
    assert len(engine.orders) == 0


def test_bracket_may_have_one_leg() -> None:
    desk = Desk()
    numbers = desk.engine.place_bracket(Order(symbol=X, side=SELL, size=1), target=90)
    assert numbers == (1, 0, 2)


def test_group_with_a_bad_order_places_none() -> None:
    engine = Engine([X, Y])
    good = Order(symbol=X, side=BUY, size=1)
    with pytest.raises(BadOrder, match="A market order has no stop"):
        engine.place_group(good, Order(symbol=X, side=BUY, size=1, stop=3))
    with pytest.raises(BadOrder, match="must all trade the same symbol"):
        engine.place_group(good, Order(symbol=Y, side=BUY, size=1))
    assert len(engine.orders) == 0


def test_unknown_number_cannot_be_cancelled() -> None:
    with pytest.raises(BadOrder, match="There is no order 1; there are 0"):
        Desk().engine.cancel(1)


@pytest.mark.parametrize(
    "prices",
    [(100, 99, 98, 99), (100, 101, 99, 98), (100, nan, 99, 100), (0, 0, 0, 0), (nan, 2, 1, 2),
     (1, inf, 1, 1)],
)  # fmt: skip
def test_impossible_candles(prices: tuple[float, float, float, float]) -> None:
    engine = Desk().engine
    with pytest.raises(BadMarketData, match=r"A candle of X-USD had open"):
        engine.candle(X, *prices, 1, 0)
    assert engine.positions[0]["bar"] == -1


def test_impossible_volumes_times_and_trades() -> None:
    engine = Desk().engine
    engine.trade(X, 100, 1, 50)
    with pytest.raises(BadMarketData, match="volume nan"):
        engine.trade(X, 100, nan, 60)
    with pytest.raises(BadMarketData, match="time 40 ns after an input at 50 ns"):
        engine.candle(X, 100, 100, 100, 100, 1, 40)
    with pytest.raises(BadMarketData, match=r"A trade of X-USD had the price -1"):
        engine.trade(X, -1, 1, 60)
    assert engine.positions[0]["bar"] == 0


@pytest.mark.parametrize(
    ("symbols", "capital", "words"),
    [
        ([], 1, r"The symbols were \[\]"),
        ([X, X], 1, "none twice"),
        ({X: -1.0}, 1, "The size step of X-USD was -1.0"),
        ([X], 0, "Start capital was 0"),
        ([X], nan, "Start capital was nan"),
    ],
)
def test_impossible_accounts(
    symbols: Sequence[str] | Mapping[str, float], capital: float, words: str
) -> None:
    with pytest.raises(BadQuantity, match=words):
        Engine(symbols, capital)


def test_books_grow_and_stay_readable_only() -> None:
    desk = Desk()
    for _ in range(300):
        desk.order(BUY, 0.01)
    desk.price(100)
    assert len(desk.engine.fills) == len(desk.engine.orders) == 300
    assert desk.engine.orders["number"].tolist() == list(range(1, 301))
    assert desk.engine.cash == pytest.approx(10_000 - 300)
    with pytest.raises(ValueError, match="read-only"):
        desk.engine.orders[0]["filled"] = 5
