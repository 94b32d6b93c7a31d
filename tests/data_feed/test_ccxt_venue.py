"""ccxt's own code against the simulated exchange, which speaks Coinbase's protocol.

Nothing of ccxt is replaced: its class for Coinbase Exchange is pointed at other addresses.
"""

import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from data_feed import ccxt_venue
from data_feed.ccxt_venue import CcxtSource, exchange_class
from data_feed.errors import BadRequest
from data_feed.feed import Feed
from data_feed.open_feed import FeedRequest, default_symbols, open_feed
from data_feed.protocol import TICKS, Channel
from data_feed.simulator.server import SimulatorServer
from data_feed.status import FeedState
from market.instrument import Instrument
from market.market import Market
from market.types import Interval, Symbol
from tests.data_feed.test_socket_loop import until

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
INSTALLED = importlib.util.find_spec("ccxt") is not None
needs_ccxt = pytest.mark.skipif(not INSTALLED, reason="ccxt is not installed")


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ccxt", "ccxt.pro"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(BadRequest, match=r"pip install -r requirements-ccxt\.txt"):
        open_feed(FeedRequest("live", "ccxt:bitstamp", (BTC,)), Market([BTC], capacity=1))


def test_its_symbols_must_be_named() -> None:
    with pytest.raises(BadRequest, match="name the symbols of ccxt:bitstamp with --symbols"):
        default_symbols(["coinbase", "ccxt:bitstamp"])


@needs_ccxt
def test_an_exchange_that_it_has_not_is_refused() -> None:
    with pytest.raises(BadRequest, match="venue was 'ccxt:nasdaq'; with live data ccxt knows "):
        exchange_class("nasdaq")


@needs_ccxt
def test_an_exchange_without_live_trades_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    library = ccxt_venue.load_ccxt()

    class Mute(library.bitstamp):  # type: ignore[name-defined]
        def describe(self) -> Any:
            return self.deep_extend(super().describe(), {"has": {"watchTrades": False}})

    monkeypatch.setattr(library, "bitstamp", Mute)
    with pytest.raises(BadRequest, match="ccxt cannot watch trades there"):
        exchange_class("bitstamp")


KEYS = ("key", "c2VjcmV0", "password")
"""ccxt asks for an account's keys before it asks Coinbase for a book; the simulator does not."""


def pointed_at(
    server: SimulatorServer, keys: tuple[str, str, str]
) -> Callable[[dict[str, Any]], Any]:
    """ccxt's Coinbase Exchange at the simulator's addresses."""
    make = exchange_class("coinbaseexchange")

    def made(options: dict[str, Any]) -> Any:
        exchange = make(options)
        exchange.urls["api"] = {
            "public": server.rest_url, "private": server.rest_url, "ws": server.url,
        }  # fmt: skip
        exchange.apiKey, exchange.secret, exchange.password = keys
        # A list of currencies, which the simulator has not, is of no use here.
        exchange.has["fetchCurrencies"] = False
        return exchange

    return made


@asynccontextmanager
async def at_work(
    *symbols: Symbol, keys: tuple[str, str, str] = KEYS
) -> AsyncIterator[tuple[Feed, Market, SimulatorServer]]:
    server = SimulatorServer((BTC, ETH), 5)
    await server.start()
    market = Market(symbols)
    source = CcxtSource(pointed_at(server, keys), "Coinbase Exchange", TICKS | {Channel.BOOK})
    feed = Feed([source], market, Random(1))
    feed.start()
    try:
        yield feed, market, server
    finally:
        await asyncio.to_thread(feed.stop)
        await server.stop()


@needs_ccxt
async def test_trades_quotes_books_and_candles_come_through_ccxt() -> None:
    async with at_work(BTC, ETH) as (feed, market, _):
        await until(lambda: market[BTC].heard_id >= 3)
        await until(lambda: market[ETH].quote is not None)
        await until(lambda: (book := feed.book(BTC)) is not None and book.valid)
        await until(lambda: len(market[BTC].builder.columns(Interval.M15)) > 200)
        await until(lambda: feed.instrument(ETH) is not None)
        assert feed.instrument(BTC) == Instrument(BTC, 0.1, 1e-8, 0.0, 0.1)
        status, book, quote = feed.status(), feed.book(BTC), market[ETH].quote
        assert book is not None
        view = book.view(10)
    assert status.state is FeedState.STREAMING
    assert status.detail == "Connected to Coinbase Exchange through ccxt."
    assert status.counters.malformed == 0
    assert quote is not None
    assert 0 < quote.bid < quote.ask
    assert view.bids[0][0] < view.asks[0][0]
    last = market[BTC].last_trade
    assert last is not None
    assert abs(last.price / view.bids[0][0] - 1) < 0.01


@needs_ccxt
async def test_a_symbol_that_the_exchange_has_not_is_told_and_the_others_go_on() -> None:
    async with at_work(BTC, Symbol("XYZ-USD")) as (feed, market, _):
        await until(lambda: market[BTC].heard_id >= 1)
        assert feed.status().counters.refused == 1


@needs_ccxt
async def test_what_needs_an_account_is_told_and_the_rest_goes_on() -> None:
    async with at_work(BTC, keys=("", "", "")) as (feed, market, _):
        await until(lambda: market[BTC].heard_id >= 1 and market[BTC].quote is not None)
        await until(lambda: feed.status().counters.refused == 1)
        assert feed.status().state is FeedState.STREAMING


@needs_ccxt
async def test_an_exchange_that_goes_away_is_lost() -> None:
    async with at_work(BTC) as (feed, market, server):
        await until(lambda: market[BTC].heard_id >= 1)
        await server.stop()
        await until(lambda: feed.status().state is FeedState.LOST)
