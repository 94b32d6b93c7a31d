"""Paper trading: market orders filled at once against the live quote.

A buy fills at the ask, a sale at the bid, in full, whatever the size; without a quote both fill at
the last trade's price, and the fill says so. Fills, fees and position changes are computed by
:mod:`trading.fill_arithmetic`, the same code as in a backtest. There is no clock: time comes with
the order.

Cash never becomes negative and nothing is borrowed: see :mod:`trading.buying_power`. Selling what
is not held is refused unless ``PaperRules.allow_short``; then shorts need full collateral.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from market.types import Quote, Side, Symbol, Trade, quote_currency
from trading.account import ZERO, Account
from trading.buying_power import available_cash, check_cash, check_short
from trading.errors import BadQuantity, OrderRefused
from trading.fill_models import FeeModel, ProportionalFee, ProportionalSlippage, SlippageModel
from trading.orders import Fill, Order, Position, PriceSource
from trading.quantities import MONEY, SIZE_DECIMALS, checked_size, to_price

__all__ = ["MarkedPosition", "PaperEngine", "PaperRules", "PaperView"]


@dataclass(frozen=True, slots=True)
class PaperRules:
    """What an account starts with and what it may do.

    ``currency`` is that of the cash: only symbols quoted in it are traded. ``size_decimals`` gives
    the digits after the point of a symbol's sizes, 8 where nothing is given; the smallest step of
    them is also the smallest order.
    """

    start_capital: Decimal = Decimal(100_000)
    currency: str = "USD"
    allow_short: bool = False
    size_decimals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MarkedPosition:
    """An open position at a price of now. ``size`` and ``value`` are negative when short.

    Without a mark the position counts at its entry: ``mark`` and ``unrealised`` are None.
    ``unrealised`` is before fees; ``return_fraction`` is it over what the position was opened for.
    """

    symbol: Symbol
    side: Side
    size: Decimal
    average_price: Decimal
    mark: Decimal | None
    value: Decimal
    unrealised: Decimal | None
    return_fraction: Decimal | None


@dataclass(frozen=True, slots=True)
class PaperView:
    """The account at given marks: equity = start_capital + realised + unrealised - fees, exactly.

    Positions are in the order of opening, fills in the order of execution.
    """

    equity: Decimal
    cash: Decimal
    available: Decimal
    unrealised: Decimal
    realised: Decimal
    fees: Decimal
    start_capital: Decimal
    currency: str
    positions: tuple[MarkedPosition, ...]
    fills: tuple[Fill, ...]


class PaperEngine:
    """One paper account. Deterministic: the same calls give the same fills. Not thread-safe."""

    def __init__(
        self,
        rules: PaperRules | None = None,
        fees: FeeModel | None = None,
        slippage: SlippageModel | None = None,
    ) -> None:
        self.rules = rules or PaperRules()
        if not (self.rules.start_capital.is_finite() and self.rules.start_capital > 0):
            raise BadQuantity(
                f"Start capital was {self.rules.start_capital}; it must be above zero."
            )
        self._fees = fees or ProportionalFee(Decimal("0.001"))
        self._slippage = slippage or ProportionalSlippage(ZERO)
        self._account = Account(self.rules.start_capital)

    def submit(
        self,
        symbol: Symbol,
        side: Side,
        size: Decimal,
        quote: Quote | None,
        last: Trade | None,
        time_ns: int,
    ) -> Fill:
        """Fill a market order at once; raises :class:`BadQuantity` or :class:`OrderRefused`.

        ``quote`` and ``last`` are the newest of ``symbol``; an order that raises leaves no trace.
        """
        if quote_currency(symbol) != self.rules.currency:
            raise OrderRefused(
                "currency",
                f"{symbol} is paid in {quote_currency(symbol) or 'an unknown currency'}, "
                f"the account holds {self.rules.currency}.",
            )
        if time_ns < 0:
            raise BadQuantity(f"Time was {time_ns} ns; it must not be negative.")
        decimals = self.rules.size_decimals.get(symbol, SIZE_DECIMALS)
        order = Order(symbol, side, checked_size(size, decimals), time_ns)
        reference, source = _reference(order, quote, last)
        with localcontext(MONEY):
            price = self._slippage.price(reference, side)
            if not self.rules.allow_short:
                check_short(order, self._account)
            check_cash(order, price, self._account, self._fees, Decimal(1).scaleb(-decimals))
        return self._account.apply(order, price, source, self._fees)

    def view(self, marks: Mapping[str, float]) -> PaperView:
        """The account with each position marked at its symbol's price in ``marks``."""
        account = self._account
        with localcontext(MONEY):
            positions = tuple(_marked(item, marks.get(item.symbol)) for item in account.positions)
            return PaperView(
                equity=account.cash + sum((item.value for item in positions), ZERO),
                cash=account.cash,
                available=available_cash(account.cash, account.positions),
                unrealised=sum((item.unrealised or ZERO for item in positions), ZERO),
                realised=account.realised,
                fees=account.fees,
                start_capital=account.start_capital,
                currency=self.rules.currency,
                positions=positions,
                fills=account.fills,
            )


def _reference(
    order: Order, quote: Quote | None, last: Trade | None
) -> tuple[Decimal, PriceSource]:
    if quote is not None:
        if order.side is Side.BUY:
            return to_price(quote.ask), PriceSource.ASK
        return to_price(quote.bid), PriceSource.BID
    if last is not None:
        return to_price(last.price), PriceSource.LAST
    raise OrderRefused("price", f"{order.symbol} has no quote and no trade yet.")


def _marked(position: Position, mark: float | None) -> MarkedPosition:
    price = None if mark is None else to_price(mark)
    value = position.cost if price is None else position.size * price
    unrealised = None if price is None else value - position.cost
    return MarkedPosition(
        symbol=position.symbol,
        side=position.side,
        size=position.size,
        average_price=position.average_price,
        mark=price,
        value=value,
        unrealised=unrealised,
        return_fraction=None if unrealised is None else unrealised / abs(position.cost),
    )
