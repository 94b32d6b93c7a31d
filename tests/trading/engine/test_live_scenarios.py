"""Live matching, computed by hand: what takes, what waits, and what fills it."""

from math import inf

import pytest

from tests.trading.engine.live_desk import BUY, SELL, LiveDesk, X, live
from trading.engine.orders import Order
from trading.engine.policies import Margin
from trading.engine.records import Cause, Kind, Reason, Sizing, State, TimeInForce

pytestmark = pytest.mark.kernel

FILLED = (State.FILLED, Reason.NONE)
WORKING = (State.WORKING, Reason.NONE)
BIDS = [(100.0, 2.0), (99.0, 3.0), (98.0, 4.0)]
ASKS = [(101.0, 2.0), (102.0, 3.0), (103.0, 4.0)]


def market(policies: object = None) -> LiveDesk:
    """A desk that has seen a trade and the book above."""
    desk = LiveDesk(policies)  # type: ignore[arg-type]
    desk.trade(100.5)
    desk.book(BIDS, ASKS)
    return desk


def test_market_order_eats_the_book_level_by_level() -> None:
    desk = market(live(taker=0.01, slippage=0.05))
    number = desk.order(BUY, 6)
    assert desk.filled == [(1, 2, 101, False), (1, 3, 102, False), (1, 1, 103, False)]
    assert desk.state(number) == FILLED
    assert desk.engine.fills["reference"].tolist() == [101, 101, 101]
    assert desk.engine.fills["fee"].tolist() == pytest.approx([2.02, 3.06, 1.03])
    assert desk.engine.cash == pytest.approx(10_000 - 202 - 306 - 103 - 6.11)
    assert desk.engine.equity == pytest.approx(10_000 - 611 - 6.11 + 6 * 100.5)


def test_what_was_taken_stays_taken_until_the_next_book() -> None:
    desk = market()
    desk.order(BUY, 1.5)
    desk.order(BUY, 1)
    assert desk.filled[1:] == [(2, 0.5, 101, False), (2, 0.5, 102, False)]
    desk.book(BIDS, ASKS)
    desk.order(BUY, 1)
    assert desk.filled[3:] == [(3, 1, 101, False)]


def test_rest_of_a_market_order_waits_for_the_next_book() -> None:
    desk = market()
    number = desk.order(SELL, 10)
    assert desk.size == -9
    assert desk.state(number) == WORKING
    desk.trade(97, 50)
    assert desk.size == -9
    desk.book([(96.0, 0.25), (95.0, 5.0)], ASKS)
    assert desk.filled[3:] == [(1, -0.25, 96, False), (1, -0.75, 95, False)]
    assert desk.state(number) == FILLED


def test_beyond_the_size_of_a_quote_every_size_costs_the_slippage() -> None:
    desk = LiveDesk(live(slippage=0.01))
    desk.quote(100, 5, 102, 2)
    desk.order(BUY, 3)
    desk.order(BUY, 1)
    dear = pytest.approx(103.02)
    assert desk.filled == [(1, 2, 102, False), (1, 1, dear, False), (2, 1, dear, False)]
    desk.quote(100, 5, 102, 2)
    desk.order(BUY, 1)
    assert desk.filled[3:] == [(3, 1, 102, False)]


def test_without_quote_the_last_trade_counts_with_slippage() -> None:
    desk = LiveDesk(live(slippage=0.01))
    number = desk.order(SELL, 1)
    assert desk.state(number)[0] is State.WAITING
    desk.trade(200)
    assert desk.filled == [(1, -1, 198, False)]
    assert desk.engine.fills[0]["reference"] == 198


def test_without_the_book_the_quote_counts_again() -> None:
    desk = market()
    desk.quote(100, 1, 101.5, 1)
    desk.order(BUY, 1)
    desk.engine.no_book(X)
    desk.order(BUY, 1)
    assert desk.filled == [(1, 1, 101, False), (2, 1, 101.5, False)]


def test_forgetting_no_book_gives_nothing_back() -> None:
    desk = LiveDesk(live(slippage=0.01))
    desk.quote(100, 1, 101, 1)
    desk.order(BUY, 1)
    desk.engine.no_book(X)
    desk.order(BUY, 1)
    assert desk.filled[1:] == [(2, 1, pytest.approx(102.01), False)]


def test_touch_by_trades_alone_fills_nothing() -> None:
    desk = LiveDesk()
    desk.trade(100)
    number = desk.order(BUY, 1, Kind.LIMIT, limit=99)
    desk.trade(99, 50, SELL)
    assert desk.filled == []
    desk.trade(98.75, 0.1, SELL)
    assert desk.filled == [(number, 1, 99, True)]


def test_quote_that_ends_fills_nobody() -> None:
    desk = LiveDesk()
    desk.quote(100, 4, 101, 1)
    number = desk.order(BUY, 1, Kind.LIMIT, limit=100)
    desk.trade(100, 1, SELL)
    desk.quote(0, 0, 0, 0)
    assert (desk.filled, desk.ahead(number)) == ([], 3)


def test_orders_arrive_in_the_order_of_their_times() -> None:
    desk = market(live(latency_ns=100))
    first = desk.order(BUY, 2, Kind.LIMIT, limit=101)
    second = desk.order(BUY, 1)
    desk.change(first, limit=101.5)  # sets out again, behind the second
    desk.engine.pass_time(1_000)
    assert desk.filled == [(second, 1, 101, False), (first, 1, 101, False)]


def test_limit_takes_up_to_its_limit_and_the_rest_joins_the_queue() -> None:
    desk = market(live(maker=0.001, taker=0.01))
    number = desk.order(BUY, 7, Kind.LIMIT, limit=102)
    assert desk.filled == [(1, 2, 101, False), (1, 3, 102, False)]
    assert (desk.state(number), desk.ahead(number)) == (WORKING, 0)
    desk.trade(102, 0.5, SELL)
    assert desk.filled[2:] == [(1, 0.5, 102, True)]
    assert desk.engine.fills[2]["fee"] == pytest.approx(0.051)


def test_queue_moves_up_by_trades_of_the_other_side() -> None:
    desk = market()
    number = desk.order(BUY, 2, Kind.LIMIT, limit=99)
    assert desk.ahead(number) == 3
    desk.trade(99, 1, SELL)
    assert desk.ahead(number) == 2
    desk.trade(99, 1, BUY)  # who bought at 99 did not take from those who bid it
    assert desk.ahead(number) == 2
    desk.trade(99, 2.5)  # who took is not known
    assert desk.filled == [(1, 0.5, 99, True)]
    assert (desk.ahead(number), desk.engine.positions[0]["mark"]) == (0, 99)


def test_queue_is_never_longer_than_what_is_shown() -> None:
    desk = market()
    number = desk.order(SELL, 2, Kind.LIMIT, limit=102)
    desk.book(BIDS, [(101.0, 2.0), (102.0, 5.0)])
    assert desk.ahead(number) == 3
    desk.book(BIDS, [(101.0, 2.0), (102.0, 0.75)])
    assert desk.ahead(number) == 0.75
    desk.book(BIDS, [(101.0, 2.0), (103.0, 1.0)])
    assert desk.ahead(number) == 0


def test_trade_through_the_price_fills_whatever_is_ahead() -> None:
    desk = market()
    number = desk.order(BUY, 500, Kind.LIMIT, limit=99)
    desk.trade(98.5, 0.01, SELL)
    assert desk.filled == [(1, 500, 99, True)]
    assert desk.state(number) == FILLED


def test_orders_of_ours_share_one_trade() -> None:
    desk = market()
    desk.order(BUY, 1, Kind.LIMIT, limit=100)
    desk.order(BUY, 1, Kind.LIMIT, limit=100)
    desk.trade(100, 3.25, SELL)
    assert desk.filled == [(1, 1, 100, True), (2, 0.25, 100, True)]


def test_place_in_an_unknown_queue_is_at_its_end() -> None:
    desk = market()
    deep = desk.order(BUY, 1, Kind.LIMIT, limit=90)
    inside = desk.order(BUY, 1, Kind.LIMIT, limit=100.5)
    assert (desk.ahead(deep), desk.ahead(inside)) == (inf, 0)
    desk.trade(90, 1000, SELL)
    assert desk.filled == [(2, 1, 100.5, True)]
    desk.book([(90.0, 4.0)], ASKS)
    assert desk.ahead(deep) == 4


def test_what_comes_to_a_resting_order_fills_it_at_its_own_price() -> None:
    desk = market()
    number = desk.order(BUY, 5, Kind.LIMIT, limit=100)
    desk.book(BIDS, [(99.5, 1.0), (100.0, 0.5), (101.0, 9.0)])
    assert desk.filled == [(1, 1.5, 100, True)]
    assert desk.state(number) == WORKING
    desk.order(BUY, 1)  # those offers are gone
    assert desk.filled[1:] == [(2, 1, 101, False)]


def test_queue_of_a_quote() -> None:
    desk = LiveDesk()
    desk.quote(100, 4, 101, 0)
    at_best = desk.order(BUY, 1, Kind.LIMIT, limit=100)
    below = desk.order(BUY, 1, Kind.LIMIT, limit=99)
    unknown = desk.order(SELL, 1, Kind.LIMIT, limit=101)
    assert [desk.ahead(each) for each in (at_best, below, unknown)] == [4, inf, inf]
    desk.quote(99, 2, 100.5, 3)
    assert [desk.ahead(each) for each in (at_best, below)] == [0, 2]


@pytest.mark.parametrize(
    ("tif", "size", "filled", "state"),
    [
        (TimeInForce.IOC, 3, 2, (State.EXPIRED, Reason.TIME_IN_FORCE)),
        (TimeInForce.FOK, 3, 0, (State.EXPIRED, Reason.TIME_IN_FORCE)),
        (TimeInForce.FOK, 2, 2, FILLED),
    ],
)
def test_at_once_or_not(
    tif: TimeInForce, size: float, filled: float, state: tuple[State, Reason]
) -> None:
    desk = market()
    number = desk.order(BUY, size, Kind.LIMIT, limit=101, tif=tif)
    assert desk.size == filled
    assert desk.state(number) == state


def test_post_only_rests_or_is_refused() -> None:
    desk = market()
    resting = desk.order(BUY, 1, Kind.LIMIT, limit=100.75, post_only=True)
    taking = desk.order(BUY, 1, Kind.LIMIT, limit=101, post_only=True)
    assert desk.state(resting) == WORKING
    assert desk.state(taking) == (State.REFUSED, Reason.POST_ONLY)


def test_stop_waits_for_a_trade_and_then_takes_what_is_offered() -> None:
    desk = market()
    desk.order(BUY, 1)
    number = desk.order(SELL, 1, Kind.STOP, stop=99)
    desk.book([(97.0, 5.0)], [(98.0, 5.0)])
    assert desk.state(number) == WORKING
    assert desk.trade(99, 0.1)
    assert desk.filled[1:] == [(2, -1, 97, False)]


def test_stop_limit_rests_in_the_queue_after_its_stop() -> None:
    desk = market()
    number = desk.order(BUY, 1, Kind.STOP_LIMIT, stop=101, limit=100)
    desk.trade(101.5, 0.1)
    assert (desk.state(number), desk.ahead(number)) == (WORKING, 2)
    desk.trade(100, 2.75, SELL)
    assert desk.filled == [(1, 0.75, 100, True)]


def test_trailing_stop_follows_trades() -> None:
    desk = market()
    desk.order(BUY, 1)
    number = desk.order(SELL, 1, Kind.TRAILING, trail=2)
    assert desk.engine.orders[number - 1]["stop"] == 98.5
    desk.trade(104)
    desk.trade(103)
    assert desk.engine.orders[number - 1]["stop"] == 102
    desk.trade(102)
    assert desk.filled[1:] == [(2, -1, 100, False)]


def test_no_stop_starts_before_a_trade_is_known() -> None:
    desk = LiveDesk()
    desk.quote(100, 1, 101, 1)
    number = desk.order(SELL, 1, Kind.STOP, stop=150)
    assert desk.state(number)[0] is State.WAITING
    desk.trade(100.5)
    assert desk.filled == [(1, -1, 100, False)]


@pytest.mark.parametrize("told", [True, False])
def test_order_meets_what_was_there_when_it_arrived(told: bool) -> None:
    desk = market(live(latency_ns=10))
    desk.order(BUY, 1)
    assert desk.filled == []
    desk.now += 20
    if told:
        assert desk.engine.pass_time(14)
    desk.book(BIDS, [(150.0, 9.0)])
    assert desk.filled == [(1, 1, 101, False)]
    assert desk.engine.fills[0]["time_ns"] == 13


def test_bracket_works_for_what_its_entry_filled() -> None:
    desk = market()
    entry = Order(symbol=X, side=BUY, size=11)
    numbers = desk.engine.place_bracket(entry, stop=95, target=105)
    desk.engine.wake()
    assert desk.size == 9
    desk.trade(105.5)  # through the target: all that there is
    assert desk.filled[3:] == [(3, -9, 105, True)]
    desk.book(BIDS, [(106.0, 9.0)])
    assert desk.size == 2
    desk.trade(94)
    assert desk.filled[-1] == (2, -2, 100, False)
    assert [desk.state(number)[0] for number in numbers] == [
        State.FILLED, State.CANCELLED, State.CANCELLED,
    ]  # fmt: skip


def test_reduce_only_never_turns_a_position() -> None:
    desk = market()
    desk.order(BUY, 1)
    desk.order(SELL, 5, reduce_only=True)
    assert desk.size == 0


def test_margin_is_taken_at_the_prices_of_the_book() -> None:
    desk = LiveDesk(live(margin=Margin(1.0)))
    desk.trade(100)
    desk.book(BIDS, [(100.0, 50.0), (120.0, 500.0)])
    number = desk.order(BUY, 95)  # 50 × 100 + 45 × 120 is more than 10,000
    assert desk.state(number) == (State.REFUSED, Reason.MARGIN)
    desk.order(BUY, 90)  # 5,000 + 40 × 120 = 9,800, worth 9,000
    assert desk.engine.cash == pytest.approx(200)


def test_liquidation_goes_through_the_book() -> None:
    desk = LiveDesk(live(slippage=0.1, margin=Margin(10.0, 0.05)))
    desk.trade(100)
    desk.book([(99.0, 200.0)], [(100.0, 900.0)])
    number = desk.order(BUY, 900)
    resting = desk.order(BUY, 1, Kind.LIMIT, limit=50)
    assert desk.state(number) == FILLED
    desk.book([(93.0, 200.0), (90.0, 300.0)], [(94.0, 900.0)])
    assert desk.trade(93)  # equity 10,000 - 6,300 is below 5 % of 83,700
    fills = desk.engine.fills[1:]
    assert fills["price"].tolist() == [93, 90, 81]
    assert fills["size"].tolist() == [200, 300, 400]
    assert (fills["cause"] == Cause.LIQUIDATION).all()
    assert desk.size == 0
    assert desk.state(resting) == (State.CANCELLED, Reason.LIQUIDATION)


@pytest.mark.parametrize("share", [1.0, -1.0, 0.3])
def test_target_is_met_at_the_prices_of_the_book(share: float) -> None:
    desk = LiveDesk(live(taker=0.002))
    desk.trade(100)
    desk.book([(99.5, 20.0), (99.0, 500.0)], [(100.5, 20.0), (101.0, 500.0)])
    desk.order(BUY, 0, share=share, sizing=Sizing.TARGET)
    assert desk.size * 100 == pytest.approx(share * desk.engine.equity, rel=1e-9)
    if share == 1.0:
        # 20 cost 2,010 and 4.02; of the rest each 100 pay 101 and 0.202
        cost = 20 * (0.5 + 0.201)
        more = (10_000 - cost - 2_000) / (100 + 1 + 0.202)
        assert desk.size == pytest.approx(20 + more)


def test_sizes_by_share_are_cut_to_steps() -> None:
    desk = LiveDesk(step=0.5)
    desk.trade(100)
    desk.order(BUY, 0, share=0.128, sizing=Sizing.SHARE)
    assert desk.size == 12.5


def test_many_fills_of_one_trade_find_space() -> None:
    desk = LiveDesk()
    desk.trade(100)
    for _ in range(600):
        desk.order(BUY, 0.01, Kind.LIMIT, limit=99)
    desk.trade(98.0, 1.0, SELL)
    assert len(desk.engine.fills) == 600
    assert desk.size == 6


def test_inputs_say_whether_anything_happened() -> None:
    desk = LiveDesk()
    assert not desk.trade(100)
    assert not desk.quote(99, 1, 101, 1)
    number = desk.order(BUY, 1, Kind.LIMIT, limit=99)
    assert not desk.quote(99, 3, 101, 1)
    assert not desk.trade(99, 0.5, SELL)
    assert desk.ahead(number) == 0.5
    assert desk.trade(99, 1, SELL)
