"""How many recorded messages a second become candles and order books, on one core."""

import gzip
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sized
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile

from benchmarks.feed_latency import intake_of, received_to_visible, rings, sent_to_visible
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

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = ROOT.parent / "shared" / "data" / "ws"
BINANCE = RECORDINGS / "binance_spot_btcusdt_20240808.txt.gz"
COINBASE = RECORDINGS / "coinbase_exchange_20210417_set_a.jsonl.gz"
BYBIT = RECORDINGS / "bybit_v5_spot_20260809.jsonl.gz"
KRAKEN = RECORDINGS / "kraken_v2_btcusd_book10_20230730.json.gz"
OKX = RECORDINGS / "okx_v5_20220513.jsonl.gz"
GOAL = 150_000
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


def _measured(name: str, make: type[BinanceParser | CoinbaseParser], frames: list[bytes],
              goal: int | None) -> list[Row]:  # fmt: skip
    """All ``frames`` parsed, aggregated and stored; then as a connection's, stages told of."""
    parser = make()
    symbols = tuple({event.symbol for frame in frames for event in _events(parser, frame)})

    def apply_all() -> None:
        market = Market(symbols)
        receive, apply = parser.receive, market.apply
        for frame in frames:
            for event in receive(frame, 1):
                if isinstance(event, Trade | Quote):
                    apply(event, 1)

    def take_all() -> None:
        intake, link = intake_of(parser, Market(symbols))
        take, clock = intake.take, time.monotonic_ns
        for frame in frames:
            take(link, frame, clock())

    return [
        _rate(f"{name}: parse, aggregate, store", frames, apply_all, goal),
        _rate(f"{name}: the same as a connection's frames", frames, take_all, goal),
    ]


def _rate(name: str, frames: Sized, call: Callable[[], None], goal: int | None) -> Row:
    target = f"≥ {goal:,}/s" if goal else ""
    row = measure(name, call, runs=30, warm_up=2, goal=target, clock=time.thread_time_ns)
    rate = len(frames) / row.median_ms * 1e3
    return replace(row, note=f"{len(frames):,} messages, {rate:,.0f} messages/s")


def _beside_cryptofeed(frames: list[bytes]) -> list[Row]:
    """Our parser and cryptofeed's, without anything after them, on the same frames.

    cryptofeed reads aggregated trades only, so single trades are renamed to those for both.
    """
    ticks = (frame for frame in frames if b"@trade" in frame or b"@bookTicker" in frame)
    renamed = [_as_aggregate(frame) for frame in ticks]
    parser = BinanceParser()

    def parse() -> None:
        for frame in renamed:
            parser.receive(frame, 1)

    rows = [_rate("Binance, trades and best prices: parse", renamed, parse, None)]
    python = os.environ.get("CRYPTOFEED_PYTHON")
    if python is None:
        return rows
    with NamedTemporaryFile() as file:
        file.write(b"\n".join(renamed))
        file.flush()
        command = [python, str(ROOT / "benchmarks" / "peer_cryptofeed.py"), file.name, "12"]
        answer = subprocess.run(command, check=True, capture_output=True)
    times = sorted(json.loads(answer.stdout)[2:])
    rate = len(renamed) / median(times) * 1e3
    name = "Binance, trades and best prices: cryptofeed's parser"
    note = f"{len(renamed):,} messages, {rate:,.0f} messages/s"
    return [*rows, Row(name, median(times), times[0], times[-1], len(times), note=note)]


def _as_aggregate(frame: bytes) -> bytes:
    head, mark, tail = frame.partition(b'@trade"')
    if not mark:
        return frame
    return (
        head
        + b'@aggTrade"'
        + tail.replace(b'"e":"trade"', b'"e":"aggTrade"').replace(b'"t":', b'"a":')
    )


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

    row = measure(name, follow, runs=20, warm_up=2, clock=time.thread_time_ns)
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
    """Rings, trades alone, all frames as recorded, books, loopback; recordings only where they are.

    Messages a second are of one core: time that other programs took is left out, of the peer too.
    """
    rows = [rings()]
    if BINANCE.exists():
        frames = list(_binance_frames())
        trades = [frame for frame in frames if b'@trade"' in frame]
        rows += _measured("Binance trades", BinanceParser, trades, GOAL)
        rows += _measured("Binance, all as recorded", BinanceParser, frames[8:], GOAL)
        rows += _beside_cryptofeed(frames)
        rows.append(received_to_visible("Binance", BinanceParser(), trades))
    if COINBASE.exists():
        frames = list(_envelope_frames(COINBASE))
        # The recording holds 75 trades: repeated later they are as many as Binance's.
        trades = [frame for frame in frames if b'match"' in frame[:24]]
        many = [frame for number in range(130) for frame in _renumbered(trades, number)]
        rows += _measured("Coinbase trades", CoinbaseParser, many, GOAL)
        rows += _measured("Coinbase, all as recorded", CoinbaseParser, frames, GOAL)
        rows.append(received_to_visible("Coinbase", CoinbaseParser(), many))
    return [*rows, *_book_rows(), sent_to_visible()]


def _renumbered(frames: list[bytes], number: int) -> list[bytes]:
    result = []
    for frame in frames:
        message = json.loads(frame)
        message["trade_id"] += 1000 * number
        later = datetime.fromisoformat(message["time"]) + timedelta(seconds=40 * number)
        message["time"] = later.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        result.append(json.dumps(message, separators=(",", ":")).encode())
    return result
