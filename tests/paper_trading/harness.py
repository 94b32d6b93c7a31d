"""Paper trading over a market that the test moves, with a journal in memory or on a disk."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, monotonic_ns, sleep

from data_feed.hub import Hub
from data_feed.status import (
    FeedCounters,
    FeedMode,
    FeedState,
    FeedStatus,
    SymbolStatus,
)
from market.instrument import Instrument
from market.market import Market
from market.order_book import OrderBook
from market.types import Quote, Side, Symbol, Trade
from paper_trading.clock import SteadyClock
from paper_trading.service import PaperTrading
from paper_trading.views import AccountView, Outcome
from storage.errors import StorageError
from storage.journal.entry import Account, Entry, Journal
from storage.journal.memory import MemoryJournal
from storage.journal.opening import open_journal
from trading.engine.records import Kind
from trading.paper.commands import Command, Place

BTC, ETH = Symbol("BTC-USD"), Symbol("ETH-USD")
STATUS = FeedStatus(
    FeedMode.LIVE, "Venue", FeedState.STREAMING, 10.0, None, 0, "All is well.", FeedCounters()
)


@dataclass
class HandFeed:
    """A feed whose state the test sets."""

    state: FeedStatus = STATUS
    hub: Hub = field(default_factory=Hub)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    session: int = 0
    heard_ms: float | None = None
    books: dict[str, OrderBook] = field(default_factory=dict)

    @property
    def mode(self) -> FeedMode:
        return self.state.mode

    def status(self) -> FeedStatus:
        return self.state

    def statuses(self) -> tuple[FeedStatus, ...]:
        return (self.state,)

    def symbol_status(self, symbol: str) -> SymbolStatus:
        now = self.state
        return SymbolStatus(
            Symbol(symbol), now.venue, now.mode, now.state, 1.0, 1, heard_ms=self.heard_ms
        )

    def book(self, symbol: str) -> OrderBook | None:
        return self.books.get(symbol)

    def instrument(self, symbol: str) -> Instrument | None:
        return self.instruments.get(symbol)

    def becomes(self, state: FeedState) -> None:
        """Report ``state`` from now on."""
        self.state = replace(self.state, state=state)

    def shows(self, mode: FeedMode) -> None:
        """Show another market from now on, as after a switch."""
        self.session += 1
        self.state = replace(self.state, mode=mode)


class Moved:
    """A market, its feed, and paper trading over them."""

    def __init__(
        self, journal: Journal, symbols: Sequence[Symbol] = (BTC, ETH), capacity: int = 100,
        clock: SteadyClock | None = None,
    ) -> None:  # fmt: skip
        self.feed = HandFeed()
        self.market = Market(symbols, capacity)
        self.market.listen(self.feed.hub.trade)
        self.market.listen_quotes(self.feed.hub.quote)
        self.journal = journal
        self.paper = PaperTrading(self.feed, self.market, journal, clock)
        self._ids = 0

    def trade(self, price: float, size: float = 1.0, symbol: Symbol = BTC) -> None:
        """A trade of the market."""
        self._ids += 1
        trade = Trade(symbol, self._ids, 10**18 + self._ids, price, size, Side.SELL)
        self.market.apply(trade, monotonic_ns())

    def quote(self, bid: float, ask: float, size: float = 5.0, symbol: Symbol = BTC) -> None:
        """Best bid and ask."""
        self.market.apply(Quote(symbol, 0, bid, size, ask, size), monotonic_ns())

    def do(self, command: Command, account: int | None = None) -> Outcome:
        """Do ``command`` on the main account and wait for its outcome."""
        number = self.paper.main() if account is None else account
        return self.paper.submit(number, command).result(60)

    def buy(self, size: float, symbol: Symbol = BTC) -> Outcome:
        """Buy at market."""
        return self.do(Place(symbol=symbol, side=Side.BUY, size=size))

    def told(self, kind: str) -> list[str]:
        """The journal's rows of a kind; the newest of all may be one of the equity."""
        return [row.words for row in self.paper.journal_rows(1) if row.kind == kind]

    def view(self, account: int | None = None) -> AccountView:
        """The view of the main account."""
        return self.paper.account_view(self.paper.main() if account is None else account)

    def until(self, condition: Callable[[AccountView], bool], what: str) -> AccountView:
        """Wait for a view of the main account that fulfils ``condition``."""
        wait_for(lambda: condition(self.view()), what)
        return self.view()


def limit(price: float, size: float = 1.0, side: Side = Side.BUY) -> Place:
    """A limit order for BTC-USD."""
    return Place(symbol=BTC, side=side, kind=Kind.LIMIT, size=size, limit=price)


@contextmanager
def moved(journal: Journal | None = None, started: bool = True) -> Iterator[Moved]:
    """A market with a price for BTC-USD, trading until the block ends."""
    made = Moved(journal or MemoryJournal())
    made.quote(99.0, 101.0)
    made.trade(100.0)
    try:
        if started:
            made.paper.start()
        yield made
    finally:
        made.paper.close()


def stored(folder: Path) -> Journal:
    """A journal on the disk."""
    return open_journal(None, folder)


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait until ``condition`` holds, or fail naming ``what``."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, f"waited {seconds} s for {what}"
        sleep(0.002)


class Gate:
    """A journal whose commits wait while ``open`` is not set, and fail while ``error`` is."""

    def __init__(self, inner: Journal | None = None) -> None:
        self.inner = inner or MemoryJournal()
        self.open = threading.Event()
        self.open.set()
        self.error: StorageError | None = None
        self.tried = threading.Event()

    def append(self, entries: Sequence[Entry]) -> None:
        self.tried.set()
        self.open.wait(60)
        if self.error is not None:
            raise self.error
        self.inner.append(entries)

    def accounts(self) -> tuple[Account, ...]:
        return self.inner.accounts()

    def add_account(self, name: str, market: str, time_ns: int) -> Account:
        return self.inner.add_account(name, market, time_ns)

    def claim(self, account: int) -> None:
        self.inner.claim(account)

    def last(self, account: int) -> int:
        return self.inner.last(account)

    def entries(self, account: int, after: int = 0, most: int | None = None) -> Iterator[Entry]:
        return self.inner.entries(account, after, most)

    def newest(
        self, account: int, before: int, most: int, without: Collection[str] = ()
    ) -> Sequence[Entry]:
        return self.inner.newest(account, before, most, without)

    def find(self, account: int, key: str) -> Entry | None:
        return self.inner.find(account, key)

    def rest(self) -> None:
        if self.error is not None:
            raise self.error
        self.inner.rest()

    def close(self) -> None:
        self.inner.close()
