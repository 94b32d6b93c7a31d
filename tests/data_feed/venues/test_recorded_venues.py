"""Every recorded frame, value by value against a second, slow reading; every checksum."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from data_feed.books import Books
from data_feed.history import BinanceHistory
from data_feed.protocol import (
    Acknowledged,
    BookDelta,
    BookSnapshot,
    Channel,
    Event,
    Heartbeat,
    Malformed,
    Refused,
    VenueParser,
)
from data_feed.venues.binance import BinanceParser
from data_feed.venues.bybit import BybitParser
from data_feed.venues.coinbase import CoinbaseParser
from data_feed.venues.kraken import KrakenParser
from data_feed.venues.okx import OkxParser
from market.types import Symbol, Trade
from tests.data_feed.frames import (
    BINANCE,
    BINANCE_US,
    BYBIT,
    COINBASE,
    KRAKEN_BOOK,
    KRAKEN_FRAMES,
    KRAKEN_RESUBSCRIBED,
    OKX,
    OKX_TODAY,
    captured,
    kraken_fixture,
    recorded,
)
from tests.data_feed.venues import slow_reading

ALL = frozenset(Channel)
NO_CANDLES = ALL - {Channel.CANDLES}
Read = Callable[[Path], Iterator[bytes]]
Slow = Callable[[bytes], list[slow_reading.Row]]

RECORDINGS: list[tuple[str, Read, VenueParser, Slow, dict[str, int]]] = [
    (KRAKEN_BOOK, kraken_fixture, KrakenParser(ALL, 10), slow_reading.kraken,
     {"snapshot": 1, "delta": 509}),
    (KRAKEN_RESUBSCRIBED, captured, KrakenParser(ALL, 25), slow_reading.kraken,
     {"snapshot": 2, "delta": 17}),
    (KRAKEN_FRAMES, captured, KrakenParser(ALL, 10), slow_reading.kraken,
     {"quote": 2, "candle": 11, "snapshot": 1, "delta": 1}),
    (BYBIT, recorded, BybitParser(ALL), slow_reading.bybit,
     {"snapshot": 2, "delta": 548, "candle": 25, "trade": 20}),
    (OKX, recorded, OkxParser(NO_CANDLES), slow_reading.okx,
     {"snapshot": 3, "delta": 287, "quote": 28, "trade": 74}),
    (BINANCE, recorded, BinanceParser(ALL), slow_reading.binance,
     {"quote": 28_040, "trade": 9_757, "delta": 3_451}),
    (BINANCE_US, recorded, BinanceParser(ALL), slow_reading.binance,
     {"quote": 128, "trade": 11, "candle": 5, "delta": 336}),
    (COINBASE, recorded, CoinbaseParser(ALL), slow_reading.coinbase,
     {"quote": 75, "trade": 75, "snapshot": 5, "delta": 4_627}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "read", "parser", "slow", "counts"), RECORDINGS, ids=[row[0] for row in RECORDINGS]
)
def test_every_frame_says_what_a_slow_reading_says(
    shared_data: Path,
    name: str,
    read: Read,
    parser: VenueParser,
    slow: Slow,
    counts: dict[str, int],
) -> None:
    found: Counter[str] = Counter()
    for frame in read(shared_data / "ws" / name):
        events = parser.receive(frame, 1)
        assert not [event for event in events if isinstance(event, Malformed | Refused)]
        rows = [row for event in events if (row := slow_reading.plain(event)) is not None]
        assert rows == slow(frame)
        found.update(row[0] for row in rows)
    assert found == counts


def test_todays_frames_of_okx_on_their_two_addresses(shared_data: Path) -> None:
    frames = list(captured(shared_data / "ws" / OKX_TODAY))
    parsers = (OkxParser(NO_CANDLES), OkxParser({Channel.CANDLES}))
    rows = []
    for frame in frames:
        events = [event for parser in parsers for event in parser.receive(frame, 1)]
        found = [row for event in events if (row := slow_reading.plain(event)) is not None]
        assert found == slow_reading.okx(frame)
        rows += found
    assert [row[0] for row in rows] == ["quote", "quote", "candle", "candle", "trade", "trade"]


def others(parser: VenueParser, frames: Iterable[bytes]) -> Counter[str]:
    """Events that are not of the market, by kind and content."""
    return Counter(
        f"{type(event).__name__} {','.join(event.symbols)}"
        if isinstance(event, Acknowledged)
        else type(event).__name__
        for frame in frames
        for event in parser.receive(frame, 1)
        if slow_reading.plain(event) is None
    )


def test_confirmations_and_heartbeats_are_recognised(shared_data: Path) -> None:
    ws = shared_data / "ws"
    assert others(KrakenParser(), captured(ws / KRAKEN_RESUBSCRIBED)) == {
        "Acknowledged MINA-GBP": 2, "Heartbeat": 73,
    }  # fmt: skip
    assert others(KrakenParser(), captured(ws / KRAKEN_FRAMES)) == {
        "Acknowledged BTC-USD": 3, "Heartbeat": 1,
    }  # fmt: skip
    # The recorder sent no numbers with its requests, so the answers name no symbols.
    assert others(BybitParser(), recorded(ws / BYBIT)) == {"Acknowledged ": 7}
    assert others(OkxParser(), recorded(ws / OKX)) == {
        "Acknowledged BTC-USDT": 6, "Acknowledged BTC-USD-220527": 6,
        "Acknowledged UNI-USD-SWAP": 6,
    }  # fmt: skip


BOOKS: list[tuple[str, Read, Callable[[], VenueParser], int]] = [
    (KRAKEN_BOOK, kraken_fixture, lambda: KrakenParser(ALL, 10), 510),
    (KRAKEN_RESUBSCRIBED, captured, lambda: KrakenParser(ALL, 25), 19),
    (KRAKEN_FRAMES, captured, lambda: KrakenParser(ALL, 10), 2),
    (OKX, recorded, lambda: OkxParser(NO_CANDLES), 290),
]


def book_events(parser: VenueParser, frames: Iterable[bytes]) -> list[BookSnapshot | BookDelta]:
    events: list[Event] = [event for frame in frames for event in parser.receive(frame, 1)]
    return [event for event in events if isinstance(event, BookSnapshot | BookDelta)]


def followed(parser: VenueParser, events: list[BookSnapshot | BookDelta]) -> Books:
    books = Books([event.symbol for event in events], parser.book_rules)
    for event in events:
        books.take(event, 1)
    return books


@pytest.mark.parametrize(("name", "read", "make", "count"), BOOKS, ids=[row[0] for row in BOOKS])
def test_every_checksum_verifies_and_a_changed_size_is_noticed(
    shared_data: Path, name: str, read: Read, make: Callable[[], VenueParser], count: int
) -> None:
    parser = make()
    events = book_events(parser, read(shared_data / "ws" / name))
    assert len([event for event in events if event.checksum is not None]) == count
    assert followed(parser, events).lost == 0
    for number in range(0, len(events), max(len(events) // 25, 1)):
        event = events[number]
        if not event.bids:
            continue
        # The best of the changed levels: only the top of the book is in the checksum.
        at = max(range(len(event.bids)), key=lambda i: event.bids[i][0])
        price, size = event.bids[at]
        bids = [*event.bids[:at], (price, size + 1), *event.bids[at + 1 :]]
        spoiled = [*events[:number], event._replace(bids=bids), *events[number + 1 :]]
        inside = is_in_checksum(parser, events[: number + 1], price, size)
        assert (followed(parser, spoiled[: number + 1]).lost == 1) is inside


def is_in_checksum(
    parser: VenueParser, events: list[BookSnapshot | BookDelta], price: int, size: int
) -> bool:
    """Whether a level of the last event's bids is among the checked ones, or would be, of size 1.

    A dictionary per side is the whole book here.
    """
    bids: dict[int, int] = {}
    last = events[-1]
    for event in events:
        if event.symbol == last.symbol:
            bids = {} if isinstance(event, BookSnapshot) else bids
            bids |= dict(event.bids)
            bids = {key: bids[key] for key in sorted(bids, reverse=True) if bids[key]}
            depth = parser.book_rules.depth or len(bids)
            bids = dict(list(bids.items())[:depth])
    bids[price] = size + 1
    return price in sorted(bids, reverse=True)[: parser.book_rules.checked]


@pytest.mark.parametrize(("name", "read", "make", "count"), BOOKS, ids=[row[0] for row in BOOKS])
def test_a_lost_frame_is_noticed_by_the_next_checksums(
    shared_data: Path, name: str, read: Read, make: Callable[[], VenueParser], count: int
) -> None:
    parser = make()
    events = book_events(parser, read(shared_data / "ws" / name))
    at = next(i for i, event in enumerate(events) if isinstance(event, BookDelta) and event.bids)
    if at + 1 < len(events):
        assert followed(parser, events[:at] + events[at + 1 :]).lost > 0


def test_bybits_numbers_have_no_gap_and_a_lost_frame_is_one(shared_data: Path) -> None:
    parser = BybitParser(ALL)
    events = book_events(parser, recorded(shared_data / "ws" / BYBIT))
    books = followed(parser, events)
    assert (books.lost, books.old) == (0, 0)
    for symbol in ("BTC-USDT", "ETH-USDT"):
        book = books.book(symbol)
        assert book is not None
        view = book.view()
        assert (len(view.bid_ticks), len(view.ask_ticks), view.crossed) == (200, 200, False)
    assert followed(parser, events[:100] + events[101:]).lost > 0


def test_coinbases_books_never_cross(shared_data: Path) -> None:
    parser = CoinbaseParser(ALL)
    assert followed(parser, book_events(parser, recorded(shared_data / "ws" / COINBASE))).lost == 0


def test_binances_book_starts_from_rest_and_agrees_with_its_tickers(shared_data: Path) -> None:
    """The snapshot is the one that the recorder saved; best bid and ask are those of bookTicker."""
    import gzip

    parser = BinanceParser(ALL)
    symbol = Symbol("BTC-USDT")
    books = Books([symbol], parser.book_rules)
    asked, quotes, compared = [], {}, 0
    with gzip.open(shared_data / "ws" / BINANCE, "rb") as lines:
        for line in lines:
            frame = line.partition(b" ")[2]
            if frame.startswith(b'{"lastUpdateId"'):
                books.take(BinanceHistory().book(symbol, frame), 1)
                continue
            message = json.loads(frame)["data"]
            if message.get("e") is None:
                quotes[message["u"]] = tuple(float(message[name]) for name in "bBaA")
            for event in parser.receive(frame, 1):
                if isinstance(event, BookDelta):
                    asked.append(books.take(event, 1))
                    book = books.book(symbol)
                    assert book is not None
                    if event.last in quotes and book.valid:
                        view = book.view(1)
                        best = (*view.bids[:, 0].tolist(), *view.asks[:, 0].tolist())
                        assert best == quotes[event.last]
                        compared += 1
    assert asked[0] is True
    assert not any(asked[1:])
    assert books.lost == 0
    assert compared > 500


@pytest.mark.parametrize(
    ("name", "parser"),
    [(BINANCE, BinanceParser()), (OKX, OkxParser()), (COINBASE, CoinbaseParser())],
)
def test_trade_ids_rise_by_one_where_it_is_said(
    shared_data: Path, name: str, parser: VenueParser
) -> None:
    assert parser.ids_rise_by_one
    newest: dict[Symbol, list[int]] = {}
    for frame in recorded(shared_data / "ws" / name):
        for event in parser.receive(frame, 1):
            if isinstance(event, Trade):
                newest.setdefault(event.symbol, []).append(event.trade_id)
    assert newest
    for ids in newest.values():
        assert {after - before for before, after in pairwise(ids)} <= {1}


def test_bybits_trade_ids_have_holes(shared_data: Path) -> None:
    parser = BybitParser()
    assert not parser.ids_rise_by_one
    ids = [
        event.trade_id
        for frame in recorded(shared_data / "ws" / BYBIT)
        for event in parser.receive(frame, 1)
        if isinstance(event, Trade) and event.symbol == "ETH-USDT"
    ]
    steps = [after - before for before, after in pairwise(ids)]
    assert min(steps) > 0
    assert max(steps) > 1


def test_a_pong_is_a_heartbeat() -> None:
    assert OkxParser().receive(b"pong", 1) == (Heartbeat(0),)
