"""Several venues at once: names, and one that is dead beside one that lives."""

import asyncio
from random import Random

import pytest

from data_feed.connectors import Connection, WebSocketConnector
from data_feed.errors import BadRequest, UnknownVenue
from data_feed.feed import Feed, VenueSources
from data_feed.open_feed import FeedRequest, default_symbols, open_feed, venues_of
from data_feed.policy import LoopPolicy
from data_feed.protocol import Limits
from data_feed.status import FeedMode, FeedState
from data_feed.venue_names import by_venue, canonical, venue_keys
from market.errors import UnknownSymbol
from market.market import Market
from market.types import Symbol, base_currency, quote_currency
from tests.data_feed.test_feed import NOWHERE, FakeSource, wait_for
from tests.data_feed.test_socket_loop import until
from tests.data_feed.venue_server import match, sends, serving

BTC, OTHER = Symbol("BTC-USD"), Symbol("BTC-USD@kraken")
POLICY = LoopPolicy(slow_s=60.0, base_delay_s=60.0, longest_delay_s=60.0)


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("btc-usd", "BTC-USD"), ("kraken:ETH-USD", "ETH-USD@kraken"), ("BTC", None),
     (" ETH-USD@Kraken ", "ETH-USD@kraken"), ("a:BTC-USD@b", None), ("BTC-USD@", None),
     (":BTC-USD", None), ("a/b:BTC-USD", None)],
)  # fmt: skip
def test_symbols_are_understood_in_two_spellings(text: str, symbol: str | None) -> None:
    assert canonical(text) == symbol


def test_currencies_of_a_named_venue() -> None:
    assert (base_currency(OTHER), quote_currency(OTHER)) == ("BTC", "USD")


def test_symbols_go_to_their_venues() -> None:
    symbols = tuple(map(Symbol, ("BTC-USD@coinbase", "ETH-USD@kraken", "ADA-USD")))
    assert by_venue(symbols, venue_keys("coinbase,kraken")) == {
        "coinbase": ("BTC-USD", "ADA-USD"), "kraken": ("ETH-USD@kraken",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("venues", "symbols", "kind", "sentence"),
    [
        ("nasdaq", "BTC-USD", UnknownVenue, "venue was 'nasdaq'; allowed are coinbase, binance"),
        ("coinbase,coinbase", "BTC-USD", BadRequest, "each venue may be named once"),
        ("kraken,ccxt:kraken", "BTC-USD", BadRequest, "each venue may be named once"),
        ("coinbase,kraken", "BTC-USD", BadRequest, "no symbol is of kraken; name one, like kraken"),
        ("coinbase", "BTC-USD@okx", UnknownVenue, "'okx, of BTC-USD@okx'; allowed are coinbase"),
    ],
)
def test_what_cannot_be_is_told(
    venues: str, symbols: str, kind: type[BadRequest], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        venues_of(FeedRequest("live", venues, tuple(map(Symbol, symbols.split(",")))))


def test_without_names_each_venue_brings_its_usual_symbols() -> None:
    symbols = default_symbols(["coinbase", "binance"])
    assert symbols[0] == "BTC-USD"
    assert "BTC-USDT@binance" in symbols
    assert len(set(symbols)) == len(symbols) == 12


async def test_a_dead_venue_does_not_stop_another() -> None:
    market = Market([BTC, OTHER], capacity=10)
    async with serving(sends(match(1), match(2))) as venue:
        dead = FakeSource(FeedMode.LIVE, "Dead", NOWHERE, policy=POLICY)
        live = FakeSource(
            FeedMode.LIVE, "Living", WebSocketConnector(venue.url), policy=POLICY
        )  # fmt: skip
        feed = Feed([dead], market, Random(1), [VenueSources((OTHER,), (live,))])
        feed.start()
        try:
            await until(lambda: market[OTHER].heard_id == 2)
            await until(lambda: feed.status_of(BTC).state is FeedState.LOST)
            assert feed.status_of(OTHER).state is FeedState.STREAMING
            whole = feed.status()
            assert (whole.state, whole.venue) == (FeedState.LOST, "Dead, Living")
            assert whole.counters.trades == 2
            assert whole.detail.startswith("Dead: no connection")
            assert whole.detail.endswith("Watching Living.")
            btc, other = feed.symbol_statuses()
            assert (btc.symbol, btc.state, btc.age_ms, btc.last_trade_id) == (
                BTC, FeedState.LOST, None, None,
            )  # fmt: skip
            assert (other.symbol, other.venue, other.state) == (
                OTHER, "Living", FeedState.STREAMING,
            )  # fmt: skip
            assert other.last_trade_id == 2
            assert other.age_ms is not None
            trade = market[OTHER].last_trade
            assert trade is not None
            assert trade.symbol == OTHER
            assert market[BTC].last_trade is None
            with pytest.raises(UnknownSymbol):
                feed.status_of("ETH-USD")
        finally:
            await asyncio.to_thread(feed.stop)


async def test_two_venues_fill_one_market() -> None:
    market = Market([BTC, OTHER], capacity=10)
    gap = [match(number) for number in (5, 9, 9)]
    async with serving(sends(match(1))) as one, serving(sends(*gap)) as two:
        sources = [
            FakeSource(FeedMode.LIVE, name, WebSocketConnector(venue.url), policy=POLICY)
            for name, venue in (("One", one), ("Two", two))
        ]
        feed = Feed(sources[:1], market, Random(1), [VenueSources((OTHER,), (sources[1],))])
        feed.start()
        await until(lambda: feed.status().counters.trades == 4)
        first, second = feed.symbol_statuses()
        state = feed.status().state
        await asyncio.to_thread(feed.stop)
    assert state is FeedState.STREAMING
    assert (market[BTC].heard_id, market[OTHER].heard_id) == (1, 9)
    assert (first.counters.gaps, first.counters.duplicates) == (0, 0)
    assert (second.counters.gaps, second.counters.duplicates) == (1, 1)


def test_simulated_venues_have_prices_of_their_own() -> None:
    symbols = (BTC, OTHER)
    market = Market(symbols, capacity=10)
    feed = open_feed(FeedRequest("sim", "coinbase,kraken", symbols, seed=3, books=True), market)
    feed.start()
    try:
        wait_for(lambda: all(market[symbol].heard_id > 0 for symbol in symbols))
        wait_for(lambda: all(feed.book(symbol) is not None for symbol in symbols))
        assert feed.book(BTC) is not feed.book(OTHER)
        first, second = (market[symbol].last_trade for symbol in symbols)
        assert first is not None
        assert second is not None
        assert first.price != second.price
        assert feed.status().mode is FeedMode.SIMULATED
    finally:
        feed.stop()


class SlowToClose:
    """Connections that bring nothing; closing the n-th takes n * 20 turns of the loop."""

    url = "ws://slow"

    def __init__(self) -> None:
        self.asked = 0
        self.closed: list[int] = []
        self._opened = 0

    async def open(self) -> Connection:
        self._opened += 1
        return _SlowConnection(self, self._opened)


class _SlowConnection:
    def __init__(self, connector: SlowToClose, number: int) -> None:
        self.arrived_ns = 0
        self._connector = connector
        self._number = number

    async def send(self, text: str) -> None:
        self._connector.asked += 1

    async def receive(self) -> str:
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")

    async def close(self) -> None:
        for _ in range(20 * self._number):
            await asyncio.sleep(0)
        self._connector.closed.append(self._number)


async def test_each_of_several_connections_has_the_time_to_close() -> None:
    connector, eth = SlowToClose(), Symbol("ETH-USD")
    source = FakeSource(FeedMode.LIVE, "V", connector, policy=POLICY)
    source.parser.limits = Limits(symbols=1)
    feed = Feed([source], Market([BTC, eth], capacity=10), Random(1))
    feed.start()
    await until(lambda: connector.asked == 2)
    await asyncio.to_thread(feed.stop)
    await until(lambda: connector.closed == [1, 2])


async def test_a_venue_with_small_connections_gets_several() -> None:
    eth = Symbol("ETH-USD")
    market = Market([BTC, eth], capacity=10)
    async with serving(sends(match(1))) as venue:
        source = FakeSource(FeedMode.LIVE, "V", WebSocketConnector(venue.url), policy=POLICY)
        source.parser.limits = Limits(symbols=1)
        feed = Feed([source], market, Random(1))
        feed.start()
        await until(lambda: len(venue.requests) == 2)
        await until(lambda: market[BTC].heard_id == 1)
        frames = feed.status().counters.frames
        await asyncio.to_thread(feed.stop)
    assert frames >= 1
    asked = sorted("BTC-USD" in text for text in venue.requests)
    assert asked == [False, True]
