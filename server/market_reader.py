"""Questions about the market in plain values; bad questions raise :class:`RequestError`."""

import numpy as np

from chart_acceleration.spec import Furniture
from data_feed.status import FeedMode, FeedState, FeedStatus
from market.columns import CandleColumns, CandleWindow
from market.errors import MarketError
from market.market import Market, SymbolMarket
from market.types import DAY, Interval
from server.chart_request import ChartRequest
from server.errors import OutOfRange, RequestError
from server.views import LastView

MAX_CANDLES = MOST_BARS = 5000
"""What a ring holds."""
DEFAULT_DECIMALS = 2
_DAY_INTERVALS = (Interval.M1, Interval.M5, Interval.M15, Interval.H1)


def candles(market: Market, symbol: str, interval: str, limit: int) -> CandleWindow:
    """A consistent copy of the newest ``limit`` (1 to 5000) candles, oldest first."""
    if not 1 <= limit <= MAX_CANDLES:
        raise OutOfRange("limit", limit, 1, MAX_CANDLES)
    return columns(market, symbol, interval).snapshot(limit)


def closed_candles(market: Market, symbol: str, interval: str) -> CandleWindow:
    """A consistent copy of all candles that no further trade belongs to, oldest first."""
    ring = columns(market, symbol, interval)
    candles = ring.snapshot()
    newest = market[symbol].last_trade
    if newest is None or not len(candles):
        return candles
    ends_ns = int(candles.time_ns[-1]) + Interval(interval).nanoseconds
    if newest.time_ns >= ends_ns:
        return candles
    return ring.snapshot(end=candles.first_index + len(candles) - 1)


def part(candles: CandleWindow, first: int, end: int) -> CandleWindow:
    """The candles of absolute indices ``first`` to ``end - 1``, views of ``candles``."""
    return candles.part(first - candles.first_index, end - candles.first_index)


def columns(market: Market, symbol: str, interval: str) -> CandleColumns:
    """The ring of one symbol and interval."""
    try:
        return market[symbol].builder.columns(Interval.parse(interval))
    except MarketError as error:
        raise RequestError(str(error)) from None


def decimals(state: SymbolMarket) -> int:
    """Digits after the point of the symbol's prices; 2 before the first price."""
    known = state.last_trade is not None or len(state.builder.columns(Interval.M1)) > 0
    return state.builder.price_decimals if known else DEFAULT_DECIMALS


def furniture(
    state: SymbolMarket, feed: FeedStatus, request: ChartRequest, picture: bool
) -> Furniture:
    """What is drawn around the candles; ``picture`` for those asked for by URL."""
    return Furniture(
        legend=picture,
        last_line=picture,
        venue=venue_label(feed),
        decimals=decimals(state),
        stale=feed.state is FeedState.LOST,
        quote_lines=request.quote,
        countdown=request.countdown,
    )


def venue_label(feed: FeedStatus) -> str:
    """The venue's name, marked when its prices are not of now or not real."""
    return f"{feed.venue} replay" if feed.mode is FeedMode.REPLAY else feed.venue


def last(market: Market, symbol: str) -> LastView:
    """Last price, its change over a day, best bid and ask."""
    try:
        state = market[symbol]
    except MarketError as error:
        raise RequestError(str(error)) from None
    price, time_ns = last_price(state)
    before = _price_a_day_before(state, time_ns) if time_ns is not None else None
    change = price - before if price is not None and before else None
    quote = state.quote
    return LastView(
        symbol=symbol,
        price=price,
        change=change,
        change_pct=100.0 * change / before if change is not None and before else None,
        decimals=decimals(state),
        bid=quote.bid if quote else None,
        ask=quote.ask if quote else None,
        time_ns=time_ns,
    )


def last_price(state: SymbolMarket) -> tuple[float | None, int | None]:
    """Price and time of the newest trade, or of the newest candle before the first trade."""
    if state.last_trade is not None:
        return state.last_trade.price, state.last_trade.time_ns
    history = state.builder.columns(Interval.M1).snapshot(1)
    if not len(history):
        return None, None
    return float(history.close[-1]), int(history.time_ns[-1])


def _price_a_day_before(state: SymbolMarket, now_ns: int) -> float | None:
    """The price 24 h before ``now_ns`` from the shortest candles that reach back so far.

    When none does, the open of the oldest candle there is.
    """
    oldest: tuple[int, float] | None = None
    for interval in _DAY_INTERVALS:
        day = state.builder.columns(interval).snapshot()
        if not len(day):
            continue
        if day.time_ns[0] <= now_ns - DAY:
            row = int(np.searchsorted(day.time_ns, now_ns - DAY, side="right")) - 1
            return float(day.open[row])
        if oldest is None or day.time_ns[0] < oldest[0]:
            oldest = (int(day.time_ns[0]), float(day.open[0]))
    return oldest[1] if oldest else None
