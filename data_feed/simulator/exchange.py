"""The simulated exchange: listings that trade by themselves as time is handed to them.

No clock, no I/O.

The same products, seed and start time give the same trades, however finely the time is cut into
:meth:`SimulatedExchange.advance` calls: the moments of the traders' decisions are drawn beforehand.
"""

import random
from collections import deque
from collections.abc import Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from data_feed.simulator.book import OrderBook
from data_feed.simulator.candle_archive import CandleArchive
from data_feed.simulator.fair_value import FairValue
from data_feed.simulator.history import generate_history
from data_feed.simulator.products import Product
from data_feed.simulator.regimes import NORMAL, Regime
from data_feed.simulator.traders import Execution, Traders
from market.types import MINUTE, SECOND, Side, Symbol

_TAPE_NS = 15 * MINUTE
_TAPE_FEWEST, _TAPE_MOST = 1000, 50_000
_MICROSECOND = 1_000
_TRADES_PER_ORDER = 0.25
_PACE_GAIN = 0.3


class Quotation(NamedTuple):
    """Best bid and ask after an order was done, ticks and lots; zeros where a side is empty."""

    bid: int
    bid_size: int
    ask: int
    ask_size: int


class Match(NamedTuple):
    """One trade. Price in ticks, size in lots, time in whole microseconds given as nanoseconds."""

    symbol: Symbol
    trade_id: int
    sequence: int
    time_ns: int
    taker_side: Side
    price: int
    size: int
    maker_order_id: int
    taker_order_id: int
    quotation: Quotation


class Listing:
    """One product with its book, its traders and its records."""

    def __init__(
        self,
        product: Product,
        seed: int,
        start_ns: int,
        regime: Regime = NORMAL,
        *,
        remember: bool = False,
    ) -> None:
        generator = random.Random(f"{seed}:{product.symbol}")
        self.product = product
        self.book = OrderBook()
        self.candles = CandleArchive(generate_history(product, seed, start_ns // SECOND))
        self.tape: deque[Match] = deque()
        """Trades kept, oldest first."""
        self._remember = remember
        self.trade_id = generator.randrange(10_000_000, 90_000_000)
        self._random = generator
        self._fair = FairValue(float(product.price), product.daily_volatility, generator, regime)
        self._traders = Traders(product, self.book, self._fair, generator)
        self._sequence_base = self.trade_id * 20
        self._pace = (product.trades_per_second or 0.0) / _TRADES_PER_ORDER
        self._paced_id = self.trade_id
        self._mood_ns = start_ns
        self._last_ns = start_ns
        self._next_ns = start_ns + self._pause()

    @property
    def sequence(self) -> int:
        """Number of the newest message of the venue's full feed: an order's arrival and its end or
        its trade each count.
        """
        return self._sequence_base + 2 * self._traders.orders + self.trade_id

    def quotation(self) -> Quotation:
        """Best bid and ask now."""
        bid, ask = self.book.bids.best or 0, self.book.asks.best or 0
        return Quotation(bid, self.book.bids.size_at(bid), ask, self.book.asks.size_at(ask))

    def advance(self, to_ns: int, matches: list[Match]) -> None:
        """Let the traders act up to and including ``to_ns``; their trades are appended to
        ``matches``.
        """
        while self._next_ns <= to_ns:
            now = self._next_ns
            if now - self._mood_ns >= SECOND:
                self._fair.change_mood((now - self._mood_ns) / SECOND)
                self._keep_pace((now - self._mood_ns) / SECOND)
                self._mood_ns = now
            self._fair.step((now - self._last_ns) / SECOND)
            for execution in self._traders.act():
                self._record(execution, now, matches)
            self._last_ns = now
            self._next_ns = now + self._pause()
        if not self._remember:
            self._forget(to_ns - _TAPE_NS)

    def skip(self, to_ns: int) -> None:
        """Halt trading until ``to_ns``: nothing happens in between."""
        self._last_ns = self._mood_ns = to_ns
        self._next_ns = to_ns + self._pause()

    def recent(self, limit: int, before_id: int | None = None) -> list[Match]:
        """Up to ``limit`` trades older than ``before_id``, newest first.

        A quarter of an hour is kept, but never less than a thousand trades nor more than fifty
        thousand; all of them when made to remember.
        """
        newest = self.trade_id if before_id is None else min(before_id - 1, self.trade_id)
        skipped = self.trade_id - newest
        return list(islice(reversed(self.tape), skipped, skipped + limit))

    def _forget(self, before_ns: int) -> None:
        tape = self.tape
        while len(tape) > _TAPE_FEWEST and (tape[0].time_ns < before_ns or len(tape) > _TAPE_MOST):
            tape.popleft()

    def _keep_pace(self, seconds: float) -> None:
        """Steer the rate of orders so that the wanted rate of trades comes about."""
        wanted = (self.product.trades_per_second or 0.0) * seconds
        error = wanted / max(self.trade_id - self._paced_id, 1)
        self._pace *= min(max(error, 0.5), 2.0) ** _PACE_GAIN
        self._paced_id = self.trade_id

    def _pause(self) -> int:
        rate = self._pace or self.product.orders_per_second * self._fair.activity
        return max(int(self._random.expovariate(rate) * 1e6), 1) * _MICROSECOND

    def _record(self, execution: Execution, now: int, matches: list[Match]) -> None:
        quotation = self.quotation()
        for fill in execution.fills:
            self.trade_id += 1
            match = Match(
                symbol=self.product.symbol,
                trade_id=self.trade_id,
                sequence=self.sequence,
                time_ns=now,
                taker_side=execution.taker_side,
                price=fill.price,
                size=fill.size,
                maker_order_id=fill.maker_order_id,
                taker_order_id=execution.taker_order_id,
                quotation=quotation,
            )
            self.tape.append(match)
            self.candles.add(now // SECOND, fill.price, fill.size)
            matches.append(match)


class SimulatedExchange:
    """All listings, advanced together. ``remember`` keeps every trade, for comparison."""

    def __init__(
        self,
        products: Sequence[Product],
        seed: int,
        start_ns: int,
        regime: Regime = NORMAL,
        *,
        remember: bool = False,
    ) -> None:
        self.now_ns = start_ns - start_ns % MINUTE
        """Time up to which everything has happened; opens at the whole minute before ``start_ns``.
        """
        self.listings: dict[str, Listing] = {
            product.symbol: Listing(product, seed, self.now_ns, regime, remember=remember)
            for product in products
        }

    def advance(self, to_ns: int) -> list[Match]:
        """Everything that trades until ``to_ns``, in order of time; nothing when that is already
        past.
        """
        if to_ns <= self.now_ns:
            return []
        matches: list[Match] = []
        for listing in self.listings.values():
            listing.advance(to_ns, matches)
        self.now_ns = to_ns
        matches.sort(key=attrgetter("time_ns"))
        return matches

    def skip(self, to_ns: int) -> None:
        """Halt all trading until ``to_ns``."""
        if to_ns > self.now_ns:
            for listing in self.listings.values():
                listing.skip(to_ns)
            self.now_ns = to_ns
