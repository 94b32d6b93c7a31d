"""What order books cost: a change, a look, a text for a page, a depth chart, and the feed's share.

The book has 20,000 levels on each side, the tape its 1,000 trades.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.bench_feed import BOOKS, COINBASE, _envelope_frames
from benchmarks.harness import Row, measure
from chart_acceleration.depth_spec import DepthSpec
from chart_acceleration.pipeline import ChartPipeline
from chart_acceleration.renderers.cpu import CpuRenderer
from data_feed.books import Books
from data_feed.protocol import TICKS, BookDelta, BookSnapshot
from data_feed.status import FeedCounters, FeedMode, FeedState, FeedStatus
from data_feed.venues.coinbase import CoinbaseParser
from market.market import Market
from market.order_book import OrderBook
from market.types import Quote, Side, Symbol, Trade
from server.book_reader import BookReader
from server.book_teller import book_text

BTC = Symbol("BTC-USD")
LEVELS, ROWS = 20_000, 14
GOAL = 10_000
STREAMING = FeedStatus(
    FeedMode.LIVE, "Coinbase", FeedState.STREAMING, 1.0, None, 0, "", FeedCounters()
)


class OneBook:
    """A feed that follows one book."""

    def __init__(self, book: OrderBook) -> None:
        self._book = book

    def status_of(self, symbol: str) -> FeedStatus:
        return self.status()

    def status(self) -> FeedStatus:
        """All is well."""
        return STREAMING

    def book(self, symbol: str) -> OrderBook | None:
        """The one there is."""
        return self._book


def _book() -> OrderBook:
    sizes = np.random.default_rng(1).integers(1, 900_000_000, (2, LEVELS)).tolist()
    book = OrderBook()
    bids = [(3_853_250 - number, size) for number, size in enumerate(sizes[0])]
    asks = [(3_853_350 + number, size) for number, size in enumerate(sizes[1])]
    book.replace(bids, asks, 2, 8)
    return book


def _traded() -> Market:
    market = Market([BTC])
    for number in range(1000):
        market.apply(Trade(BTC, number, number * 10**6, 38_533.0, 0.1, Side.BUY), 1)
    return market


def _following(frames: list[bytes], *, books: bool) -> Callable[[], None]:
    """Parse, aggregate, and follow the books if asked to, as the feed does."""

    def feed() -> None:
        parser = CoinbaseParser(BOOKS if books else TICKS)
        market = Market([BTC])
        followed = Books([BTC], parser.book_rules)
        for frame in frames:
            for event in parser.receive(frame, 1):
                if isinstance(event, Trade | Quote):
                    market.apply(event, 1)
                elif isinstance(event, BookSnapshot | BookDelta):
                    followed.take(event, 1)

    return feed


def _feed_rows() -> list[Row]:
    if not COINBASE.exists():
        return []
    frames = list(_envelope_frames(COINBASE))
    note = f"{len(frames):,} frames as recorded"
    return [
        measure(
            f"Coinbase frames, books {word}", _following(frames, books=books), runs=20, note=note
        )
        for word, books in (("off", False), ("on", True))
    ]


def run() -> list[Row]:
    """Milliseconds of each."""
    book, market = _book(), _traded()
    reader = BookReader(market, OneBook(book), followed=True)
    pipeline, view, spec = ChartPipeline(CpuRenderer()), book.view(2000), DepthSpec(320, 300)
    text = len(book_text(reader, BTC, ROWS, 1))
    picture = len(pipeline.depth(view.bids, view.asks, spec))
    numbers = iter(range(10**9))

    def change() -> None:
        book.change([(3_853_240 - next(numbers) % 20, 7)], [], 2, 8)

    goal = f"≥ {GOAL:,}/s"
    return [
        measure("change of one level", change, inner=100, goal=goal),
        measure("look at 14 groups a side", lambda: book.groups(1, 2, ROWS), inner=10),
        measure("the same in steps of 1,000 ticks", lambda: book.groups(1000, 2, ROWS), inner=10),
        measure(
            "text for a page", lambda: book_text(reader, BTC, ROWS, 1), inner=10, size_bytes=text
        ),
        measure("newest 20 trades for a page", lambda: reader.trades(BTC, 20), inner=10),
        measure(
            "depth chart of 2,000 levels a side, 320×300",
            lambda: pipeline.depth(view.bids, view.asks, spec),
            size_bytes=picture,
        ),
        *_feed_rows(),
    ]
