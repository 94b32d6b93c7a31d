"""A real feed at a real simulated exchange over loopback, and the comparison with its truth."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

import numpy as np
import pytest

from data_feed import books, rest, venue_run
from data_feed.connectors import WebSocketConnector
from data_feed.feed import Feed
from data_feed.history import CoinbaseHistory
from data_feed.policy import LoopPolicy
from data_feed.protocol import Channel
from data_feed.simulator import SimulatorServer, server
from data_feed.simulator.faults import NO_FAULTS
from data_feed.simulator.line import FaultPlan
from data_feed.simulator.regimes import REGIMES
from data_feed.source import Route
from data_feed.status import FeedCounters, FeedMode
from data_feed.venues.coinbase import CoinbaseParser
from market.columns import CandleWindow
from market.market import Market
from market.types import HOUR, INTERVALS, SECOND, Interval, Symbol

SYMBOLS = (Symbol("BTC-USD"), Symbol("ADA-USD"))
MESSAGES = 120.0
WARM_UP_TRADES = 6000
"""More than a minute of them, so that the feed knows all trades of the minute it starts in."""

AUDIT_S = 0.3
QUICK = LoopPolicy(
    silence_s=4.0,
    no_data_s=60.0,
    slow_s=1.0,
    settled_s=0.5,
    base_delay_s=0.02,
    longest_delay_s=0.2,
    repair_s=0.1,
    oldest_s=86_400.0,
)
ROUNDING = 1e-9
"""Volumes are sums of the same sizes in another order."""


@dataclass(frozen=True)
class ExchangeSource:
    """A feed's source: the simulated exchange, books included."""

    server: SimulatorServer
    policy: LoopPolicy
    mode: FeedMode = FeedMode.SIMULATED
    venue: str = "Simulator"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Route]:
        yield Route(
            "Watching the simulator.",
            CoinbaseParser(frozenset({Channel.TRADES, Channel.QUOTES, Channel.BOOK})),
            WebSocketConnector(self.server.url),
            CoinbaseHistory(self.server.rest_url),
            0.0,
            self.policy,
            follow_books=True,
        )


class Arena:
    """The exchange and the feed at work; both run until the context that made them ends."""

    def __init__(self, server: SimulatorServer, feed: Feed, market: Market) -> None:
        self.server = server
        self.plan = server.plan
        self.feed = feed
        self.market = market

    @property
    def counters(self) -> FeedCounters:
        return self.feed.status().counters

    @property
    def hour_passed(self) -> bool:
        """Whether candles of all lengths up to an hour have closed since the opening."""
        trades = self.server.truth.trades(SYMBOLS[0])
        return trades[-1].time_ns // HOUR > trades[0].time_ns // HOUR

    async def until(self, condition: Callable[[], object], within_s: float = 180.0) -> None:
        """Wait for what happens in the other threads."""
        end = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end, f"not within {within_s:g} s; {self.told()}"
            await asyncio.sleep(0.02)

    async def heal(self) -> None:
        """Let the faults end and some trades pass, so that gaps and a look at the books show."""
        self.plan.faults = NO_FAULTS
        await asyncio.sleep(3 * AUDIT_S)

    async def ends_equal(self, *, books: bool = True, within_s: float = 180.0) -> None:
        """Let trading end, then wait for the truth."""
        self.server.halt()
        end = time.monotonic() + within_s
        # Nothing trades any more: what is true is worked out once, the exchange must not wait.
        true = self.true_candles()
        while differences := self.differences(true, books=books):
            assert time.monotonic() < end, "\n".join([*differences, self.told()])
            await asyncio.sleep(0.3)

    def told(self) -> str:
        return f"faults {self.plan.faults}, done {dict(self.plan.done)}, {self.counters}"

    def true_candles(self) -> dict[tuple[Symbol, Interval], CandleWindow]:
        truth = self.server.truth
        return {
            (symbol, interval): truth.candles(symbol, interval)
            for symbol in SYMBOLS
            for interval in INTERVALS
        }

    def differences(
        self, true: dict[tuple[Symbol, Interval], CandleWindow], *, books: bool
    ) -> list[str]:
        """Where candles and books are not the exchange's, in words; empty when all are equal."""
        found = []
        for (symbol, interval), expected in true.items():
            mine = self.market[symbol].builder.columns(interval).snapshot()
            found += [f"{symbol} {interval}: {text}" for text in compared(mine, expected)]
        for symbol in SYMBOLS if books else ():
            found += self._book_differences(symbol)
        return found

    def _book_differences(self, symbol: Symbol) -> list[str]:
        book = self.feed.book(symbol)
        if book is None:
            return [f"{symbol}: no book"]
        view = book.view()
        mine = (
            list(zip(view.bid_ticks.tolist(), view.bid_lots.tolist(), strict=True)),
            list(zip(view.ask_ticks.tolist(), view.ask_lots.tolist(), strict=True)),
        )
        if view.valid and mine == self.server.truth.book(symbol):
            return []
        return [f"{symbol}: the book differs, valid {view.valid}"]


def compared(mine: CandleWindow, true: CandleWindow) -> list[str]:
    """What is wrong with ``mine``: candles that are missing, made up, or of other values."""
    if not len(mine):
        return ["no candle"]
    inside = true.time_ns >= mine.time_ns[0]
    if not np.array_equal(mine.time_ns, true.time_ns[inside]):
        missing = np.setdiff1d(true.time_ns[inside], mine.time_ns) // SECOND
        extra = np.setdiff1d(mine.time_ns, true.time_ns) // SECOND
        return [f"missing {missing.tolist()[:5]}, made up {extra.tolist()[:5]}"]
    found = []
    for name in ("open", "high", "low", "close", "volume"):
        a, b = getattr(mine, name), getattr(true, name)[inside]
        wrong = np.flatnonzero(~np.isclose(a, b, rtol=ROUNDING if name == "volume" else 0, atol=0))
        if len(wrong):
            at = wrong[-1]
            found.append(
                f"{name} of {len(wrong)} candles, {len(mine) - 1 - at} before the last: "
                f"{a[at]!r}, truly {b[at]!r}"
            )
    return found


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten what takes seconds to minutes at a real venue."""
    monkeypatch.setattr(server, "_WARM_UP_TRADES", WARM_UP_TRADES)
    monkeypatch.setattr(rest, "PENALTY_S", 0.2)
    monkeypatch.setattr(venue_run, "SETTLE_S", 0.5)
    monkeypatch.setattr(books, "PAUSE_NS", SECOND // 10)
    monkeypatch.setattr(books, "AUDIT_NS", int(AUDIT_S * SECOND))


@asynccontextmanager
async def arena(seed: int, plan: FaultPlan, policy: LoopPolicy = QUICK) -> AsyncIterator[Arena]:
    """An exchange whose clock passes a whole hour some seconds after the start."""
    behind_ns = (time.time_ns() + 5 * SECOND) % HOUR

    def clock() -> int:
        return time.time_ns() - behind_ns

    exchange = SimulatorServer(
        SYMBOLS, seed, REGIMES["burst"], MESSAGES, plan, clock, remember=True
    )
    await exchange.start()
    market = Market(SYMBOLS)
    feed = Feed([ExchangeSource(exchange, policy)], market, Random(seed))
    feed.start()
    try:
        yield Arena(exchange, feed, market)
    finally:
        await asyncio.to_thread(feed.stop)
        await exchange.stop()
