"""Every kind of order and every edge, computed by hand."""

import pytest

from tests.trading.engine.desk import BUY, SELL, Desk, X, free
from trading.engine.engine import Engine
from trading.engine.orders import Order
from trading.engine.policies import Fees, Latency, Policies, Slippage
from trading.engine.records import Kind, Path, Reason, State, TimeInForce

pytestmark = pytest.mark.kernel

FILLED = (State.FILLED, Reason.NONE)
WORKING = (State.WORKING, Reason.NONE)
WAITING = (State.WAITING, Reason.NONE)


def test_market_order_fills_at_the_next_open_with_slippage_and_taker_fee() -> None:
    desk = Desk(Policies(Fees(0.0, 0.01), Slippage(0.02)))
    desk.candle(99, 101, 98, 100)
    number = desk.order(BUY, 2)
    assert desk.state(number) == WAITING
    desk.candle(110, 130, 90, 120)
    fill = desk.engine.fills[0]
    assert desk.state(number) == FILLED
    assert (fill["reference"], fill["bar"], fill["time_ns"]) == (110, 1, 10**9)
    assert fill["price"] == pytest.approx(112.2)
    assert fill["fee"] == pytest.approx(2.244)
    assert not fill["maker"]
    assert desk.engine.cash == pytest.approx(10_000 - 224.4 - 2.244)
    assert desk.engine.equity == pytest.approx(10_000 - 224.4 - 2.244 + 240)


def test_resting_limit_fills_at_its_limit_as_maker() -> None:
    desk = Desk(Policies(Fees(0.001, 0.01), Slippage(0.02)))
    number = desk.order(BUY, 1, Kind.LIMIT, limit=95)
    desk.candle(100, 102, 96, 101)
    assert desk.state(number) == WORKING
    desk.candle(101, 103, 95, 97)
    fill = desk.engine.fills[0]
    assert (fill["price"], fill["maker"], fill["fee"]) == (95, 1, pytest.approx(0.095))


def test_open_beyond_a_resting_limit_improves_its_price() -> None:
    desk = Desk()
    desk.order(SELL, 1, Kind.LIMIT, limit=105)
    desk.price(100)
    desk.price(108)
    assert desk.filled == [(1, -1, 108)]
    assert desk.engine.fills[0]["maker"]


def test_limit_that_takes_pays_slippage_but_never_more_than_its_limit() -> None:
    desk = Desk(Policies(Fees(0.0, 0.0), Slippage(0.05)))
    desk.order(BUY, 1, Kind.LIMIT, limit=102)
    desk.order(BUY, 1, Kind.LIMIT, limit=110)
    desk.price(100)
    assert desk.filled == [(1, 1, 102), (2, 1, 105)]
    assert not desk.engine.fills["maker"].any()


@pytest.mark.parametrize(("side", "stop", "far"), [(SELL, 95, 90), (BUY, 105, 110)])
def test_stop_fills_at_its_stop_or_at_a_worse_open(side: int, stop: float, far: float) -> None:
    inside, gap = Desk(), Desk()
    for desk in (inside, gap):
        desk.order(BUY if side > 0 else SELL, 1, Kind.STOP, stop=stop)
        desk.price(100)
    inside.candle(100, max(100, far), min(100, far), 100)
    gap.price(far)
    assert inside.filled == [(1, side, stop)]
    assert gap.filled == [(1, side, far)]


def test_stop_limit_rests_when_the_open_jumps_over_its_limit() -> None:
    desk = Desk()
    number = desk.order(BUY, 1, Kind.STOP_LIMIT, stop=105, limit=106)
    desk.price(100)
    desk.price(108)
    assert desk.state(number) == WORKING
    desk.candle(108, 109, 104, 105)
    assert desk.filled == [(1, 1, 106)]
    assert desk.engine.fills[0]["maker"]


def test_stop_limit_takes_at_its_stop_when_the_limit_allows() -> None:
    desk = Desk(Policies(Fees(0.0, 0.0), Slippage(0.001)))
    desk.order(BUY, 1, Kind.STOP_LIMIT, stop=105, limit=106)
    desk.candle(100, 110, 99, 108)
    assert desk.filled == [(1, 1, pytest.approx(105.105))]
    assert not desk.engine.fills[0]["maker"]


def test_trailing_stop_follows_and_never_gives_way() -> None:
    desk = Desk()
    desk.order(BUY, 1)
    number = desk.order(SELL, 1, Kind.TRAILING, trail=5)
    desk.price(100)
    desk.candle(100, 110, 99, 109)  # low first: the stop at 95 holds, then it is drawn to 105
    assert desk.engine.orders[number - 1]["stop"] == 105
    desk.candle(107, 108, 106, 106)
    assert desk.engine.orders[number - 1]["stop"] == 105
    desk.candle(106, 107, 100, 101)
    assert desk.filled[1:] == [(2, -1, 105)]


def test_trailing_buy_follows_a_fall_within_one_candle() -> None:
    desk = Desk()
    desk.order(BUY, 1, Kind.TRAILING, trail=4)
    desk.candle(100, 103, 90, 98)  # high first, then 90 draws the stop to 94
    assert desk.filled == [(1, 1, 94)]


@pytest.mark.parametrize(
    ("path", "closing"),
    [(Path.NEAREST, (3, -1, 104)), (Path.WORST, (2, -1, 95)), (Path.BEST, (3, -1, 104))],
)
def test_stop_and_target_in_one_candle(path: Path, closing: tuple[int, float, float]) -> None:
    desk = Desk(free(path=path))
    entry = Order(symbol=X, side=BUY, size=1)
    assert desk.engine.place_bracket(entry, stop=95, target=104) == (1, 2, 3)
    desk.candle(100, 105, 90, 100)
    assert desk.filled == [(1, 1, 100), closing]
    other = 5 - closing[0]
    assert desk.state(other) == (State.CANCELLED, Reason.PARTNER)


def test_equally_near_extremes_go_against_the_position() -> None:
    desk = Desk()
    desk.engine.place_bracket(Order(symbol=X, side=SELL, size=1), stop=105, target=95)
    desk.candle(100, 110, 90, 100)
    assert desk.filled == [(1, -1, 100), (2, 1, 105)]


def test_flat_worst_path_lets_the_entry_meet_what_is_against_it() -> None:
    found = {}
    for path in (Path.WORST, Path.BEST):
        desk = Desk(free(path=path))
        entry = Order(symbol=X, side=BUY, size=1, kind=Kind.STOP, stop=102)
        desk.engine.place_bracket(entry, stop=97, target=120)
        desk.candle(100, 105, 95, 101)
        found[path] = desk.filled
    assert found[Path.WORST] == [(1, 1, 102), (2, -1, 97)]
    assert found[Path.BEST] == [(1, 1, 102)]


def test_bracket_of_a_limit_entry_works_in_the_entry_candle() -> None:
    desk = Desk()
    entry = Order(symbol=X, side=BUY, size=1, kind=Kind.LIMIT, limit=98)
    desk.engine.place_bracket(entry, stop=96, target=101)
    desk.candle(100, 103, 97, 102)
    assert desk.filled == [(1, 1, 98), (3, -1, 101)]


def test_cancelled_parent_takes_its_children_along() -> None:
    desk = Desk()
    entry = Order(symbol=X, side=BUY, size=1, kind=Kind.LIMIT, limit=90)
    numbers = desk.engine.place_bracket(entry, stop=80, target=101)
    desk.price(100)
    assert desk.engine.cancel(numbers.entry)
    assert not desk.engine.cancel(numbers.entry)
    assert desk.state(numbers.entry) == (State.CANCELLED, Reason.ASKED)
    assert desk.state(numbers.stop) == (State.CANCELLED, Reason.PARENT)
    desk.price(70)
    assert desk.filled == []


def test_partial_fills_take_their_share_of_each_candle() -> None:
    desk = Desk(free(participation=0.1))
    number = desk.order(BUY, 10)
    desk.price(100, volume=40)
    assert (desk.size, desk.state(number)) == (4, WORKING)
    desk.price(101, volume=0)
    desk.price(102, volume=1000)
    assert desk.filled == [(1, 4, 100), (1, 6, 102)]
    assert desk.state(number) == FILLED


def test_children_work_for_what_the_parent_has_filled() -> None:
    desk = Desk(free(participation=0.1))
    numbers = desk.engine.place_bracket(Order(symbol=X, side=BUY, size=10), 90, 110)
    desk.price(100, volume=30)
    desk.candle(109, 112, 109, 111, volume=50)  # 5 more bought at 109, no room for the target
    desk.candle(111, 112, 110, 111, volume=500)
    assert desk.filled == [(1, 3, 100), (1, 5, 109), (1, 2, 111), (3, -10, 111)]
    assert desk.state(numbers.stop) == (State.CANCELLED, Reason.PARTNER)


def test_stopped_part_of_a_bracket_protects_what_comes_later() -> None:
    desk = Desk(free(participation=0.5))
    entry = Order(symbol=X, side=BUY, size=10, kind=Kind.LIMIT, limit=100)
    desk.engine.place_bracket(entry, 90, 120)
    desk.price(100, volume=8)
    desk.candle(101, 101, 89, 90, volume=8)  # room 4: 4 of the entry at 100, none for the stop
    desk.price(91, volume=16)  # the entry buys its last 2 cheaper, the triggered stop sells 6
    assert desk.filled == [(1, 4, 100), (1, 4, 100), (1, 2, 91), (2, -6, 91)]
    desk.price(92, volume=100)
    assert desk.filled[-1] == (2, -4, 92)
    assert desk.size == 0


def test_target_waits_for_the_rest_of_the_entry() -> None:
    desk = Desk(free(participation=0.5))
    entry = Order(symbol=X, side=BUY, size=10, kind=Kind.LIMIT, limit=100)
    desk.engine.place_bracket(entry, target=105)
    desk.price(100, volume=8)
    desk.candle(101, 106, 100.5, 101, volume=100)
    assert desk.filled == [(1, 4, 100), (2, -4, 105)]
    assert desk.state(2) == WORKING
    desk.candle(101, 106, 99, 101, volume=100)  # the low first
    assert desk.filled[2:] == [(1, 6, 100), (2, -6, 105)]
    assert desk.state(2) == FILLED


def test_older_of_two_orders_at_one_price_fills_first() -> None:
    desk = Desk(free(participation=0.5))
    for size in (3, 4):
        desk.order(BUY, size, Kind.LIMIT, limit=99)
    desk.candle(100, 100, 98, 98, volume=10)
    assert desk.filled == [(1, 3, 99), (2, 2, 99)]


def test_rounded_room_makes_no_tiny_fills() -> None:
    desk = Desk(free(participation=0.1))
    desk.order(BUY, 0.1)
    desk.order(BUY, 0.2)
    desk.order(BUY, 5)
    desk.price(100, volume=3.0000000000000004)
    assert desk.size == pytest.approx(0.3)
    assert len(desk.filled) == 2
    stepped = Desk(free(participation=0.1), step=0.1)
    stepped.order(BUY, 1)
    stepped.price(100, volume=2.9999999999999996)
    assert stepped.filled == [(1, pytest.approx(0.3), 100)]


@pytest.mark.parametrize(
    ("tif", "fills", "state"),
    [
        (TimeInForce.GTC, [(1, 4, 100), (1, 6, 100)], State.FILLED),
        (TimeInForce.IOC, [(1, 4, 100)], State.EXPIRED),
        (TimeInForce.FOK, [], State.EXPIRED),
    ],
)
def test_time_in_force(
    tif: TimeInForce, fills: list[tuple[int, float, float]], state: State
) -> None:
    desk = Desk(free(participation=0.1))
    number = desk.order(BUY, 10, tif=tif)
    desk.price(100, volume=40)
    desk.price(100, volume=400)
    assert desk.filled == fills
    assert desk.state(number)[0] is state


def test_fill_or_kill_fills_whole_and_limits_do_not_rest() -> None:
    desk = Desk(free(participation=0.1))
    desk.order(BUY, 4, tif=TimeInForce.FOK)
    missed = desk.order(BUY, 1, Kind.LIMIT, limit=99, tif=TimeInForce.IOC)
    desk.candle(100, 100, 98, 99, volume=40)
    assert desk.filled == [(1, 4, 100)]
    assert desk.state(missed) == (State.EXPIRED, Reason.TIME_IN_FORCE)


def test_partial_fills_come_in_whole_steps() -> None:
    desk = Desk(free(participation=0.1), step=0.5)
    desk.order(BUY, 3)
    desk.price(100, volume=19)
    desk.price(100, volume=4)
    desk.price(100, volume=16)
    assert desk.filled == [(1, 1.5, 100), (1, 1.5, 100)]


def test_post_only_is_refused_where_it_would_take_and_rests_elsewhere() -> None:
    desk = Desk()
    taking = desk.order(BUY, 1, Kind.LIMIT, limit=100, post_only=True)
    resting = desk.order(BUY, 1, Kind.LIMIT, limit=99, post_only=True)
    desk.candle(100, 101, 98, 100)
    assert desk.state(taking) == (State.REFUSED, Reason.POST_ONLY)
    assert desk.state(resting) == FILLED
    assert desk.filled == [(2, 1, 99)]


def test_reduce_only_closes_but_never_flips() -> None:
    desk = Desk()
    flat = desk.order(SELL, 1, reduce_only=True)
    desk.order(BUY, 2)
    desk.price(100)
    assert desk.state(flat) == (State.CANCELLED, Reason.REDUCE_ONLY)
    big = desk.order(SELL, 5, reduce_only=True)
    stop = desk.order(SELL, 2, Kind.STOP, stop=90, reduce_only=True)
    adding = desk.order(BUY, 1, reduce_only=True)
    desk.price(101)
    assert desk.filled == [(2, 2, 100), (3, -2, 101)]
    for number in (big, stop, adding):
        assert desk.state(number) == (State.CANCELLED, Reason.REDUCE_ONLY)


def test_market_order_larger_than_the_position_flips_it() -> None:
    desk = Desk()
    desk.order(BUY, 2)
    desk.price(100)
    desk.order(SELL, 5)
    desk.price(110)
    assert desk.size == -3
    assert desk.engine.fills[1]["realised"] == 20
    assert desk.engine.cash == 10_000 - 200 + 550


def test_one_cancels_the_other_in_parts() -> None:
    desk = Desk(free(participation=0.1))
    numbers = desk.engine.place_group(
        Order(symbol=X, side=BUY, size=10, kind=Kind.LIMIT, limit=95),
        Order(symbol=X, side=BUY, size=10, kind=Kind.STOP, stop=105),
    )
    desk.price(100, volume=100)
    desk.candle(100, 101, 94, 96, volume=40)
    assert desk.engine.orders["taken"].tolist() == [0, 4]
    desk.candle(96, 106, 96, 106, volume=100)
    assert desk.filled == [(1, 4, 95), (2, 6, 105)]
    assert desk.state(numbers[0]) == (State.CANCELLED, Reason.PARTNER)
    assert desk.state(numbers[1]) == (State.CANCELLED, Reason.PARTNER)


def test_latency_waits_for_the_first_input_at_or_after_it() -> None:
    desk = Desk(Policies(Fees(0, 0), Slippage(0), Latency(1_500_000_000)))
    desk.price(100)
    desk.order(BUY, 1)
    desk.price(101)
    desk.price(102)
    assert desk.filled == [(1, 1, 102)]


def test_order_placed_at_the_close_counts_its_latency_from_there() -> None:
    desk = Desk(Policies(Fees(0, 0), Slippage(0), Latency(500_000_000)))
    desk.price(100)
    desk.engine.place(Order(symbol=X, side=BUY, size=1), time_ns=10**9)
    desk.price(101)
    desk.price(102)
    assert desk.filled == [(1, 1, 102)]


def test_cash_account_refuses_what_it_cannot_pay_and_takes_what_it_can() -> None:
    desk = Desk(Policies(Fees(0.0, 0.01), Slippage(0.0)))
    broke = desk.order(BUY, 100)
    whole = desk.order(BUY, 10_000 / 101)
    desk.price(100)
    assert desk.state(broke) == (State.REFUSED, Reason.MARGIN)
    assert desk.state(whole) == FILLED
    assert desk.engine.cash == pytest.approx(0, abs=1e-9)
    assert desk.order(SELL, 10_000 / 101) == 3
    desk.price(50)
    assert desk.size == 0


def test_long_is_liquidated_on_the_way_at_its_price() -> None:
    desk = Desk(free(leverage=5, maintenance=0.1))
    desk.order(BUY, 400)
    stop = desk.order(SELL, 400, Kind.STOP, stop=70)
    desk.price(100)
    assert (desk.engine.cash, desk.engine.exposure) == (-30_000, 40_000)
    desk.candle(100, 101, 60, 90)
    # 400 p - 30,000 = 0.1 × 400 p
    assert desk.filled == [(1, 400, 100), (0, -400, pytest.approx(30_000 / 360))]
    assert desk.engine.equity == pytest.approx(400 * 30_000 / 360 - 30_000)
    assert desk.state(stop) == (State.CANCELLED, Reason.LIQUIDATION)


def test_stop_before_the_liquidation_price_saves_the_account() -> None:
    desk = Desk(free(leverage=5, maintenance=0.1))
    desk.order(BUY, 400)
    desk.order(SELL, 400, Kind.STOP, stop=85)
    desk.price(100)
    desk.candle(100, 101, 60, 90)
    assert desk.filled == [(1, 400, 100), (2, -400, 85)]


def test_gap_below_the_liquidation_price_leaves_a_debt() -> None:
    desk = Desk(free(leverage=5, maintenance=0.1))
    desk.order(BUY, 400)
    desk.price(100)
    desk.price(70)
    assert desk.filled[1:] == [(0, -400, 70)]
    assert desk.engine.equity == -2_000
    refused = desk.order(BUY, 1)
    desk.price(70)
    assert desk.state(refused) == (State.REFUSED, Reason.MARGIN)


def test_gap_over_stop_and_liquidation_price_liquidates() -> None:
    desk = Desk(free(leverage=5, maintenance=0.1))
    desk.order(BUY, 400)
    stop = desk.order(SELL, 400, Kind.STOP, stop=90)
    desk.price(100)
    desk.price(80)
    assert desk.filled[1:] == [(0, -400, 80)]
    assert desk.state(stop) == (State.CANCELLED, Reason.LIQUIDATION)


def test_symbols_share_the_margin_and_fall_together() -> None:
    engine = Engine(["A", "B"], 10_000.0, free(leverage=4, maintenance=0.2))
    for symbol, side, size in (("A", BUY, 200), ("B", SELL, 100), ("A", BUY, 1000)):
        engine.place(Order(symbol=symbol, side=side, size=size))
    engine.candle("B", 100, 100, 100, 100, 1, 0)
    engine.candle("A", 100, 100, 100, 100, 1, 0)
    assert engine.orders["state"].tolist() == [State.FILLED, State.FILLED, State.REFUSED]
    engine.candle("B", 100, 110, 100, 110, 1, 1)
    engine.candle("A", 100, 100, 50, 60, 1, 1)
    # no cash left: 200 p - 11,000 = 0.2 × (200 p + 11,000)
    fills = engine.fills[2:]
    assert fills["symbol"].tolist() == [0, 1]
    assert fills["price"].tolist() == [82.5, 110]
    assert engine.positions["size"].tolist() == [0, 0]


def test_short_is_liquidated_going_up() -> None:
    desk = Desk(free(leverage=2, maintenance=0.25))
    desk.order(SELL, 200)
    desk.price(100)
    desk.candle(100, 140, 99, 100)
    # 30,000 - 200 p = 0.25 × 200 p
    assert desk.filled == [(1, -200, 100), (0, 200, 120)]
    assert desk.engine.equity == 6_000


def test_trade_is_a_jump() -> None:
    desk = Desk()
    desk.order(BUY, 1, Kind.STOP, stop=105)
    desk.engine.trade(X, 100.0, 1.0, 0)
    desk.engine.trade(X, 107.0, 1.0, 5)
    assert desk.filled == [(1, 1, 107)]
    assert desk.engine.fills[0]["time_ns"] == 5


def test_rounding_leaves_no_dust() -> None:
    desk = Desk()
    for size in (0.1, 0.2):
        desk.order(BUY, size)
    desk.price(100)
    number = desk.order(SELL, 0.3)
    desk.price(100)
    assert desk.size == 0
    assert desk.state(number) == FILLED
