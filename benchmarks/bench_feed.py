"""How many recorded messages a second become candles and order books, on one core."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.harness import Row, measure
from data_feed.books import Books
from data_feed.protocol import TICKS, BookDelta, BookSnapshot, Channel, VenueParser
from data_feed.venues.binance import BinanceParser
from data_feed.venues.bybit import BybitParser
from data_feed.venues.coinbase import CoinbaseParser
from data_feed.venues.kraken import KrakenParser
from data_feed.venues.okx import OkxParser
from market.market import Market
from market.types import Quote, Trade

RECORDINGS = Path(__file__).resolve().parents[2] / "shared" / "data" / "ws"
BINANCE = RECORDINGS / "binance_spot_btcusdt_20240808.txt.gz"
COINBASE = RECORDINGS / "coinbase_exchange_20210417_set_a.jsonl.gz"
BYBIT = RECORDINGS / "bybit_v5_spot_20260809.jsonl.gz"
KRAKEN = RECORDINGS / "kraken_v2_btcusd_book10_20230730.json.gz"
OKX = RECORDINGS / "okx_v5_20220513.jsonl.gz"
GOAL = 100_000
BOOK_GOAL = 10_000
BOOKS = TICKS | {Channel.BOOK}


def _binance_frames() -> Iterator[bytes]:
    with gzip.open(BINANCE, "rb") as lines:
        for line in lines:
            yield line.partition(b" ")[2].rstrip()


def _envelope_frames(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rt") as lines:
        for line in lines:
            record = json.loads(line)
            if record["t"] == "recv":
                yield record["data"].encode()


def _events(parser: VenueParser, frame: bytes) -> list[Trade | Quote]:
    return [event for event in parser.receive(frame, 1) if isinstance(event, Trade | Quote)]


def _measured(name: str, parser: VenueParser, frames: list[bytes], goal: int | None) -> Row:
    """One call parses and aggregates all ``frames`` into a fresh market."""
    symbols = tuple({event.symbol for frame in frames for event in _events(parser, frame)})
    market = Market(symbols)

    def feed() -> None:
        receive, apply = parser.receive, market.apply
        for frame in frames:
            for event in receive(frame, 1):
                if isinstance(event, Trade | Quote):
                    apply(event, 1)

    def fresh() -> None:
        nonlocal market
        market = Market(symbols)
        feed()

    row = measure(name, fresh, runs=30, warm_up=2)
    rate = len(frames) / row.median_ms * 1e3
    target = f"≥ {goal:,}/s" if goal else ""
    return Row(
        row.name, row.median_ms, row.low_ms, row.high_ms, row.runs,
        goal=target, note=f"{len(frames):,} messages, {rate:,.0f} messages/s",
    )  # fmt: skip


def _kraken_frames() -> Iterator[bytes]:
    with gzip.open(KRAKEN, "rt") as file:
        content = json.load(file)
    for message in (content["init"], *content["updates"]):
        yield json.dumps(message, separators=(",", ":")).encode()


def _book_measured(name: str, parser: VenueParser, frames: list[bytes]) -> Row:
    """One call follows the books of ``frames``: parse, sequence, levels, checksum where sent."""
    events = [
        [event for event in parser.receive(frame, 1) if isinstance(event, BookSnapshot | BookDelta)]
        for frame in frames
    ]
    kept = [frame for frame, found in zip(frames, events, strict=True) if found]
    symbols = list(dict.fromkeys(event.symbol for found in events for event in found))
    rules = parser.book_rules
    changes = sum(len(event.bids) + len(event.asks) for found in events for event in found)

    def follow() -> None:
        books = Books(symbols, rules)
        for frame in kept:
            for event in parser.receive(frame, 1):
                if isinstance(event, BookSnapshot | BookDelta):
                    books.take(event, 1)
        if books.lost:
            raise AssertionError(f"{name}: track of a book was lost")

    row = measure(name, follow, runs=20, warm_up=2)
    rate = len(kept) / row.median_ms * 1e3
    return Row(
        row.name, row.median_ms, row.low_ms, row.high_ms, row.runs, goal=f"≥ {BOOK_GOAL:,}/s",
        note=f"{len(kept):,} messages, {changes:,} levels, {rate:,.0f} messages/s",
    )  # fmt: skip


def _book_rows() -> list[Row]:
    rows = []
    if KRAKEN.exists():
        frames = list(_kraken_frames())
        rows.append(
            _book_measured("Kraken book of 10 with checksums", KrakenParser(BOOKS, 10), frames)
        )
    recorded: tuple[tuple[str, VenueParser, Path], ...] = (
        ("OKX books of 400 with checksums", OkxParser(BOOKS), OKX),
        ("Bybit books of 200", BybitParser(BOOKS), BYBIT),
        ("Coinbase books", CoinbaseParser(BOOKS), COINBASE),
    )
    for name, parser, path in recorded:
        if path.exists():
            rows.append(_book_measured(name, parser, list(_envelope_frames(path))))
    return rows


def run() -> list[Row]:
    """Trades alone (the goal), all frames as recorded, books; empty without the recordings."""
    rows = []
    if BINANCE.exists():
        frames = list(_binance_frames())
        trades = [frame for frame in frames if b'@trade"' in frame]
        rows.append(_measured("Binance trades: parse and aggregate", BinanceParser(), trades, GOAL))
        rows.append(_measured("Binance, all frames as recorded", BinanceParser(), frames[8:], None))
    if COINBASE.exists():
        frames = list(_envelope_frames(COINBASE))
        # The recording holds 75 trades: repeated later they are as many as Binance's.
        trades = [frame for frame in frames if b'match"' in frame[:24]]
        many = [frame for number in range(130) for frame in _renumbered(trades, number)]
        rows.append(_measured("Coinbase trades: parse and aggregate", CoinbaseParser(), many, GOAL))
        rows.append(_measured("Coinbase, all frames as recorded", CoinbaseParser(), frames, None))
    return rows + _book_rows()


def _renumbered(frames: list[bytes], number: int) -> list[bytes]:
    result = []
    for frame in frames:
        message = json.loads(frame)
        message["trade_id"] += 1000 * number
        later = datetime.fromisoformat(message["time"]) + timedelta(seconds=40 * number)
        message["time"] = later.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        result.append(json.dumps(message, separators=(",", ":")).encode())
    return result
