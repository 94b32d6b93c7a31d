"""The whole state of an engine: a few structured arrays, made once, changed by compiled code only.

Prices are in quote currency, sizes in base currency, times in nanoseconds since 1970 (UTC). An
order's number is its place in ``orders`` plus one, so a link to an order is a number and 0 is none.
"""

from enum import IntEnum
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACCOUNT", "DUST", "FILL", "ORDER", "POLICY", "POSITION", "POST_ONLY", "REDUCE_ONLY", "Books",
    "Cause", "Kind", "Path", "Reason", "Sizing", "State", "TimeInForce", "grown", "make_books",
]  # fmt: skip

T = TypeVar("T", bound=np.generic)

DUST = 1e-9
"""Share of a size below which a rest is rounding, not a size."""

REDUCE_ONLY = 1
POST_ONLY = 2


class Kind(IntEnum):
    """What an order waits for."""

    MARKET = 0
    LIMIT = 1
    STOP = 2
    STOP_LIMIT = 3
    TRAILING = 4


class TimeInForce(IntEnum):
    """How long: until cancelled, what fills at once, or all at once or nothing.

    For orders with a stop it counts from the moment that the stop is reached.
    """

    GTC = 0
    IOC = 1
    FOK = 2


class Sizing(IntEnum):
    """Where an order's size comes from, see :mod:`trading.engine.sizing`.

    GIVEN: with the order. The others are market orders sized when they start to work: TARGET
    brings the position to a share of the equity, SHARE trades that much more.
    """

    GIVEN = 0
    TARGET = 1
    SHARE = 2


class State(IntEnum):
    """Where an order stands; the first two are live.

    WAITING: on its way to the market, or its parent has filled nothing yet. EXPIRED: ended by its
    time in force. REFUSED: could not be filled or placed, see the reason.
    """

    WAITING = 0
    WORKING = 1
    FILLED = 2
    CANCELLED = 3
    EXPIRED = 4
    REFUSED = 5


class Reason(IntEnum):
    """Why an order ended otherwise than filled."""

    NONE = 0
    ASKED = 1
    """Cancelled by its owner."""
    TIME_IN_FORCE = 2
    """IOC or FOK found no or too little size."""
    MARGIN = 3
    """The account could not carry the position."""
    POST_ONLY = 4
    """It would have taken."""
    REDUCE_ONLY = 5
    """There was nothing (left) to reduce."""
    PARTNER = 6
    """Another order of its group filled the size."""
    PARENT = 7
    """Its parent ended without filling (more)."""
    LIQUIDATION = 8
    """The account was liquidated."""
    NO_SIZE = 9
    """Sized when it started to work, there was nothing to trade."""
    RULES = 10
    """Refused before it was placed, by the rules of its account or for want of a market."""


class Cause(IntEnum):
    """What made a fill."""

    ORDER = 0
    LIQUIDATION = 1


class Path(IntEnum):
    """The way of the price inside a candle, see :mod:`trading.engine.motion`."""

    NEAREST = 0
    WORST = 1
    BEST = 2


ORDER = np.dtype(
    [
        ("number", np.int64),
        ("parent", np.int64),
        ("group", np.int64),
        ("placed_ns", np.int64),
        ("active_ns", np.int64),
        ("size", np.float64),
        ("filled", np.float64),
        ("taken", np.float64),  # filled by the others of the group
        ("limit", np.float64),
        ("stop", np.float64),
        ("trail", np.float64),  # distance in price
        ("share", np.float64),  # of the equity, where the size is not given
        ("ahead", np.float64),  # before it in the queue, in live matching
        ("symbol", np.int32),
        ("side", np.int8),  # 1 buys, -1 sells
        ("kind", np.int8),
        ("tif", np.int8),
        ("flags", np.int8),
        ("state", np.int8),
        ("reason", np.int8),
        ("triggered", np.int8),  # its stop was reached
        ("sizing", np.int8),
    ],
    align=True,
)

POSITION = np.dtype(
    [
        ("size", np.float64),  # negative: short
        ("cost", np.float64),  # signed, without fees, see trading.fill_arithmetic
        ("mark", np.float64),  # the last price, 0 before the first
        ("realised", np.float64),  # before fees
        ("fees", np.float64),
        ("room", np.float64),  # size that may still fill before the next input
        ("size_step", np.float64),  # 0: none
        ("bar", np.int64),  # number of the latest candle or trade, from 0
    ],
    align=True,
)

ACCOUNT = np.dtype(
    [
        ("cash", np.float64),
        ("start", np.float64),
        ("leverage", np.float64),
        ("maintenance", np.float64),  # share of the exposure
        ("time_ns", np.int64),  # of the latest input
        ("orders", np.int64),
        ("live", np.int64),
        ("fills", np.int64),
        ("changes", np.int64),  # what happened to orders and positions in live matching
    ],
    align=True,
)

POLICY = np.dtype(
    [
        ("maker_fee", np.float64),
        ("taker_fee", np.float64),
        ("slippage", np.float64),
        ("participation", np.float64),  # 0: no limit
        ("latency_ns", np.int64),
    ],
    align=True,
)

FILL = np.dtype(
    [
        ("number", np.int64),
        ("order", np.int64),  # 0: liquidation
        ("time_ns", np.int64),
        ("bar", np.int64),  # of its symbol
        ("price", np.float64),
        ("reference", np.float64),  # before slippage
        ("size", np.float64),
        ("fee", np.float64),
        ("realised", np.float64),  # before the fee
        ("symbol", np.int32),
        ("side", np.int8),
        ("maker", np.int8),
        ("cause", np.int8),
    ],
    align=True,
)

Records = NDArray[np.void]


class Books(NamedTuple):
    """Everything that an engine knows; what every kernel of it takes first.

    ``orders`` (capacity,) ORDER and ``live`` (capacity,) the places of live ones, ascending, of
    which ``account["live"]`` count; ``positions`` (symbols,) POSITION; ``account`` (1,) ACCOUNT;
    ``policy`` (1,) POLICY; ``fills`` (capacity,) FILL.
    """

    orders: Records
    live: NDArray[np.int64]
    positions: Records
    account: Records
    policy: Records
    fills: Records


def make_books(symbols: int, orders: int, fills: int) -> Books:
    """Books for ``symbols`` positions with space for so many orders and fills, all zeros.

    Positions stand before their first candle: ``bar`` is -1.
    """
    books = Books(
        np.zeros(orders, ORDER), np.zeros(orders, np.int64), np.zeros(symbols, POSITION),
        np.zeros(1, ACCOUNT), np.zeros(1, POLICY), np.zeros(fills, FILL),
    )  # fmt: skip
    books.positions["bar"] = -1
    return books


def grown(books: Books, orders: int, fills: int) -> Books:
    """The same books with space for at least so many orders and fills; others are shared."""
    return books._replace(
        orders=_longer(books.orders, orders),
        live=_longer(books.live, orders),
        fills=_longer(books.fills, fills),
    )


def _longer(array: NDArray[T], least: int) -> NDArray[T]:
    if len(array) >= least:
        return array
    longer = np.zeros(max(least, 2 * len(array)), array.dtype)
    longer[: len(array)] = array
    return longer
