"""The paper account between plain texts and the engine of :mod:`trading.paper.quote_engine`."""

from decimal import Decimal

import numpy as np

from chart_acceleration.chart_data import MarkerKind, Markers
from data_feed.status import FeedState, FeedStatus
from market.errors import MarketError
from market.market import Market
from market.types import Side
from server import market_reader
from server.errors import OrderRefused
from server.views import FillView, PaperView, PositionView
from trading.errors import BadQuantity, TradingError
from trading.orders import Fill
from trading.paper.quote_engine import MarkedPosition, PaperEngine
from trading.quantities import parse_size

_SHOWN_FILLS = 500

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


def submit(
    engine: PaperEngine, market: Market, feed: FeedStatus, order: tuple[str, str, str]
) -> FillView:
    """Fill the market order (symbol, side, size) at the newest quote; raises ``OrderRefused``."""
    symbol, side_text, size_text = order
    if feed.state is FeedState.LOST:
        raise OrderRefused(f"Order refused: {feed.venue} is lost, so there is no price of now.")
    if feed.state is FeedState.ENDED:
        raise OrderRefused(f"Order refused, as there is no price of now: {feed.detail}")
    side = _SIDES.get(side_text)
    if side is None:
        raise OrderRefused(f"Order refused: side was {side_text!r}; allowed are buy, sell.")
    try:
        size = parse_size(size_text)
        state = market[symbol]
        quote, last = state.quote, state.last_trade
        time_ns = max(quote.time_ns if quote else 0, last.time_ns if last else 0)
        fill = engine.submit(state.symbol, side, size, quote, last, time_ns)
    except BadQuantity as error:
        raise OrderRefused(f"Order refused: size. {error}") from None
    except (MarketError, TradingError) as error:
        raise OrderRefused(str(error)) from None
    return _fill(fill)


def view(engine: PaperEngine, market: Market) -> PaperView:
    """The account marked at the last prices; the newest 500 fills, newest first."""
    marks: dict[str, float] = {}
    for symbol in market.symbols:
        price, _ = market_reader.last_price(market[symbol])
        if price is not None:
            marks[symbol] = price
    account = engine.view(marks)
    return PaperView(
        currency=account.currency,
        equity=account.equity,
        cash=account.cash,
        unrealised=account.unrealised,
        realised=account.realised,
        fees=account.fees,
        start_capital=account.start_capital,
        positions=tuple(_position(position) for position in account.positions),
        fills=tuple(_fill(fill) for fill in reversed(account.fills[-_SHOWN_FILLS:])),
    )


def markers(engine: PaperEngine, symbol: str) -> Markers:
    """Every fill of ``symbol``, oldest first: entries, and exits by what they realised."""
    held = Decimal(0)
    times, kinds = [], []
    for fill in engine.view({}).fills:
        if fill.symbol != symbol:
            continue
        change = fill.size * int(fill.side)
        times.append(fill.time_ns)
        kinds.append(MarkerKind.ENTRY if held * change >= 0 else _exit(fill))
        held += change
    order = np.argsort(np.array(times, np.int64), kind="stable")
    return Markers.of(np.array(times, np.int64)[order], np.array(kinds, np.int32)[order])


def _exit(fill: Fill) -> MarkerKind:
    return MarkerKind.EXIT_LOSS if fill.realised < 0 else MarkerKind.EXIT_PROFIT


def _position(position: MarkedPosition) -> PositionView:
    return PositionView(
        symbol=position.symbol,
        side="long" if position.side is Side.BUY else "short",
        size=abs(position.size),
        average_price=position.average_price,
        mark=None if position.mark is None else float(position.mark),
        unrealised=position.unrealised,
    )


def _fill(fill: Fill) -> FillView:
    return FillView(
        number=fill.fill_id,
        time_ns=fill.time_ns,
        symbol=fill.symbol,
        side="buy" if fill.side is Side.BUY else "sell",
        size=fill.size,
        price=fill.price,
        fee=fill.fee,
        realised=fill.realised,
    )
