"""The paper account between plain texts and the engine of :mod:`trading.paper`."""

from decimal import Decimal, InvalidOperation

from trading.paper import PaperEngine

from data_feed.status import FeedState, FeedStatus
from market.errors import MarketError
from market.market import Market
from market.types import Side
from server.errors import OrderRefused
from server.views import FillView
from trading import errors as trading_errors

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


def submit(
    engine: PaperEngine, market: Market, feed: FeedStatus, order: tuple[str, str, str]
) -> FillView:
    """Fill the market order (symbol, side, size) at the newest quote; raises ``OrderRefused``."""
    symbol, side_text, size_text = order
    if feed.state is FeedState.LOST:
        raise OrderRefused(f"Order refused: {feed.venue} is lost, so there is no price of now.")
    side = _SIDES.get(side_text)
    if side is None:
        raise OrderRefused(f"Order refused: side was {side_text!r}; allowed are buy, sell.")
    size = _size(size_text)
    try:
        state = market[symbol]
        quote, last = state.quote, state.last_trade
        time_ns = max(quote.time_ns if quote else 0, last.time_ns if last else 0)
        fill = engine.submit(state.symbol, side, size, quote, last, time_ns)
    except (MarketError, trading_errors.TradingError) as error:
        raise OrderRefused(str(error)) from None
    return _fill(fill)


def _size(text: str) -> Decimal:
    try:
        size = Decimal(text.strip())
    except InvalidOperation:
        raise OrderRefused(
            f"Order refused: size was {text[:40]!r}; allowed is a number like 0.5."
        ) from None
    if not size.is_finite():
        raise OrderRefused(f"Order refused: size was {size}; allowed is a finite number.")
    return size
