"""What pages and REST are told of books and trades, over a market filled by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_feed.status import FeedMode, FeedState
from market.order_book import OrderBook
from market.types import SECOND
from server.book_reader import BookReader, common_unit, round_unit
from server.errors import OutOfRange, RequestError
from tests.server.harness import BTC, ETH, START_NS, HandFeed, HandMarket

NOW = START_NS + 100 * SECOND


def made(*, followed: bool = True) -> tuple[BookReader, HandFeed, HandMarket]:
    hand, feed = HandMarket(), HandFeed()
    reader = BookReader(hand.market, feed, followed, clock=lambda: NOW)
    return reader, feed, hand


def half_tick_book() -> OrderBook:
    """Five bids and five asks at 100.0 and 101.0 and half a unit apart from there."""
    book = OrderBook()
    bids = [(1000 - 5 * number, 1000 + number) for number in range(5)]
    asks = [(1010 + 5 * number, 2000 + number) for number in range(5)]
    book.replace(bids, asks, 1, 3)
    return book


def test_a_ladder_says_levels_spread_and_digits() -> None:
    reader, feed, hand = made()
    feed.books[BTC] = book = half_tick_book()
    hand.trade(BTC, START_NS, 100.5)
    ladder = reader.ladder(BTC, 3)
    assert ladder.bids == ((100.0, 1.0, 1.0), (99.5, 1.001, 2.001), (99.0, 1.002, 3.003))
    assert ladder.asks == ((101.0, 2.0, 2.0), (101.5, 2.001, 4.001), (102.0, 2.002, 6.003))
    assert (ladder.tick, ladder.multiple, ladder.step) == (0.5, 1, 0.5)
    assert (ladder.decimals, ladder.tick_decimals, ladder.size_decimals) == (1, 1, 2)
    assert ladder.spread == 1.0
    assert ladder.spread_bp == pytest.approx(1e4 / 100.5)
    assert ladder.imbalance == pytest.approx((3.003 - 6.003) / (3.003 + 6.003))
    assert (ladder.last, ladder.direction) == (100.5, 1)
    assert (ladder.state, ladder.detail, ladder.version) == ("followed", "", book.version)


def test_ten_ticks_are_five_and_need_no_decimals() -> None:
    reader, feed, _ = made()
    feed.books[BTC] = half_tick_book()
    ladder = reader.ladder(BTC, 5, multiple=10)
    assert (ladder.step, ladder.decimals, ladder.tick_decimals) == (5.0, 0, 1)
    # 99.5 to 98.0 go down to 95, all asks (101 to 103) up to 105
    assert ladder.bids == ((100.0, 1.0, 1.0), (95.0, 4.01, 5.01))
    assert ladder.asks == ((105.0, 10.01, 10.01),)


def test_a_book_of_few_levels_says_nothing_about_the_tick() -> None:
    reader, feed, hand = made()
    hand.trade(ETH, START_NS, 100.25)
    book = OrderBook()
    book.replace([(10000, 1)], [(10300, 1)], 2, 0)
    feed.books[ETH] = book
    assert (reader.ladder(ETH, 5).tick, reader.ladder(ETH, 5).decimals) == (0.01, 2)


def test_the_tick_only_becomes_finer() -> None:
    reader, feed, _ = made()
    feed.books[BTC] = book = half_tick_book()
    assert reader.ladder(BTC, 1).tick == 0.5
    book.change([(9812, 7)], [], 2, 3)
    assert reader.ladder(BTC, 1).tick == 0.02
    book.change([(9812, 0)], [], 2, 3)
    assert reader.ladder(BTC, 1).tick == 0.02


def test_digits_of_sizes_only_grow() -> None:
    reader, feed, _ = made()
    feed.books[BTC] = book = half_tick_book()
    assert reader.ladder(BTC, 5).size_decimals == 2
    book.replace([(1000, 25_000)], [(1010, 25_000)], 1, 3)
    assert reader.ladder(BTC, 5).size_decimals == 2
    book.replace([(1000, 25)], [(1010, 25)], 1, 3)
    assert reader.ladder(BTC, 5).size_decimals == 4


@given(st.integers(1, 10**12), st.integers(0, 8))
def test_a_round_unit_divides(unit: int, decimals: int) -> None:
    number, digits = round_unit(unit, decimals)
    assert digits <= decimals
    assert unit % (number * 10 ** (decimals - digits)) == 0
    assert str(number).rstrip("0") in {"1", "2", "5"}


def test_units_of_other_decimals_are_compared_in_the_finer() -> None:
    assert common_unit((5, 1), (25, 2)) == (25, 2)
    assert common_unit((0, 0), (25, 2)) == (25, 2)
    assert common_unit((4, 0), (6, 0)) == (2, 0)


def test_states_of_a_book() -> None:
    reader, feed, _ = made()
    book = OrderBook()

    def state() -> tuple[str, str]:
        ladder = reader.ladder(BTC, 5)
        return ladder.state, ladder.detail

    feed.becomes(FeedState.CONNECTING)
    waiting = "Connecting to Simulator, waiting for the order book snapshot."
    assert state() == ("waiting", waiting)
    feed.becomes(FeedState.STREAMING)
    feed.books[BTC] = book
    assert state() == ("waiting", "Waiting for the order book snapshot of Simulator.")
    feed.state = replace(feed.state, mode=FeedMode.REPLAY)
    assert state() == ("waiting", "The recording has brought no order book so far.")
    book.replace([(10, 1)], [], 0, 0)
    assert state() == ("followed", "")
    book.invalidate()
    assert state() == ("lost", "Out of sync with Simulator. A new snapshot has been asked for.")
    assert reader.ladder(BTC, 5).bids == ((10.0, 1.0, 1.0),)
    feed.becomes(FeedState.LOST)
    assert state() == ("stale", feed.state.detail)


def test_books_that_nobody_asked_for() -> None:
    reader, _, _ = made(followed=False)
    ladder = reader.ladder(BTC, 5)
    assert ladder.state == "off"
    assert ladder.detail == "Order books are not followed here. Start with --books on."
    assert (ladder.bids, ladder.spread, ladder.version) == ((), None, 0)


def test_trades_newest_first_with_large_ones_marked() -> None:
    reader, _, hand = made()
    for number in range(60):
        size = 9.0 if number == 57 else 1.0
        hand.trade(BTC, NOW - (60 - number) * SECOND // 4, 100.0 + number / 4, size)
    view = reader.trades(BTC, 4)
    assert [trade.number for trade in view.trades] == [59, 58, 57, 56]
    assert [trade.price for trade in view.trades] == [114.75, 114.5, 114.25, 114.0]
    assert [trade.large for trade in view.trades] == [False, False, True, False]
    assert view.trades[0].side == "buy"
    assert view.trades[0].time_ms == 1_700_000_099_750.0
    assert (view.large_from, view.next) == (3.0, 60)
    assert view.per_second == pytest.approx(3.9)
    assert (view.decimals, view.size_decimals) == (2, 2)


def test_trades_after_a_number() -> None:
    reader, _, hand = made()
    for number in range(5):
        hand.trade(BTC, START_NS + number, 100.0)
    assert [trade.number for trade in reader.trades(BTC, 10, after=2).trades] == [4, 3]
    assert reader.trades(BTC, 10, after=4).trades == ()
    assert reader.trades(ETH, 10).trades == ()


def test_a_replays_rate_is_that_of_its_own_time() -> None:
    reader, feed, hand = made()
    feed.state = replace(feed.state, mode=FeedMode.REPLAY)
    for number in range(41):
        hand.trade(BTC, START_NS + number * SECOND // 4, 100.0)
    assert reader.trades(BTC, 1).per_second == 4.0


def test_bad_questions_are_refused() -> None:
    reader, _, _ = made()
    with pytest.raises(RequestError, match="symbol was 'DOGE-USD'"):
        reader.ladder("DOGE-USD", 5)
    with pytest.raises(OutOfRange, match="levels was 201; allowed are 1 to 200"):
        reader.ladder(BTC, 201)
    with pytest.raises(OutOfRange, match="multiple was 0; allowed are 1 to 100,000"):
        reader.ladder(BTC, 5, 0)
    with pytest.raises(OutOfRange, match="limit was 1001; allowed are 1 to 1,000"):
        reader.trades(BTC, 1001)
