"""The hub: what a subscriber gets, what is dropped, and that nobody holds up the feed."""

import asyncio
import threading
from random import Random

from data_feed.connectors import WebSocketConnector
from data_feed.feed import Feed
from data_feed.hub import BookChanged, Gap, Hub, Item, Kind
from data_feed.protocol import TICKS, Channel
from data_feed.status import FeedCounters, FeedMode, FeedState, FeedStatus
from data_feed.venues.coinbase import CoinbaseParser
from market.market import Market
from market.order_book import OrderBook
from market.types import Quote, Side, Symbol, Trade
from tests.data_feed.test_feed import FakeSource
from tests.data_feed.test_socket_loop import until
from tests.data_feed.test_venues_end_to_end import COINBASE, loopback
from tests.data_feed.venue_server import hangs_up, match, sends, serving

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")


def trade(number: int, symbol: Symbol = BTC) -> Trade:
    return Trade(symbol, number, number, 100.0, 1.0, Side.BUY)


def quote(bid: float, symbol: Symbol = BTC) -> Quote:
    return Quote(symbol, 0, bid, 1.0, bid + 1, 1.0)


def status(state: FeedState, venue: str = "Venue") -> FeedStatus:
    return FeedStatus(FeedMode.LIVE, venue, state, None, None, 1, "", FeedCounters())


def test_trades_come_in_their_order_and_once() -> None:
    hub = Hub()
    subscription = hub.subscribe([Kind.TRADES])
    for number in range(3):
        hub.trade(trade(number))
    assert subscription.take() == [trade(0), trade(1), trade(2)]
    hub.trade(trade(3))
    assert subscription.take() == [trade(3)]
    assert subscription.take() == []
    assert subscription.dropped == 0


def test_the_oldest_trades_are_dropped_counted_and_told() -> None:
    hub = Hub()
    subscription = hub.subscribe([Kind.TRADES], room=3)
    for number in range(10):
        hub.trade(trade(number))
    assert subscription.take() == [Gap(7), trade(7), trade(8), trade(9)]
    assert subscription.dropped == 7
    for number in range(10, 14):
        hub.trade(trade(number))
    assert subscription.take() == [Gap(1), trade(11), trade(12), trade(13)]
    assert subscription.dropped == 8


def test_only_the_latest_quote_book_and_status_are_kept() -> None:
    hub, book = Hub(), OrderBook()
    subscription = hub.subscribe([Kind.QUOTES, Kind.BOOKS, Kind.STATUS])
    for number in range(5):
        hub.quote(quote(float(number)))
        hub.book(BTC, book)
    hub.quote(quote(7.0, ETH))
    hub.status(status(FeedState.CONNECTING))
    hub.status(status(FeedState.LOST))
    hub.status(status(FeedState.STREAMING, "Other"))
    items = subscription.take()
    assert sorted(each for each in items if isinstance(each, Quote)) == [
        quote(4.0),
        quote(7.0, ETH),
    ]
    assert [each for each in items if isinstance(each, BookChanged)] == [BookChanged(BTC, book)]
    states = {each.venue: each.state for each in items if isinstance(each, FeedStatus)}
    assert states == {"Venue": FeedState.LOST, "Other": FeedState.STREAMING}
    assert len(items) == 5
    assert subscription.take() == []


def test_a_subscriber_hears_of_its_kinds_and_symbols_only() -> None:
    hub = Hub()
    some = hub.subscribe([Kind.TRADES], [ETH])
    quotes = hub.subscribe([Kind.QUOTES])
    hub.trade(trade(1))
    hub.trade(trade(2, ETH))
    hub.quote(quote(1.0))
    assert some.take() == [trade(2, ETH)]
    assert quotes.take() == [quote(1.0)]


def test_who_has_ended_hears_no_more() -> None:
    hub = Hub()
    subscription = hub.subscribe([Kind.TRADES])
    assert hub.wanted == {Kind.TRADES}
    hub.unsubscribe(subscription)
    hub.unsubscribe(subscription)
    hub.trade(trade(1))
    assert subscription.take() == []
    assert hub.wanted == frozenset()


def test_a_subscriber_is_woken_once_until_it_takes() -> None:
    hub = Hub()
    woken: list[int] = []
    subscription = hub.subscribe([Kind.TRADES, Kind.QUOTES], wake=lambda: woken.append(1))
    hub.trade(trade(1))
    hub.trade(trade(2))
    hub.quote(quote(1.0))
    assert len(woken) == 1
    subscription.take()
    hub.trade(trade(3))
    assert len(woken) == 2


def test_what_one_thread_publishes_another_gets_whole() -> None:
    hub = Hub()
    subscription = hub.subscribe([Kind.TRADES, Kind.QUOTES], room=64)
    count = 20_000
    got: list[Item] = []
    done = threading.Event()

    def publish() -> None:
        for number in range(count):
            hub.trade(trade(number))
            hub.quote(quote(float(number)))
        done.set()

    thread = threading.Thread(target=publish)
    thread.start()
    while not done.is_set():
        got += subscription.take()
    thread.join()
    got += subscription.take()
    numbers = [each.trade_id for each in got if isinstance(each, Trade)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) + subscription.dropped == count
    assert sum(each.trades for each in got if isinstance(each, Gap)) == subscription.dropped
    assert [each for each in got if isinstance(each, Quote)][-1] == quote(count - 1.0)


async def test_a_subscriber_that_never_reads_does_not_hold_up_the_feed() -> None:
    market = Market([BTC], capacity=10)
    frames = [match(number) for number in range(1, 501)]
    async with serving(sends(*frames)) as venue:
        source = FakeSource(FeedMode.LIVE, "V", WebSocketConnector(venue.url))
        feed = Feed([source], market, Random(1))
        idle = feed.hub.subscribe(list(Kind), room=8)
        feed.start()
        try:
            await until(lambda: feed.status().counters.trades == 500)
            assert market[BTC].heard_id == 500
        finally:
            await asyncio.to_thread(feed.stop)
    items = idle.take()
    assert items[0] == Gap(492)
    assert [each.trade_id for each in items if isinstance(each, Trade)] == [*range(493, 501)]


async def test_a_feed_publishes_every_kind() -> None:
    market = Market([BTC], capacity=10)
    async with loopback(COINBASE) as venue:
        source = FakeSource(FeedMode.LIVE, "V", WebSocketConnector(venue.url))
        source.parser = CoinbaseParser(TICKS | {Channel.BOOK})
        source.books = True
        feed = Feed([source], market, Random(1))
        subscription = feed.hub.subscribe(list(Kind))
        feed.start()
        items: list[Item] = []

        def come() -> bool:
            items.extend(subscription.take())
            return {type(each) for each in items} >= {Trade, Quote, BookChanged, FeedStatus}

        try:
            await until(come)
        finally:
            await asyncio.to_thread(feed.stop)
    changed = next(each for each in items if isinstance(each, BookChanged))
    assert changed == BookChanged(BTC, feed.book(BTC) or changed.book)
    told = next(each for each in items if isinstance(each, FeedStatus))
    assert (told.venue, told.state) == ("V", FeedState.STREAMING)


async def test_a_lost_venue_is_told() -> None:
    market = Market([BTC], capacity=10)
    async with serving(sends(match(1), then=hangs_up)) as venue:
        feed = Feed(
            [FakeSource(FeedMode.LIVE, "V", WebSocketConnector(venue.url))], market, Random()
        )
        subscription = feed.hub.subscribe([Kind.STATUS])
        feed.start()
        states: list[FeedState] = []

        def lost() -> bool:
            states.extend(
                each.state for each in subscription.take() if isinstance(each, FeedStatus)
            )
            return FeedState.LOST in states

        try:
            await until(lost)
        finally:
            await asyncio.to_thread(feed.stop)
