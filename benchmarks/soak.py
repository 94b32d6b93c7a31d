"""A feed at thousands of messages a second for as long as wanted: does its memory grow?

The simulated exchange runs in a process of its own; this one runs the real feed, its order books
and the market, and ``--record`` the recorder too. ``python -m benchmarks.soak --minutes 2`` prints
the rate reached, how far behind the feed is, and the slope of this process's resident memory; it
writes ``benchmarks/results/soak.md``. Exit code 0: the memory is flat; 1: it is not, or the rate
was not reached.

Slope: ordinary least squares over the means of blocks of samples, after the first third of the
time. Neighbouring samples resemble each other, so that only the blocks count as observations for
the interval of 95 % (Student's t). Flat means that the interval reaches down to :data:`FLAT_MB` per
hour or less.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from benchmarks.harness import machine
from data_feed.connectors import WebSocketConnector
from data_feed.feed import Feed
from data_feed.history import CoinbaseHistory
from data_feed.policy import LoopPolicy
from data_feed.protocol import Channel
from data_feed.source import Route
from data_feed.status import FeedMode
from data_feed.venues.coinbase import CoinbaseParser
from market.market import Market
from market.types import SECOND, Symbol
from storage.recorder import Recorder
from storage.segments import SegmentWriter

F64 = npt.NDArray[np.float64]

SYMBOLS = tuple(Symbol(f"{name}-USD") for name in ("BTC", "ETH", "SOL", "ADA"))
RATE = 5000
REACHED = 0.95
"""Share of the wanted rate that counts as reached."""

SAMPLE_S = 0.25
BLOCKS = 24
FLAT_MB = 1.0

# 97.5 % points of Student's t for 1 to 30 degrees of freedom.
_T = (
    12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13,
    2.12, 2.11, 2.10, 2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
)  # fmt: skip
_BINS = 48


@dataclass(frozen=True)
class RunningExchange:
    """A feed's source: the exchange of the other process, order books included."""

    url: str
    rest_url: str
    mode: FeedMode = FeedMode.SIMULATED
    venue: str = "Simulator"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        """See :class:`data_feed.feed.Source`."""
        yield Route(
            "Soaking.",
            CoinbaseParser(frozenset({Channel.TRADES, Channel.QUOTES, Channel.BOOK})),
            WebSocketConnector(self.url),
            CoinbaseHistory(self.rest_url),
            0.0,
            LoopPolicy(),
            follow_books=True,
        )


class Lag:
    """Time from a frame's arrival to its being applied, in bins of powers of √2 of a microsecond.

    Of fixed size, so that it adds nothing to what is measured.
    """

    def __init__(self) -> None:
        self.bins = np.zeros(_BINS, np.int64)
        self._sum_ns = 0

    def report(self, stage: str, nanoseconds: int) -> None:
        """Take one stage; the last one of a frame completes it."""
        self._sum_ns += nanoseconds
        if stage == "ingest":
            power = 2 * np.log2(max(self._sum_ns / 1e3, 1.0))
            self.bins[min(int(power), _BINS - 1)] += 1
            self._sum_ns = 0

    def percentile_us(self, share: float) -> float:
        """Upper border of the bin that holds this share of the frames."""
        reached = np.cumsum(self.bins) >= share * self.bins.sum()
        return float(2.0 ** ((int(np.argmax(reached)) + 1) / 2))


@dataclass(frozen=True)
class Slope:
    """Megabytes per hour, half the width of its 95 % interval, and growth over the time seen."""

    per_hour: float
    margin: float
    seen_mb: float

    @property
    def flat(self) -> bool:
        """See the module."""
        return self.per_hour - self.margin <= FLAT_MB


def slope(times_s: F64, resident_mb: F64) -> Slope:
    """Of samples (n,) each, in order of time; the first third is left out."""
    first = len(times_s) // 3
    blocks = min(BLOCKS, (len(times_s) - first) // 2)
    x = np.array([part.mean() for part in np.array_split(times_s[first:], blocks)])
    y = np.array([part.mean() for part in np.array_split(resident_mb[first:], blocks)])
    spread = ((x - x.mean()) ** 2).sum()
    steep = float(((x - x.mean()) * (y - y.mean())).sum() / spread)
    rest = y - y.mean() - steep * (x - x.mean())
    deviation = float(np.sqrt((rest**2).sum() / (blocks - 2) / spread))
    margin = _T[blocks - 3] * deviation
    return Slope(steep * 3600, margin * 3600, steep * float(x[-1] - x[0]))


def resident_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def start_exchange(rate: float, seed: int) -> tuple[subprocess.Popen[str], RunningExchange]:
    """The simulated exchange in a process of its own, and where it listens."""
    command = [
        sys.executable, "-m", "data_feed.simulator", "--regime", "steady", "--rate", str(rate),
        "--seed", str(seed), "--symbols", ",".join(SYMBOLS),
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"feed (\S+), REST (\S+)", line)
        if found:
            return process, RunningExchange(found.group(1), found.group(2))
    raise RuntimeError("the simulated exchange ended before it listened")


@dataclass(frozen=True)
class Soaked:
    """What was seen: samples (n,) of seconds, MB and frames, and the rest at the end."""

    times_s: F64
    resident_mb: F64
    frames: F64
    lag: Lag
    behind_s: float
    trades: int
    gaps: int
    reconnects: int
    recorded: int

    @property
    def rate(self) -> float:
        """Messages a second, without the first third."""
        first = len(self.times_s) // 3
        seconds = self.times_s[-1] - self.times_s[first]
        return float((self.frames[-1] - self.frames[first]) / seconds)


def soak(feed: Feed, market: Market, minutes: float, recorder: Recorder | None) -> Soaked:
    """Watch ``feed`` for so long after its first trades."""
    lag = Lag()
    feed.report_stages(lag.report)
    if recorder is not None:
        feed.record(recorder.keep)
        recorder.start()
    feed.start()
    while feed.status().counters.trades < 1000:
        time.sleep(0.1)
    samples = np.zeros((3, int(minutes * 60 / SAMPLE_S)))
    started_s = time.monotonic()
    for at in range(samples.shape[1]):
        time.sleep(max(started_s + at * SAMPLE_S - time.monotonic(), 0.0))
        counters = feed.status().counters
        samples[:, at] = time.monotonic() - started_s, resident_mb(), counters.frames
    newest = [trade.time_ns for trade in (market[each].last_trade for each in SYMBOLS) if trade]
    behind_s = (time.time_ns() - max(newest)) / SECOND
    feed.stop()
    if recorder is not None:
        recorder.stop()
    recorded = recorder.status().stored if recorder else 0
    times_s, resident, frames = samples
    return Soaked(
        times_s, resident, frames, lag, behind_s,
        counters.trades, counters.gaps, counters.reconnects, recorded,
    )  # fmt: skip


def report(soaked: Soaked, grown: Slope, wanted: float) -> str:
    """The result as a page."""
    minutes = soaked.times_s[-1] / 60
    recorder = f"{soaked.recorded:,} frames recorded" if soaked.recorded else "off"
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    rows = [
        ("messages a second", f"{soaked.rate:,.0f}", f"≥ {wanted * REACHED:,.0f}"),
        ("arrived → applied, p50", f"{soaked.lag.percentile_us(0.5):,.0f} µs", ""),
        ("arrived → applied, p99", f"{soaked.lag.percentile_us(0.99):,.0f} µs", ""),
        ("newest trade behind the exchange's clock", f"{soaked.behind_s * 1e3:,.0f} ms", ""),
        ("resident memory at the end", f"{soaked.resident_mb[-1]:,.1f} MB", ""),
        ("its growth over the last two thirds", f"{grown.seen_mb:+,.2f} MB", ""),
        (
            "its slope, 95 % interval",
            f"{grown.per_hour:+,.2f} ± {grown.margin:,.2f} MB an hour",
            "flat" if grown.flat else "flat: missed",
        ),
        ("trades, gaps, reconnects", f"{soaked.trades:,}, {soaked.gaps}, {soaked.reconnects}", ""),
        ("recorder", recorder, ""),
    ]
    table = "\n".join(f"| {name} | {value} | {goal} |" for name, value, goal in rows)
    head = (
        f"# soak\n\nMeasured {stamp} on {machine()}: {minutes:.1f} minutes, {len(SYMBOLS)} symbols"
    )
    return f"{head} with order books.\n\n| what | measured | goal |\n|---|---:|---|\n{table}\n"


def main() -> int:
    """Run as told on the command line; see the module for the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--rate", type=float, default=RATE, help="messages a second")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--record", action="store_true", help="record all frames meanwhile")
    options = parser.parse_args()
    process, source = start_exchange(options.rate, options.seed)
    folder = tempfile.TemporaryDirectory() if options.record else nullcontext()
    try:
        with folder as path:
            market = Market(SYMBOLS)
            feed = Feed([source], market, Random(options.seed))
            recorder = Recorder(SegmentWriter(Path(path))) if path else None
            soaked = soak(feed, market, options.minutes, recorder)
    finally:
        process.terminate()
        process.wait()
    grown = slope(soaked.times_s, soaked.resident_mb)
    page = report(soaked, grown, options.rate)
    print(page)
    (Path(__file__).parent / "results" / "soak.md").write_text(page)
    return 0 if grown.flat and soaked.rate >= options.rate * REACHED else 1


if __name__ == "__main__":
    sys.exit(main())
