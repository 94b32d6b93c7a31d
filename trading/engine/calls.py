"""What an engine calls of its compiled parts; the most frequent without looking at types.

Those take nothing but Python's own ``int`` and ``float``, and are the same for every engine.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from market.kernel import entry
from trading.engine.lifecycle import cancel_order, enter_order
from trading.engine.live import (
    pass_book,
    pass_no_book,
    pass_quote,
    pass_time,
    pass_trade,
)
from trading.engine.records import make_books
from trading.engine.venue import make_venue

__all__ = ["LiveCalls", "OrderCalls", "live_calls", "order_calls"]


class LiveCalls(NamedTuple):
    """The kernels ``pass_…`` of :mod:`trading.engine.live`; the first three are entries."""

    trade: Callable[..., int]
    quote: Callable[..., int]
    time: Callable[..., int]
    book: Callable[..., int] = pass_book
    no_book: Callable[..., None] = pass_no_book


class OrderCalls(NamedTuple):
    """See :func:`trading.engine.lifecycle.enter_order` and ``cancel_order``."""

    enter: Callable[..., int]
    cancel: Callable[..., bool]


@cache
def order_calls() -> OrderCalls:
    """Compiled when they are first asked for."""
    books = make_books(1, 1, 1)
    return OrderCalls(
        entry(enter_order, books, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0),
        entry(cancel_order, books, 0),
    )


@cache
def live_calls() -> LiveCalls:
    """Compiled when they are first asked for."""
    books, venue = make_books(1, 1, 1), make_venue(1)
    return LiveCalls(
        entry(pass_trade, books, venue, 0, 0, 0.0, 0.0, 0, 0),
        entry(pass_quote, books, venue, 0, 0, 0.0, 0.0, 0.0, 0.0, 0),
        entry(pass_time, books, venue, 0, 0),
    )
