"""Recordings are recognised, read and played through the market."""

import asyncio
import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

import pytest

from data_feed.connectors import RecordingEnded
from data_feed.errors import RecordingError
from data_feed.playhead import Playhead
from data_feed.protocol import VenueParser
from data_feed.replay import ReplayConnector, open_recording, symbols_in
from data_feed.venues.binance import BinanceParser
from data_feed.venues.bybit import BybitParser
from data_feed.venues.coinbase import CoinbaseParser
from data_feed.venues.kraken import KrakenParser
from data_feed.venues.okx import OkxParser
from market.market import Market
from market.types import INTERVALS, SECOND, Side, Symbol, Trade
from tests.data_feed.frames import (
    BINANCE,
    BINANCE_TRADE,
    BINANCE_US,
    BYBIT,
    COINBASE,
    KRAKEN_TRADE,
    MATCH,
    OKX,
    recorded,
)
from tests.market.reference import reference_candles, rows

pytestmark = pytest.mark.kernel

SUPPORTED = [
    (BINANCE, BinanceParser), (BINANCE_US, BinanceParser), (COINBASE, CoinbaseParser),
    (BYBIT, BybitParser), (OKX, OkxParser),
]  # fmt: skip


def raw_trades(path: Path) -> list[Trade]:
    """The trades of a recording, by hand from the raw messages."""
    result = []
    for frame in recorded(path):
        message = json.loads(frame)
        data = message.get("data", message)
        if isinstance(data, list):
            result += listed_trades(message, data)
            continue
        kind = data.get("type") or data.get("e")
        if kind in {"match", "last_match"}:
            seconds, _, fraction = data["time"].rstrip("Z").partition(".")
            whole = datetime.fromisoformat(seconds).replace(tzinfo=UTC)
            time_ns = int(whole.timestamp()) * SECOND + int(fraction.ljust(9, "0"))
            symbol, number, price, size = (
                data["product_id"],
                data["trade_id"],
                data["price"],
                data["size"],
            )
        elif kind in {"trade", "aggTrade"}:
            quote = next(each for each in ("USDT", "BUSD") if data["s"].endswith(each))
            symbol = f"{data['s'].removesuffix(quote)}-{quote}"
            number, time_ns = data["t" if kind == "trade" else "a"], data["T"] * 1_000_000
            price, size = data["p"], data["q"]
        else:
            continue
        result.append(Trade(Symbol(symbol), number, time_ns, float(price), float(size), Side.BUY))
    return result


def listed_trades(message: dict[str, Any], rows: list[Any]) -> list[Trade]:
    """Bybit's and OKX's trades come as lists."""
    if message.get("topic", "").startswith("publicTrade"):
        return [
            Trade(Symbol(each["s"].replace("USDT", "-USDT")), int(each["i"]), each["T"] * 10**6,
                  float(each["p"]), float(each["v"]), Side.BUY)
            for each in rows
        ]  # fmt: skip
    if message.get("arg", {}).get("channel") == "trades":
        return [
            Trade(Symbol(each["instId"]), int(each["tradeId"]), int(each["ts"]) * 10**6,
                  float(each["px"]), float(each["sz"]), Side.BUY)
            for each in rows
        ]  # fmt: skip
    return []


@pytest.mark.parametrize(("name", "parser"), SUPPORTED)
def test_a_replay_builds_exactly_the_recorded_candles(
    shared_data: Path, name: str, parser: type[VenueParser]
) -> None:
    path = shared_data / "ws" / name
    recording = open_recording(path)
    assert recording.parser is parser
    market = Market(symbols_in(path))
    reader = recording.parser()
    for frame in recording.frames():
        for event in reader.receive(frame.data, 1):
            if isinstance(event, Trade):
                market.apply(event, 1)
    trades = raw_trades(path)
    assert trades
    for symbol in market.symbols:
        mine = [each for each in trades if each.symbol == symbol]
        for interval in INTERVALS:
            expected = reference_candles(mine, interval)
            actual = rows(market[symbol].builder.columns(interval).snapshot())
            assert [row[:5] for row in actual] == [row[:5] for row in expected]
            assert [row.trades for row in actual] == [row.trades for row in expected]
            assert [row.volume for row in actual] == pytest.approx([row.volume for row in expected])
    assert market.unknown_events == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (BINANCE, ("BTC-USDT",)),
        (COINBASE, ("SKL-USD", "BAND-BTC", "NMR-EUR", "SKL-GBP", "NU-GBP")),
        (BINANCE_US, ("COMP-USDT", "CRV-USDT", "OMG-BUSD", "ZRX-USDT")),
    ],
)
def test_the_symbols_of_a_recording(
    shared_data: Path, name: str, expected: tuple[str, ...]
) -> None:
    found = symbols_in(shared_data / "ws" / name)
    assert sorted(found) == sorted(expected)
    traded = [each.symbol for each in raw_trades(shared_data / "ws" / name)]
    counts = [traded.count(symbol) for symbol in found]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(
    "name",
    [
        "coinbase_advanced_20260809_first10s.jsonl.gz",
        "kraken_v1_20210417.jsonl.gz",
        "kraken_v2_btcusd_book10_20230730.json.gz",
        "kraken_v2_minagbp_book25_resubscribe_20260818.ndjson",
    ],
)
def test_a_recording_nothing_here_can_parse_is_refused(shared_data: Path, name: str) -> None:
    with pytest.raises(RecordingError, match="cannot be replayed"):
        open_recording(shared_data / "ws" / name)


def test_a_recording_of_kraken_is_recognised(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", [(1.0, b'{"channel":"heartbeat"}'), (2, KRAKEN_TRADE)])
    assert open_recording(path).parser is KrakenParser
    assert symbols_in(path) == ("MATIC-USD",)


def write_lines(path: Path, frames: Iterable[tuple[float, bytes]]) -> Path:
    lines = [json.dumps({"t": "header", "exchange": "COINBASE"})]
    lines += [json.dumps({"t": "recv", "ts": ts, "data": data.decode()}) for ts, data in frames]
    text = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_json_lines_are_read_plain_and_packed(tmp_path: Path, name: str) -> None:
    path = write_lines(tmp_path / name, [(1.5, MATCH), (2.25, MATCH)])
    frames = list(open_recording(path).frames())
    assert [(frame.time_ns, frame.data) for frame in frames] == [
        (1_500_000_000, MATCH),
        (2_250_000_000, MATCH),
    ]
    assert symbols_in(path) == ("BTC-USD",)


def test_text_lines_are_read_and_rest_answers_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b'5 {"lastUpdateId":1,"bids":[]}\n7 ' + BINANCE_TRADE + b"\n")
    assert [(frame.time_ns, frame.data) for frame in open_recording(path).frames()] == [
        (7, BINANCE_TRADE)
    ]


def test_what_is_no_recording_is_refused_with_the_reason(tmp_path: Path) -> None:
    cases = {
        "missing.gz": (None, "there is no such file"),
        "empty.jsonl": (b"", "it holds no received frame"),
        "words.txt": (b"hello\n", "line 1 is no recorded frame"),
        "list.jsonl": (b"[1,2]\n", "line 1 is no recorded frame"),
        "cut.gz": (gzip.compress(b'{"t":"header"}\n' * 999)[:-20], "it cannot be read"),
        "rotten.gz": (b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 40, "it cannot be read: .*invalid"),
        "late.jsonl": (b'{"t":"recv","ts":1e308,"data":"x"}\n', "line 1 is .* its time is not in"),
        "late.txt": (b"9" * 30 + b" {}\n", "line 1 is .* its time is not in"),
        "early.jsonl": (b'{"t":"recv","ts":-1,"data":"x"}\n', "line 1 is .* its time is not in"),
        "unknown.txt": (b'5 {"topic":"trades"}\n', "protocol is none of Binance, Bybit, Coinbase"),
        "other.txt": (b"5 nonsense\n", "protocol is none of Binance, Bybit, Coinbase"),
    }
    for name, (content, reason) in cases.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(RecordingError, match=reason):
            open_recording(path)
    with pytest.raises(RecordingError, match="it is a folder"):
        open_recording(tmp_path)


def test_a_recording_without_trades_and_quotes_is_refused(tmp_path: Path) -> None:
    hello = b'{"type":"subscriptions","channels":[{"name":"matches","product_ids":["BTC-USD"]}]}'
    path = write_lines(tmp_path / "a.jsonl", [(1.0, hello)])
    with pytest.raises(RecordingError, match="it holds no trade and no quote"):
        symbols_in(path)


async def test_a_playback_gives_every_frame_and_then_says_so(tmp_path: Path) -> None:
    recording = open_recording(write_lines(tmp_path / "a.jsonl", [(0.0, MATCH), (9e9, MATCH)]))
    connection = await ReplayConnector(recording, Playhead(inf)).open()
    await connection.send("ignored")
    assert [await connection.receive(), await connection.receive()] == [MATCH, MATCH]
    with pytest.raises(RecordingEnded):
        await connection.receive()
    await connection.close()


async def test_a_playback_keeps_the_recorded_pace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    now_ns = 10**9

    async def note(delay: float) -> None:
        nonlocal now_ns
        waits.append(delay)
        now_ns += round(delay * 1e9)

    monkeypatch.setattr(asyncio, "sleep", note)
    monkeypatch.setattr("data_feed.playhead.time.monotonic_ns", lambda: now_ns)
    recording = open_recording(write_lines(tmp_path / "a.jsonl", [(0.0, MATCH), (100.0, MATCH)]))
    connection = await ReplayConnector(recording, Playhead(4.0)).open()
    await connection.receive()
    await connection.receive()
    assert sum(waits) == pytest.approx(25.0, abs=0.5)
