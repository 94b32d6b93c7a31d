"""Reads order books and tapes into the plain values that pages and REST show."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, gcd, log10
from time import time_ns
from typing import Protocol

import numpy as np

from data_feed.status import FeedMode, FeedState, FeedStatus
from market.book_view import F64, BookGroups
from market.errors import MarketError
from market.market import Market, SymbolMarket
from market.order_book import OrderBook
from market.tape import CAPACITY, TapeView
from server import market_reader
from server.book_views import BookView, Level, TapeTrade, TradesView
from server.errors import OutOfRange, RequestError

MOST_LEVELS = 200
MOST_MULTIPLE = 100_000
MILLISECOND = 1_000_000
_FEWEST_LEVELS = 8
"""Of fewer prices what divides them says nothing about the tick."""
_ROUND = (5, 2, 1)
DEPTH_LEVELS = 2000
"""Of each side, for a depth chart."""
_NO_LEVELS: F64 = np.empty((2, 0))
_OFF = "Order books are not followed here. Start with --books on."


class BookSource(Protocol):
    """What is asked of a feed."""

    def status_of(self, symbol: str) -> FeedStatus:
        """How things stand with the venue of ``symbol``."""
        ...

    def status(self) -> FeedStatus:
        """How things stand."""
        ...

    def book(self, symbol: str) -> OrderBook | None:
        """The book of ``symbol``; None while none is followed."""
        ...


@dataclass(frozen=True, slots=True)
class Depth:
    """Prices and sizes of both sides, float64 (2, n), best first; ``decimals`` of its prices.

    ``followed``: whether it is known to be of now, or there is nothing to doubt.
    """

    bids: F64
    asks: F64
    decimals: int
    version: int
    followed: bool


class BookReader:
    """Used from the event loop only. ``followed``: whether the feed was asked for books."""

    def __init__(
        self,
        market: Market,
        feed: BookSource,
        followed: bool,
        clock: Callable[[], int] = time_ns,
    ) -> None:
        self._market = market
        self._feed = feed
        self._followed = followed
        self._clock = clock
        self._units: dict[str, tuple[int, int]] = {}
        self._digits: dict[str, int] = {}

    def state(self, symbol: str) -> SymbolMarket:
        """What is known of ``symbol``; raises :class:`RequestError`."""
        try:
            return self._market[symbol]
        except MarketError as error:
            raise RequestError(str(error)) from None

    def ladder(self, symbol: str, levels: int, multiple: int = 1) -> BookView:
        """The best ``levels`` (1 to 200) of each side in steps of ``multiple`` ticks.

        Raises :class:`RequestError` for an unknown symbol and for numbers outside their limits.
        """
        _check("levels", levels, MOST_LEVELS)
        _check("multiple", multiple, MOST_MULTIPLE)
        state, book = self.state(symbol), self._feed.book(symbol)
        feed = self._feed.status_of(symbol)
        unit, decimals = self._unit(state, book)
        groups = None if book is None else book.groups(unit * multiple, decimals, levels)
        step, digits = shortened(unit * multiple, decimals)
        last, _ = market_reader.last_price(state)
        word, detail = standing(feed, groups, self._followed)
        return BookView(
            symbol, word, detail, unit / 10.0**decimals, multiple, step / 10.0**digits,
            digits, decimals, self._size_digits(state, groups), *_levels(groups),
            last, _direction(state), *_spread(groups),
            groups.imbalance if groups else 0.0, groups.version if groups else 0,
        )  # fmt: skip

    def depth(self, symbol: str) -> Depth:
        """Both sides of a book for a depth chart; raises :class:`RequestError`."""
        state, book = self.state(symbol), self._feed.book(symbol)
        _, decimals = self._unit(state, book)
        if book is None:
            return Depth(_NO_LEVELS, _NO_LEVELS, decimals, -1, True)
        view = book.view(DEPTH_LEVELS)
        lost = self._feed.status().state in {FeedState.LOST, FeedState.ENDED}
        followed = not lost and (view.valid or not view.bids.size)
        return Depth(view.bids, view.asks, decimals, view.version, followed)

    def trades(self, symbol: str, limit: int, after: int = -1) -> TradesView:
        """The newest ``limit`` (1 to 1000) trades with a number above ``after``.

        Raises as :meth:`ladder`.
        """
        _check("limit", limit, CAPACITY)
        state = self.state(symbol)
        tape = state.tape.view()
        large = tape.large_from
        count = min(limit, len(tape), max(0, tape.next - 1 - after))
        return TradesView(
            symbol, market_reader.decimals(state), self._size_digits(state, None),
            round(tape.per_second(self._now_ns(tape)), 1), large, tape.next,
            tuple(_trade(tape, len(tape) - 1 - back, large) for back in range(count)),
        )  # fmt: skip

    def _now_ns(self, tape: TapeView) -> int:
        newest = int(tape.time_ns[-1]) if len(tape) else 0
        replayed = self._feed.status().mode is FeedMode.REPLAY
        return newest if replayed else max(newest, self._clock())

    def _unit(self, state: SymbolMarket, book: OrderBook | None) -> tuple[int, int]:
        """The tick: the largest round number that divides every price seen, and its decimals."""
        known = self._units.get(state.symbol, (0, 0))
        if book is not None and book.levels >= _FEWEST_LEVELS:
            known = self._units[state.symbol] = common_unit(known, book.price_unit())
        if not known[0]:
            return 1, market_reader.decimals(state)
        return round_unit(*known)

    def _size_digits(self, state: SymbolMarket, groups: BookGroups | None) -> int:
        """Digits after the point of a column of sizes: three of the middle one count.

        They only grow, so that the column does not jump.
        """
        before = self._digits.get(state.symbol)
        if groups is not None and groups.bids.size:
            sizes: F64 = np.concatenate((groups.bids[1], groups.asks[1]))
        elif before is None:
            sizes = state.tape.view().size
        else:
            return before
        middle = float(np.median(sizes)) if len(sizes) else 0.0
        if not middle:
            return before or 0
        digits = max(before or 0, min(max(2 - floor(log10(middle)), 0), 8))
        if groups is not None and groups.valid:
            self._digits[state.symbol] = digits
        return digits


def standing(feed: FeedStatus, groups: BookGroups | None, followed: bool) -> tuple[str, str]:
    """The state of a book and a sentence about it, see :class:`server.book_views.BookView`."""
    if not followed:
        return "off", _OFF
    if feed.state in {FeedState.LOST, FeedState.ENDED}:
        return "stale", feed.detail
    if groups is None or not (groups.valid or groups.bids.size or groups.asks.size):
        if feed.mode is FeedMode.REPLAY:
            return "waiting", "The recording has brought no order book so far."
        if feed.state is FeedState.CONNECTING:
            return "waiting", f"Connecting to {feed.venue}, waiting for the order book snapshot."
        return "waiting", f"Waiting for the order book snapshot of {feed.venue}."
    if not groups.valid:
        return "lost", f"Out of sync with {feed.venue}. A new snapshot has been asked for."
    return "followed", ""


def common_unit(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """What divides both, each a whole number of 10 to the minus its decimals; 0 is no number."""
    decimals = max(one[1], other[1])
    a, b = (number * 10 ** (decimals - digits) for number, digits in (one, other))
    return gcd(a, b), decimals


def round_unit(unit: int, decimals: int) -> tuple[int, int]:
    """The largest of 1, 2 and 5 times a power of ten that divides ``unit``, and its decimals."""
    power = 1
    while unit % (10 * power) == 0:
        power *= 10
    first = next(each for each in _ROUND if unit % (each * power) == 0)
    return shortened(first * power, decimals)


def shortened(number: int, decimals: int) -> tuple[int, int]:
    """The same without zeros at the end of its decimals."""
    while decimals > 0 and number % 10 == 0:
        number, decimals = number // 10, decimals - 1
    return number, decimals


def _check(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise OutOfRange(name, value, 1, most)


def _levels(groups: BookGroups | None) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    if groups is None:
        return (), ()
    bids, asks = (tuple(zip(*side.tolist(), strict=True)) for side in (groups.bids, groups.asks))
    return bids, asks


def _spread(groups: BookGroups | None) -> tuple[float | None, float | None]:
    if groups is None or groups.best_bid is None or groups.best_ask is None:
        return None, None
    spread = round(groups.best_ask - groups.best_bid, groups.price_decimals)
    middle = (groups.best_ask + groups.best_bid) / 2
    return spread, 1e4 * spread / middle if middle else None


def _direction(state: SymbolMarket) -> int:
    newest = state.last_trade
    return 0 if newest is None else int(newest.side)


def _trade(tape: TapeView, row: int, large: float | None) -> TapeTrade:
    size = float(tape.size[row])
    return TapeTrade(
        tape.next - len(tape) + row,
        int(tape.time_ns[row]) / MILLISECOND,
        float(tape.price[row]),
        size,
        "buy" if tape.side[row] > 0 else "sell",
        large is not None and size >= large,
    )
