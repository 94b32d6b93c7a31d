"""How long a frame takes to be visible in the ring, and what the rings take of memory."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from benchmarks.harness import Row
from data_feed.connectors import WebSocketConnector
from data_feed.frame_intake import FrameIntake
from data_feed.link import Link
from data_feed.policy import LoopPolicy
from data_feed.progress import Progress
from data_feed.protocol import VenueParser
from data_feed.sequence import TradeSequence
from data_feed.socket_loop import SocketLoop
from data_feed.venues.coinbase import CoinbaseParser
from market.candle_builder import CandleBuilder
from market.market import Market
from market.types import INTERVALS, Interval, Symbol, Trade
from server.telemetry import Telemetry

BTC = Symbol("BTC-USD")
SENT = 4_000
SKIPPED = 500
SYMBOLS, CAPACITY = 16, 5_000
RING_GOAL = 80_000_000


class StageListener:
    """Tells the program's own telemetry of stages, as the feed does, and nothing of the rest."""

    def __init__(self) -> None:
        self._stage = Telemetry().stage

    def took(self, receive_ns: int, parse_ns: int, ingest_ns: int) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""
        self._stage("receive", receive_ns)
        self._stage("parse", parse_ns)
        self._stage("ingest", ingest_ns)

    def gap(self, symbol: Symbol, after_id: int) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""

    def book_lost(self, symbol: Symbol) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""

    def book_changed(self, symbol: Symbol) -> None:
        """See :class:`data_feed.frame_intake.IntakeListener`."""

    def streaming(self) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""

    def lost(self, reason: str, retry_in_s: float) -> None:
        """See :class:`data_feed.socket_loop.LoopListener`."""
        raise AssertionError(f"the connection was lost: {reason}")


def intake_of(parser: VenueParser, market: Market) -> tuple[FrameIntake, Link]:
    """What takes the frames of a connection, and the connection, which is never opened."""
    intake = FrameIntake(parser, market, StageListener(), Progress(), None, lambda _: None)
    link = Link(None, LoopPolicy(), intake.take, TradeSequence())  # type: ignore[arg-type]
    intake.begin(link, time.monotonic_ns())
    return intake, link


def received_to_visible(name: str, parser: VenueParser, frames: list[bytes]) -> Row:
    """Each trade by itself: from its arrival until a reader finds another state of the ring."""
    symbols = [_symbol(parser, frame) for frame in frames]
    market = Market(symbols)
    intake, link = intake_of(parser, market)
    taken = []
    for frame, symbol in zip(frames, symbols, strict=True):
        columns = market[symbol].builder.columns(Interval.S1)
        before = columns.version
        arrived_ns = time.monotonic_ns()
        intake.take(link, frame, arrived_ns)
        changed = columns.version != before
        taken.append(time.monotonic_ns() - arrived_ns)
        if not changed:
            raise AssertionError(f"{name}: a trade changed no candle")
    return _spread(f"{name}: frame received to visible in the ring", taken, "≤ 0.030, p99 ≤ 0.200")


def _symbol(parser: VenueParser, frame: bytes) -> Symbol:
    (trade,) = parser.receive(frame, 1)
    assert isinstance(trade, Trade)
    return trade.symbol


def _spread(name: str, taken_ns: list[int], goal: str) -> Row:
    ordered = sorted(taken_ns)
    low, middle, high, most = (
        ordered[int(share * (len(ordered) - 1))] / 1e6 for share in (0.05, 0.5, 0.95, 0.99)
    )
    return Row(name, middle, low, high, len(ordered), goal=goal, note=f"p99 {most:.3f} ms")


def sent_to_visible() -> Row:
    """Over loopback, from a process of its own, through the socket loop."""
    command = [sys.executable, "-m", "benchmarks.loopback_venue", str(SENT)]
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as venue:
        assert venue.stdout is not None
        taken = asyncio.run(_listen(f"ws://127.0.0.1:{int(venue.stdout.readline())}"))
    name = "Sent by another process to visible in the ring, loopback, 1,000 a second"
    return _spread(name, taken[SKIPPED:], "≤ 0.200")


async def _listen(url: str) -> list[int]:
    market, taken, finished = Market((BTC,)), list[int](), asyncio.Event()

    def note(trade: Trade) -> None:
        taken.append(time.monotonic_ns() - trade.trade_id)
        if len(taken) == SENT:
            finished.set()

    market.listen(note)
    loop = SocketLoop(
        CoinbaseParser(), WebSocketConnector(url), market, StageListener(), LoopPolicy(), Random(1)
    )
    running = asyncio.create_task(loop.run())
    await finished.wait()
    running.cancel()
    await asyncio.wait((running,))
    return taken


def rings() -> Row:
    """Memory of all rings, every candle written: their arrays, and the process's growth."""
    CandleBuilder(1).add(0, 0, 1.0, 1.0)  # compiled code is not what is measured
    before = _resident()
    builders = [CandleBuilder(CAPACITY) for _ in range(SYMBOLS)]
    for builder in builders:
        for at in range(CAPACITY):
            builder.add(at, at * Interval.D1.nanoseconds, 1.0, 1.0)
    grown, size = _resident() - before, sum(builder.nbytes for builder in builders)
    name = f"rings of {SYMBOLS} symbols, {len(INTERVALS)} intervals, {CAPACITY:,} candles"
    note = f"the process grew by {grown / 1e6:.1f} MB, id tables of {SYMBOLS} symbols included"
    return Row(name, 0.0, 0.0, 0.0, 1, size, f"≤ {RING_GOAL:,} bytes", note)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096
