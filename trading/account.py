"""Cash and positions of one account, in ``Decimal``, exact."""

from decimal import Decimal, localcontext

from market.types import Symbol
from trading.fill_arithmetic import apply_fill
from trading.fill_models import FeeModel
from trading.orders import Fill, Order, Position, PriceSource
from trading.quantities import MONEY

__all__ = ["Account"]

GRAIN = Decimal("1E-16")
"""Released cost is cut to multiples of this many units of quote currency."""

ZERO = Decimal(0)


class Account:
    """One currency of cash and any number of positions.

    ``apply`` is the only way to change them. It takes every fill, whatever becomes of the cash:
    what may be traded is decided before, by whoever fills orders. Not thread-safe.
    """

    def __init__(self, start_capital: Decimal) -> None:
        self.start_capital = start_capital
        self.cash = start_capital
        self.realised = ZERO
        self.fees = ZERO
        self._positions: dict[Symbol, Position] = {}
        self._fills: list[Fill] = []

    @property
    def positions(self) -> tuple[Position, ...]:
        """Open positions, the longest open first."""
        return tuple(self._positions.values())

    @property
    def fills(self) -> tuple[Fill, ...]:
        """Every fill so far, in order."""
        return tuple(self._fills)

    def position(self, symbol: Symbol) -> Position | None:
        """The open position in ``symbol``, if any."""
        return self._positions.get(symbol)

    def apply(self, order: Order, price: Decimal, source: PriceSource, fees: FeeModel) -> Fill:
        """Execute ``order`` in full at ``price``, change cash and position, and return the fill."""
        before = self._positions.get(order.symbol, Position(order.symbol, ZERO, ZERO))
        with localcontext(MONEY):
            change = order.change
            fee = fees.fee(change * price)
            self.cash, size, cost, realised = apply_fill(
                self.cash, before.size, before.cost, change, price, fee, GRAIN
            )
            self.realised += realised
            self.fees += fee
        self._keep(Position(order.symbol, size, cost))
        fill = Fill(
            len(self._fills) + 1, order.symbol, order.side, order.time_ns, price, order.size, fee,
            realised, source,
        )  # fmt: skip
        self._fills.append(fill)
        return fill

    def _keep(self, position: Position) -> None:
        if position.size == 0:
            del self._positions[position.symbol]
        else:
            self._positions[position.symbol] = position
