"""What live matching knows of a market: a ladder of prices and sizes on each side.

The ladder comes from the best source that is known: the order book; else the best quotes, behind
whose size every further size costs the slippage of the policy; else the last trade, from which
every size costs it. What our own orders take is off the ladder until its source speaks again.
"""

from enum import IntEnum
from math import inf
from typing import NamedTuple

import numpy as np

from market.columns import F64
from market.kernel import lean_kernel
from trading.engine.records import Books, Records
from trading.engine.steps import whole_steps
from trading.fill_arithmetic import compiled_slipped_price

__all__ = [
    "ASKS", "BIDS", "DEPTH", "LEFT", "PRICE", "Source", "Venue", "knows_sides", "make_venue",
    "middle", "offered_to", "shown_size", "use_book", "use_quote", "use_trade",
]  # fmt: skip

DEPTH = 64
"""Levels of a side that are kept."""

BIDS, ASKS = 0, 1
PRICE, LEFT = 0, 1


class Source(IntEnum):
    """What a symbol's ladder was made of."""

    NOTHING = 0
    TRADE = 1
    QUOTE = 2
    BOOK = 3


VENUE = np.dtype(
    [
        ("last", np.float64),  # price of the last trade, 0 before the first
        ("bid", np.float64),  # the latest quote, 0 where there is none
        ("bid_size", np.float64),  # 0: not known
        ("ask", np.float64),
        ("ask_size", np.float64),
        ("source", np.int64),
    ],
    align=True,
)


class Venue(NamedTuple):
    """The markets of an engine's symbols.

    ``heads`` (symbols,) VENUE; ``levels`` (symbols, 2, DEPTH + 1, 2) float64: of bids and asks,
    best first, price and the size that is left; the price 0 ends a side.
    """

    heads: Records
    levels: F64


def make_venue(symbols: int) -> Venue:
    """Markets of which nothing is known."""
    return Venue(np.zeros(symbols, VENUE), np.zeros((symbols, 2, DEPTH + 1, 2)))


@lean_kernel
def offered_to(side: int) -> int:
    """The side of the ladder that an order of this side takes from."""
    return ASKS if side > 0 else BIDS


@lean_kernel
def _put_open_end(books: Books, venue: Venue, symbol: int, way: int, at: int, price: float) -> None:
    """End a side at place ``at`` with any size for ``price`` and slippage; price 0: with none."""
    taker = 1 if way == ASKS else -1
    slipped = compiled_slipped_price(price, taker, books.policy[0]["slippage"])
    venue.levels[symbol, way, at, PRICE] = slipped
    venue.levels[symbol, way, at, LEFT] = inf
    venue.levels[symbol, way, at + (1 if slipped > 0 else 0), PRICE] = 0.0


@lean_kernel
def _put_quote(
    books: Books, venue: Venue, symbol: int, way: int, price: float, size: float
) -> None:
    venue.levels[symbol, way, 0, PRICE] = price
    venue.levels[symbol, way, 0, LEFT] = whole_steps(size, books.positions[symbol]["size_step"])
    _put_open_end(books, venue, symbol, way, 1 if price > 0 else 0, price)


@lean_kernel
def use_quote(books: Books, venue: Venue, symbol: int) -> None:
    """Make the ladder of the latest quote, or, without one, of the last trade."""
    head = venue.heads[symbol]
    if head["bid"] == 0 and head["ask"] == 0:
        use_trade(books, venue, symbol)
        return
    head["source"] = Source.QUOTE
    _put_quote(books, venue, symbol, BIDS, head["bid"], head["bid_size"])
    _put_quote(books, venue, symbol, ASKS, head["ask"], head["ask_size"])


@lean_kernel
def use_trade(books: Books, venue: Venue, symbol: int) -> None:
    """Make the ladder of the last trade."""
    head = venue.heads[symbol]
    head["source"] = Source.TRADE if head["last"] > 0 else Source.NOTHING
    _put_open_end(books, venue, symbol, BIDS, 0, head["last"])
    _put_open_end(books, venue, symbol, ASKS, 0, head["last"])


@lean_kernel
def knows_sides(bids: F64, asks: F64) -> bool:
    """Whether these can be sides of a book: prices finite, above 0, best first; sizes 0 or more."""
    for way in range(2):
        side = bids if way == BIDS else asks
        rising = -1.0 if way == BIDS else 1.0
        for at in range(side.shape[1]):
            price, size = side[PRICE, at], side[LEFT, at]
            if not (0 < price < inf and 0 <= size < inf):
                return False
            if at > 0 and (price - side[PRICE, at - 1]) * rising <= 0:
                return False
    return True


@lean_kernel
def use_book(books: Books, venue: Venue, symbol: int, bids: F64, asks: F64) -> None:
    """Make the ladder of a book: (2, n) prices and sizes, of which the best DEPTH are kept."""
    venue.heads[symbol]["source"] = Source.BOOK
    step = books.positions[symbol]["size_step"]
    for way in range(2):
        side, levels = (bids if way == BIDS else asks), venue.levels[symbol, way]
        count = min(side.shape[1], DEPTH)
        for at in range(count):
            levels[at, PRICE] = side[PRICE, at]
            levels[at, LEFT] = whole_steps(side[LEFT, at], step)
        levels[count, PRICE] = 0.0


@lean_kernel
def middle(venue: Venue, symbol: int) -> float:
    """Between the best prices of the ladder, or the one that there is; 0 for none."""
    bid, ask = venue.levels[symbol, BIDS, 0, PRICE], venue.levels[symbol, ASKS, 0, PRICE]
    if bid == 0 or ask == 0:
        return float(bid + ask)
    return float((bid + ask) / 2)


@lean_kernel
def shown_size(venue: Venue, symbol: int, side: int, price: float) -> float:
    """The size that waits at ``price`` on an order's own ``side``; infinite where not known."""
    head = venue.heads[symbol]
    if head["source"] == Source.QUOTE:
        best, size = (
            (head["bid"], head["bid_size"]) if side > 0 else (head["ask"], head["ask_size"])
        )
        if best > 0 and (price - best) * side > 0:
            return 0.0
        return float(size) if price == best and size > 0 else inf
    if head["source"] != Source.BOOK:
        return inf
    levels = venue.levels[symbol, BIDS if side > 0 else ASKS]
    for at in range(DEPTH):
        level = levels[at, PRICE]
        if level == 0:
            return inf
        if level == price:
            return float(levels[at, LEFT])
        if (price - level) * side > 0:
            return 0.0
    return inf
