"""A connection that the venue will end is replaced before, without gap and repetition."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from random import Random

from websockets.asyncio.server import ServerConnection

from data_feed.books import Books
from data_feed.connectors import WebSocketConnector
from data_feed.frame_intake import FrameIntake
from data_feed.link import Link
from data_feed.policy import LoopPolicy
from data_feed.progress import Progress
from data_feed.protocol import TICKS, Channel, VenueParser
from data_feed.sequence import TradeSequence
from data_feed.socket_loop import SocketLoop, _given_up
from data_feed.status import FeedState
from data_feed.venues.binance import BinanceParser
from data_feed.venues.bybit import BybitParser
from data_feed.venues.okx import OkxParser
from market.market import Market
from market.types import Interval, Symbol
from tests.data_feed.test_socket_loop import Listener, until
from tests.data_feed.venue_server import Script, Venue, hangs_up, sends, serving, stays_silent

BTC = Symbol("BTC-USDT")
POLICY = LoopPolicy(
    silence_s=20.0, no_data_s=20.0, base_delay_s=0.01, longest_delay_s=0.02, overlap_s=0.05
)
GOODBYE = '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}'
ANNOUNCED = "Binance announced that it will shut this server down"


def trade(number: int) -> str:
    time_ms = 1_700_000_000_000
    data = {"e": "trade", "s": "BTCUSDT", "t": number, "p": "100.5", "q": "2", "T": time_ms,
            "m": False}  # fmt: skip
    return json.dumps({"stream": "btcusdt@trade", "data": data})


class Rig:
    def __init__(self, venue: Venue, policy: LoopPolicy, lifetime_s: float) -> None:
        self.market, self.listener = Market([BTC], capacity=10), Listener()
        parser = BinanceParser()
        limits = parser.limits._replace(lifetime_s=lifetime_s, connect_s=0.0, pause_s=0.0)
        parser.limits = limits
        connector = WebSocketConnector(venue.url, limits=limits)
        self.loop = SocketLoop(parser, connector, self.market, self.listener, policy, Random(1))
        self.progress = self.loop.progress

    @property
    def trades(self) -> int:
        return int(self.market[BTC].builder.columns(Interval.D1).snapshot().trades.sum())


@asynccontextmanager
async def at_work(
    *scripts: Script, policy: LoopPolicy = POLICY, lifetime_s: float = 60.0
) -> AsyncIterator[tuple[Rig, Venue]]:
    async with serving(*scripts) as venue:
        rig = Rig(venue, policy, lifetime_s)
        task = asyncio.create_task(rig.loop.run())
        try:
            yield rig, venue
        finally:
            task.cancel()
            await asyncio.wait([task])


async def test_the_new_connection_delivers_before_the_old_one_is_closed() -> None:
    subscribed, closed, order = asyncio.Event(), asyncio.Event(), list[str]()

    async def old(connection: ServerConnection) -> None:
        for text in (trade(1), trade(2), GOODBYE):
            await connection.send(text)
        await subscribed.wait()
        await connection.send(trade(3))  # nobody else brings this one
        await connection.send(trade(4))
        await connection.wait_closed()
        order.append("old closed")
        closed.set()

    async def new(connection: ServerConnection) -> None:
        subscribed.set()
        await connection.send(trade(4))
        order.append("new delivered")
        await closed.wait()
        await connection.send(trade(5))
        await connection.wait_closed()

    async with at_work(old, new) as (rig, venue):
        await until(lambda: rig.trades == 5)
        assert order == ["new delivered", "old closed"]
        assert len(venue.requests) == 2
        assert rig.listener.reports == ["streaming"]
        counters = rig.progress.counters()
    assert (counters.handovers, counters.reconnects, counters.gaps) == (1, 0, 0)
    assert (counters.trades, counters.duplicates, counters.out_of_order) == (5, 0, 0)


async def test_a_connection_is_replaced_before_its_lifetime_ends() -> None:
    scripts = [sends(trade(1)), sends(trade(1), trade(2))]
    async with at_work(*scripts, lifetime_s=0.1) as (rig, _):
        await until(lambda: rig.progress.handovers >= 2)
        assert rig.progress.state is FeedState.STREAMING
        assert rig.progress.reconnects == 0
        assert rig.listener.reports == ["streaming"]
        assert rig.trades == 2
    assert BinanceParser().limits.lifetime_s < 24 * 3600


async def test_trades_between_the_two_are_a_gap() -> None:
    async with at_work(sends(trade(1), trade(2), GOODBYE), sends(trade(5))) as (rig, _):
        await until(lambda: rig.progress.handovers == 1)
        assert rig.listener.reports == ["streaming", "gap BTC-USDT after 2"]
        assert rig.progress.gaps == 1


async def test_the_newer_quotes_are_the_ones_that_count() -> None:
    def quote(bid: int) -> str:
        data = {"s": "BTCUSDT", "b": str(bid), "B": "1", "a": "101", "A": "2"}
        return json.dumps({"stream": "btcusdt@bookTicker", "data": data})

    told = asyncio.Event()

    async def old(connection: ServerConnection) -> None:
        for text in (quote(1), GOODBYE):
            await connection.send(text)
        await told.wait()
        for _ in range(50):
            await connection.send(quote(2))
        await connection.send(trade(9))
        await connection.wait_closed()

    async def new(connection: ServerConnection) -> None:
        await connection.send(quote(3))
        await asyncio.sleep(0.02)
        told.set()
        await connection.wait_closed()

    async with at_work(old, new, policy=replace(POLICY, overlap_s=1.0)) as (rig, _):
        await until(lambda: rig.trades == 1)
        quote_held = rig.market[BTC].quote
        assert quote_held is not None
        assert quote_held.bid == 3.0


async def test_what_fails_is_tried_again_while_the_old_connection_lives() -> None:
    scripts = [sends(trade(1), GOODBYE), hangs_up, hangs_up, sends(trade(2))]
    async with at_work(*scripts) as (rig, venue):
        await until(lambda: rig.progress.handovers == 1)
        assert venue.connections == 4
        assert rig.listener.reports == ["streaming"]
        assert rig.trades == 2


async def test_an_old_connection_that_ends_first_is_an_outage() -> None:
    subscribed = asyncio.Event()

    async def waits(connection: ServerConnection) -> None:
        await subscribed.wait()
        await hangs_up(connection)

    async def mute(connection: ServerConnection) -> None:
        subscribed.set()
        await stays_silent(connection)

    async with at_work(sends(trade(1), GOODBYE, then=waits), mute, sends(trade(2))) as (rig, _):
        await until(lambda: rig.trades == 2)
        assert rig.listener.reports[0] == "streaming"
        assert "venue closed the connection" in rig.listener.reports[1]
        assert rig.listener.reports[-1] == "streaming"
        assert (rig.progress.handovers, rig.progress.reconnects) == (0, 1)


# --- books, without a socket ----------------------------------------------------------------------


class Quiet:
    """A connection that nobody uses."""

    arrived_ns = 0

    async def send(self, text: str) -> None: ...
    async def receive(self) -> str:
        return ""

    async def close(self) -> None: ...


def intake_of(parser: VenueParser) -> tuple[FrameIntake, Books]:
    market = Market([BTC], capacity=10)
    books = Books([BTC], parser.book_rules)
    intake = FrameIntake(parser, market, Listener(), Progress(), books, lambda link: None)
    return intake, books


def link_of(intake: FrameIntake) -> Link:
    return Link(Quiet(), POLICY, intake.take, TradeSequence())


def bybit(kind: str, number: int, size: str) -> str:
    data = {"s": "BTCUSDT", "b": [["100.0", size]], "a": [["101.0", "2"]], "u": number}
    return json.dumps({"topic": "orderbook.200.BTCUSDT", "ts": 1, "type": kind, "data": data})


def okx(action: str, previous: int, number: int, size: str) -> str:
    book = {"asks": [["101", "2", "0", "1"]], "bids": [["100", size, "0", "1"]], "ts": "1",
            "checksum": 0, "seqId": number, "prevSeqId": previous}  # fmt: skip
    arg = {"channel": "books", "instId": "BTC-USDT"}
    return json.dumps({"arg": arg, "action": action, "data": [book]})


async def test_a_book_goes_on_with_the_new_connections_snapshot() -> None:
    intake, books = intake_of(BybitParser(TICKS | {Channel.BOOK}))
    old, new = link_of(intake), link_of(intake)
    intake.begin(old, 0)
    intake.take(old, bybit("snapshot", 5, "1"), 1)
    intake.overlap(new)
    intake.take(new, bybit("snapshot", 900, "7"), 2)  # numbers of another connection
    intake.take(old, bybit("delta", 6, "2"), 3)
    intake.take(new, bybit("delta", 901, "8"), 4)
    book = books.book(BTC)
    assert book is not None
    assert book.view(1).bids[1].tolist() == [2.0]  # until it has taken over
    intake.switch(5)
    assert book.valid
    assert book.view(1).bids[1].tolist() == [8.0]
    assert books.lost == 0


async def test_a_book_numbered_alike_on_both_connections_never_becomes_invalid() -> None:
    intake, books = intake_of(OkxParser(TICKS | {Channel.BOOK}))
    old, new = link_of(intake), link_of(intake)
    intake.begin(old, 0)
    intake.take(old, okx("snapshot", -1, 5, "1"), 1)
    intake.overlap(new)
    intake.take(old, okx("update", 5, 6, "2"), 2)
    intake.take(new, okx("update", 5, 6, "2"), 3)
    intake.take(new, okx("update", 6, 7, "3"), 4)
    book = books.book(BTC)
    assert book is not None
    assert book.valid
    intake.switch(5)
    assert book.valid
    assert book.view(1).bids[1].tolist() == [3.0]
    assert books.lost == 0


async def test_a_successor_that_failed_leaves_nothing_behind() -> None:
    intake, books = intake_of(BybitParser(TICKS | {Channel.BOOK}))
    old, new = link_of(intake), link_of(intake)
    intake.begin(old, 0)
    intake.take(old, bybit("snapshot", 5, "1"), 1)
    intake.overlap(new)
    intake.take(new, bybit("snapshot", 900, "7"), 2)
    intake.overlap(None)
    assert not old.superseded
    again = link_of(intake)
    intake.overlap(again)
    intake.switch(3)
    book = books.book(BTC)
    assert book is not None
    assert not book.valid  # its own snapshot has not come yet


async def test_a_connection_that_nobody_waits_for_any_more_is_closed() -> None:
    class Opened:
        closed = False

        async def close(self) -> None:
            self.closed = True

    async def opens() -> Opened:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        return opened  # was made at the very moment

    opened = Opened()
    opening = asyncio.create_task(opens())
    await asyncio.sleep(0)
    await _given_up(opening)  # type: ignore[arg-type]
    assert opened.closed
