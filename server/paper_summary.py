"""The main paper account and its orders at market, in plain texts."""

from contextlib import suppress
from decimal import Decimal, InvalidOperation

from market.types import Side
from paper_trading.errors import PaperError
from paper_trading.service import PaperTrading
from paper_trading.views import FillView as PaperFill
from paper_trading.views import PositionView as PaperPosition
from server.errors import OrderRefused
from server.views import FillView, PaperView, PositionView
from trading.paper.commands import Place

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}


def summary(paper: PaperTrading) -> PaperView:
    """The account marked at the last prices; fills newest first."""
    account = paper.account_view(paper.main())
    return PaperView(
        currency=account.currency,
        equity=account.equity,
        cash=account.cash,
        unrealised=account.unrealised,
        realised=account.realised,
        fees=account.fees,
        start_capital=account.start_capital,
        positions=tuple(_position(position) for position in account.positions),
        fills=tuple(_fill(fill) for fill in account.fills),
    )


async def order(paper: PaperTrading, symbol: str, side: str, size: str) -> FillView:
    """Place a market order; its fill. Raises :class:`OrderRefused`."""
    if side not in _SIDES:
        raise OrderRefused(f"Order refused: side was {side!r}; allowed are buy, sell.")
    amount = Decimal("NaN")
    with suppress(InvalidOperation):
        amount = Decimal(size.strip())
    try:
        account = paper.main()
        placed = Place(symbol=symbol, side=_SIDES[side], size=float(amount))
        outcome = await paper.do(account, placed)
    except PaperError as error:
        raise OrderRefused(str(error)) from None
    if outcome.refusal is not None:
        raise OrderRefused(outcome.refusal.words)
    fills = [fill for fill in paper.account_view(account).fills if fill.order == outcome.order]
    if not fills:
        raise OrderRefused(outcome.events[-1].words)
    return _fill(fills[0])


def _position(position: PaperPosition) -> PositionView:
    return PositionView(
        symbol=position.symbol,
        side=position.side,
        size=position.size,
        average_price=position.entry,
        mark=None if position.mark is None else float(position.mark),
        unrealised=position.unrealised,
    )


def _fill(fill: PaperFill) -> FillView:
    return FillView(
        number=fill.id,
        time_ns=fill.time_ms * 1_000_000,
        symbol=fill.symbol,
        side=fill.side,
        size=fill.size,
        price=fill.price,
        fee=fill.fee,
        realised=fill.realised,
    )
