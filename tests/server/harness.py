"""A real server on loopback for the tests: uvicorn in a thread, a market filled by hand."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic, monotonic_ns, sleep

from chart_acceleration.renderers.auto import RendererChoice, choose
from data_feed.feed import VenueSources
from data_feed.history_progress import HistoryProgress
from data_feed.hub import Hub
from data_feed.open_feed import SimulatorSource
from data_feed.source import Source
from data_feed.status import (
    FeedCounters,
    FeedMode,
    FeedState,
    FeedStatus,
    SymbolCounters,
    SymbolStatus,
)
from market.instrument import Instrument
from market.market import Market
from market.order_book import OrderBook
from market.types import Quote, Side, Symbol, Trade
from paper_trading.service import PaperTrading
from server.services import Services
from server.settings import Settings
from server.web import CandlecastServer, WebServer, build_server, listen
from storage.journal.memory import MemoryJournal

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
START_NS = 1_700_000_000_000_000_000
MINUTE_NS = 60_000_000_000


@dataclass
class HandFeed:
    """A feed whose state the test sets."""

    state: FeedStatus = field(
        default_factory=lambda: FeedStatus(
            FeedMode.SIMULATED,
            "Simulator",
            FeedState.STREAMING,
            12.0,
            None,
            0,
            "Simulated exchange, seed 7.",
            FeedCounters(gaps=3),
        )
    )
    retries: int = 0
    books: dict[str, OrderBook] = field(default_factory=dict)
    report: Callable[[str, int], None] = field(init=False)
    source: Source = field(default_factory=lambda: SimulatorSource((BTC, ETH), 7))
    session: int = 0
    history: HistoryProgress = field(default_factory=HistoryProgress)
    loads: int = 0
    hub: Hub = field(default_factory=Hub)
    instruments: dict[str, Instrument] = field(default_factory=dict)

    @property
    def mode(self) -> FeedMode:
        return self.state.mode

    def symbol_status(self, symbol: str) -> SymbolStatus:
        now = self.state
        return SymbolStatus(Symbol(symbol), now.venue, now.mode, now.state, 40.0, 77)

    def load_history(self) -> None:
        self.loads += 1

    def status(self) -> FeedStatus:
        return self.state

    def statuses(self) -> tuple[FeedStatus, ...]:
        return (self.state,)

    def status_of(self, symbol: str) -> FeedStatus:
        return self.state

    def symbol_statuses(self) -> tuple[SymbolStatus, ...]:
        now, counters = self.state, SymbolCounters(gaps=2, repairs=1)
        each = SymbolStatus(BTC, now.venue, now.mode, now.state, 40.0, 77, counters)
        return (each, replace(each, symbol=ETH, age_ms=None, last_trade_id=None))

    def retry_now(self) -> None:
        self.retries += 1

    def book(self, symbol: str) -> OrderBook | None:
        return self.books.get(symbol)

    def instrument(self, symbol: str) -> Instrument | None:
        return self.instruments.get(symbol)

    def report_stages(self, report: Callable[[str, int], None]) -> None:
        self.report = report

    def switch(
        self,
        sources: Sequence[Source],
        symbols: Sequence[Symbol],
        others: Sequence[VenueSources] = (),
    ) -> None:
        self.source = sources[0]
        self.session += 1

    def relabel(self, label: str) -> None:
        self.state = replace(self.state, detail=label)

    def becomes(self, state: FeedState) -> None:
        """Report ``state`` from now on."""
        self.state = replace(self.state, state=state)


class HandMarket:
    """A market and the trades that the test puts into it."""

    def __init__(self) -> None:
        self.market = Market([BTC, ETH], capacity=5000)
        self._ids = {BTC: 0, ETH: 0}
        self._lock = threading.Lock()

    def trade(self, symbol: Symbol, time_ns: int, price: float, size: float = 0.5) -> None:
        """One live trade, received now."""
        with self._lock:
            self._ids[symbol] += 1
            trade = Trade(symbol, self._ids[symbol], time_ns, price, size, Side.BUY)
            self.market.apply(trade, monotonic_ns())

    def minutes(self, symbol: Symbol, count: int, price: float = 100.0) -> int:
        """One candle a minute, two trades in each; the time of the last trade."""
        self.trade(symbol, START_NS, price + 0.25)  # prices have two decimals from the start
        for minute in range(count):
            start = START_NS + minute * MINUTE_NS
            size = 4.0 if minute % 5 == 0 else 0.5  # head room for the volume of the newest
            self.trade(symbol, start, price + minute % 7, size)
            self.trade(symbol, start + 1_000_000_000, price + (minute + 3) % 7)
        return START_NS + (count - 1) * MINUTE_NS + 1_000_000_000

    def quote(self, symbol: Symbol, bid: float, ask: float) -> None:
        """Best bid and ask."""
        self.market.apply(Quote(symbol, START_NS, bid, 5.0, ask, 5.0), monotonic_ns())


@dataclass
class Running:
    """A server that runs: where it listens and what it is made of."""

    port: int
    app: CandlecastServer
    services: Services
    feed: HandFeed
    hand: HandMarket
    stop: Callable[[], None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/charts"

    @property
    def origin(self) -> str:
        return self.url


def make_services(
    settings: Settings | None = None, choice: RendererChoice | None = None
) -> tuple[Services, HandFeed, HandMarket]:
    """Services over a market of BTC-USD with 30 candles and an empty ETH-USD.

    Paper trading is not started.
    """
    hand, feed = HandMarket(), HandFeed()
    hand.minutes(BTC, 30)
    hand.quote(BTC, 101.5, 102.5)
    services = Services(
        settings or Settings(symbols=(BTC, ETH), store=None),
        hand.market,
        feed,
        choice or choose("cpu"),
        PaperTrading(feed, hand.market, MemoryJournal()),
    )
    hand.market.listen(feed.hub.trade)
    hand.market.listen_quotes(feed.hub.quote)
    return services, feed, hand


@contextmanager
def run_server(
    settings: Settings | None = None,
    choice: RendererChoice | None = None,
    mount: Callable[[CandlecastServer], object] | None = None,
) -> Iterator[Running]:
    """Serve on a free port until the block ends; ``mount`` adds Dash before the start."""
    services, feed, hand = make_services(settings, choice)
    services.paper.start()
    app = build_server(services)
    if mount is not None:
        mount(app)
    server = WebServer(app)
    listener: socket.socket = listen("127.0.0.1", 0)
    port = int(listener.getsockname()[1])
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)

    def stop() -> None:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive(), "the server did not stop within 60 s"

    thread.start()
    try:
        wait_for(lambda: server.started, "the server to start")
        yield Running(port, app, services, feed, hand, stop)
    finally:
        stop()
        services.close()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait until ``condition`` holds, or fail naming ``what``."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, f"waited {seconds} s for {what}"
        sleep(0.005)


async def until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Like :func:`wait_for` inside an event loop."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, f"waited {seconds} s for {what}"
        await asyncio.sleep(0.005)
