"""What a market says, taken in: each input changes what is known and reaches the live orders."""

from collections.abc import Callable
from math import isfinite
from typing import Any

from market.instrument import Instrument
from market.types import Quote, Trade
from trading.errors import BadMarketData
from trading.paper.floor import Floor
from trading.paper.tape import BookInput, FeedState, Heard, Line, NoBook, PassTime

__all__ = ["INPUTS"]


def _trade(floor: Floor, trade: Trade, time_ns: int) -> None:
    symbol, price = trade.symbol, trade.price
    line = floor.lines.get(symbol)
    if line is None:
        return
    if not (isfinite(price) and price > 0):
        raise BadMarketData(f"A trade of {symbol} had the price {price}; allowed is above 0.")
    line.take_trade(trade, time_ns)
    floor.priced(symbol)
    for portfolio in tuple(floor.watchers[symbol].values()):
        if portfolio.take_trade(trade, time_ns):
            floor.collect(portfolio)
    if floor.holders[symbol]:
        _mark_holders(floor, symbol, price)


def _mark_holders(floor: Floor, symbol: str, price: float) -> None:
    leveraged = floor.records.terms.maintenance > 0
    for owner, portfolio in tuple(floor.holders[symbol].items()):
        if owner in floor.watchers[symbol]:
            continue
        if not leveraged:
            portfolio.mark(symbol, price)
        elif portfolio.engine.trade(symbol, price, 0.0, floor.time_ns):
            floor.collect(portfolio)


def _quote(floor: Floor, quote: Quote, time_ns: int) -> None:
    line = floor.lines.get(quote.symbol)
    if line is None:
        return
    line.take_quote(quote, time_ns)
    for portfolio in tuple(floor.watchers[quote.symbol].values()):
        if portfolio.take_quote(line, time_ns):
            floor.collect(portfolio)
    _middle_moved(floor, line)


def _book(floor: Floor, book: BookInput, time_ns: int) -> None:
    line = floor.lines.get(book.symbol)
    if line is None:
        return
    line.take_book(book, time_ns)
    for portfolio in tuple(floor.watchers[book.symbol].values()):
        if portfolio.take_book(line, time_ns):
            floor.collect(portfolio)
    _middle_moved(floor, line)


def _middle_moved(floor: Floor, line: Line) -> None:
    """Before the first trade the middle of the best prices is the mark."""
    if not line.traded:
        floor.priced(line.symbol)
        _mark_holders(floor, line.symbol, line.mark)


def _no_book(floor: Floor, item: NoBook, time_ns: int) -> None:
    line = floor.lines.get(item.symbol)
    if line is None:
        return
    line.lose_book()
    for portfolio in floor.watchers[item.symbol].values():
        portfolio.take_book(line, time_ns)


def _heard(floor: Floor, item: Heard, _: int) -> None:
    line = floor.lines.get(item.symbol)
    if line is not None:
        line.heard_ns, line.own_ns = item.heard_ns or -1, item.own_ns or -1


def _pass_time(floor: Floor, _: PassTime, time_ns: int) -> None:
    """What time alone brings was done before."""


def _instrument(floor: Floor, told: Instrument, _: int) -> None:
    line = floor.lines.get(told.symbol)
    if line is None:
        return
    before = line.step
    line.take_instrument(told)
    if line.step != before:
        floor.open_portfolios()


def _feed_state(floor: Floor, state: FeedState, _: int) -> None:
    floor.closed = state.words


INPUTS: dict[type, Callable[[Floor, Any, int], None]] = {
    Trade: _trade, Quote: _quote, BookInput: _book, NoBook: _no_book, Heard: _heard,
    PassTime: _pass_time, FeedState: _feed_state, Instrument: _instrument,
}  # fmt: skip
"""What takes in an input, by its type."""
