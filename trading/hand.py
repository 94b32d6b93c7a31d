"""The hand with which a strategy reaches its account: places orders, cancels them, looks them up.

In a backtest that is the engine itself. On a paper account orders are checked and written down
before they are in the market, and have the account's own numbers.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trading.engine.engine import Engine
from trading.engine.orders import Bracket, Order
from trading.errors import BadOrder
from trading.order_view import OrderView

__all__ = ["EngineHand", "Hand"]


class Hand(Protocol):
    """Orders by numbers that stay theirs. ``engine`` is for reading: money and positions.

    It may be another one after every call.

    What makes no sense raises :class:`BadOrder`; what the account does not take has a number all
    the same, of an order that is refused.
    """

    @property
    def engine(self) -> Engine: ...

    def price(self, symbol: str) -> float:
        """The newest price, 0 before the first."""

    def place(self, order: Order, time_ns: int | None = None) -> int:
        """Place ``order``, whose parent and group are numbers of this hand; its number.

        ``time_ns`` is the close at which it was decided; whoever has a clock takes that instead.
        """

    def place_bracket(
        self, entry: Order, stop: float = 0.0, target: float = 0.0, time_ns: int | None = None
    ) -> Bracket:
        """Place ``entry`` with a stop-loss and a take-profit that begin once it fills."""

    def place_group(self, *orders: Order, time_ns: int | None = None) -> tuple[int, ...]:
        """Place orders of which one cancels the others."""

    def cancel(self, number: int) -> bool:
        """Cancel an order; False when it had ended."""

    def order(self, number: int) -> OrderView:
        """How an order stands; raises :class:`BadOrder` where there is none."""

    def orders(self) -> tuple[OrderView, ...]:
        """The orders that may still fill, oldest first."""

    def fills(self) -> NDArray[np.void]:
        """Every fill so far, records of :data:`trading.engine.records.FILL`, oldest first."""


class EngineHand:
    """A :class:`Hand` on an engine alone, whose numbers it uses."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.place = engine.place
        self.place_bracket = engine.place_bracket
        self.place_group = engine.place_group
        self.cancel = engine.cancel

    def price(self, symbol: str) -> float:
        """The newest price, 0 before the first."""
        engine = self.engine
        price: float = engine.books.positions["mark"].item(engine.symbols.index(symbol))
        return price

    def order(self, number: int) -> OrderView:
        """How an order stands; raises :class:`BadOrder` where there is none."""
        orders = self.engine.orders
        if not 1 <= number <= len(orders):
            raise BadOrder(f"There is no order {number}; there are {len(orders)}.")
        return OrderView.of(orders[number - 1], self.engine.symbols)

    def orders(self) -> tuple[OrderView, ...]:
        """The orders that may still fill, oldest first."""
        books = self.engine.books
        live = books.live[: books.account[0]["live"]]
        views = (OrderView.of(books.orders[at], self.engine.symbols) for at in live)
        return tuple(view for view in views if view.is_live)

    def fills(self) -> NDArray[np.void]:
        """Every fill so far, records of :data:`trading.engine.records.FILL`, oldest first."""
        return self.engine.fills
