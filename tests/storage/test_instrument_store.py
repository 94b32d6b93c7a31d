"""Instruments outlive the process: what a venue told last is known before it tells it again."""

import asyncio
import errno
from pathlib import Path
from random import Random
from typing import Any

import pytest

from data_feed.connectors import WebSocketConnector
from data_feed.feed import Feed
from data_feed.history import CoinbaseHistory
from data_feed.status import FeedMode
from data_feed.venue_market import VenueMarket
from market.instrument import Instrument
from market.market import Market
from market.types import Symbol
from server.venue_keepers import VenueKeepers
from storage.errors import BadName, WriteFailed
from storage.instrument_store import InstrumentStore
from tests.data_feed.test_feed import FakeSource
from tests.data_feed.test_history_loader import answering
from tests.data_feed.test_socket_loop import until
from tests.data_feed.venue_server import match, sends, serving

BTC, ETH, KRAKEN = Symbol("BTC-USD"), Symbol("ETH-USD"), Symbol("BTC-USD@kraken")
FIRST = Instrument(BTC, 0.01, 1e-8, 0.00005, 0.5)
SECOND = Instrument(ETH, 0.1, 0.001, 0.0, 1.0)


def test_what_was_written_is_read_beside_what_was_there(tmp_path: Path) -> None:
    store = InstrumentStore(tmp_path, "kraken")
    assert store.read() == {}
    store.write([FIRST])
    store.write([SECOND])
    assert InstrumentStore(tmp_path, "kraken").read() == {BTC: FIRST, ETH: SECOND}
    finer = FIRST._replace(price_step=0.001)
    store.write([finer])
    assert store.read() == {BTC: finer, ETH: SECOND}
    assert InstrumentStore(tmp_path, "okx").read() == {}
    with pytest.raises(BadName):
        InstrumentStore(tmp_path, "../x")


def test_what_is_known_is_not_written_again(tmp_path: Path) -> None:
    store = InstrumentStore(tmp_path, "kraken")
    store.write([FIRST, SECOND])
    before = store.path.stat()
    store.write([SECOND])
    after = store.path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff", b"[]", b'{"BTC-USD": [0.01, 1e-8, 0]}', b'{"BTC-USD": [-1, 0, 0, 0]}',
        b'{"BTC-USD": [1e-300, 0, 0, 0]}', b'{"BTC-USD": [1e999, 0, 0, 0]}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_and_replaced(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    store = InstrumentStore(tmp_path, "kraken")
    store.path.parent.mkdir()
    store.path.write_bytes(content)
    assert store.read() == {}
    assert "kraken.json cannot be read" in caplog.text
    store.write([FIRST])
    assert store.read() == {BTC: FIRST}


def keepers_in(folder: Path, market: Market) -> tuple[VenueKeepers, VenueKeepers]:
    """Those of a market's two venues."""
    first, second = (
        VenueKeepers(folder, name, VenueMarket(market, symbols), lambda: None, lambda: False)
        for name, symbols in (("coinbase", (BTC, ETH)), ("kraken", (KRAKEN,)))
    )
    return first, second


def test_each_venue_keeps_its_own(tmp_path: Path) -> None:
    market = Market((BTC, ETH, KRAKEN), 10)
    there = FIRST._replace(symbol=KRAKEN, price_step=0.5)
    for keepers in keepers_in(tmp_path, market):
        keepers.remember([FIRST, there])
    coinbase, kraken = keepers_in(tmp_path, market)
    assert coinbase.recall(market.symbols) == [FIRST]
    assert kraken.recall(market.symbols) == [there]
    assert InstrumentStore(tmp_path, "kraken").read() == {BTC: FIRST._replace(price_step=0.5)}


def test_what_cannot_be_kept_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(files: Any) -> None:
        raise WriteFailed(tmp_path, OSError(errno.ENOSPC, "the disk is full"))

    monkeypatch.setattr("storage.instrument_store.replace_files", full)
    keepers, _ = keepers_in(tmp_path, Market((BTC, ETH, KRAKEN), 10))
    keepers.remember([FIRST])
    assert "instruments are not kept for the next start" in caplog.text


PRODUCT = {"id": "BTC-USD", "quote_increment": "0.01", "base_increment": "0.001"}
TOLD = Instrument(BTC, 0.01, 0.001, 0.0, 0.0)


async def listed(mode: FeedMode, memory: VenueKeepers, status: int) -> Instrument | None:
    """What a feed knows of an instrument once its list was asked for and answered with this."""
    market = Market([BTC], 10)
    async with (
        serving(sends(match(1))) as venue,
        answering(lambda _: (status, [PRODUCT] if status == 200 else [])) as rest,
    ):
        connector, history = WebSocketConnector(venue.url), CoinbaseHistory(rest.url)
        feed = Feed([FakeSource(mode, "V", connector, history)], market, Random(1))
        feed.remember(memory)
        feed.start()
        try:
            await until(lambda: "/products" in rest.asked)
            if status == 200:
                await until(lambda: feed.instrument(BTC) is not None)
                if mode is FeedMode.LIVE:  # before it ends: an end waits for no memory
                    await until(lambda: memory.recall([BTC]) != [])
            return feed.instrument(BTC)
        finally:
            await asyncio.to_thread(feed.stop)


async def test_a_live_feed_begins_with_what_was_told_last(tmp_path: Path) -> None:
    memory = VenueKeepers(tmp_path, "x", Market([BTC], 10), lambda: None, lambda: False)
    assert await listed(FeedMode.LIVE, memory, 503) is None
    assert await listed(FeedMode.LIVE, memory, 200) == TOLD
    assert memory.recall([BTC]) == [TOLD]
    assert await listed(FeedMode.LIVE, memory, 503) == TOLD


async def test_what_is_simulated_is_neither_kept_nor_known(tmp_path: Path) -> None:
    memory = VenueKeepers(tmp_path, "x", Market([BTC], 10), lambda: None, lambda: False)
    assert await listed(FeedMode.SIMULATED, memory, 200) == TOLD
    assert memory.recall([BTC]) == []
    memory.remember([TOLD])
    assert await listed(FeedMode.SIMULATED, memory, 503) is None
