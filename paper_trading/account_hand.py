"""The hand of an automation on its account: every order is a command, checked and journaled."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from market.types import Side
from trading.engine.engine import Engine
from trading.engine.orders import Bracket, Order
from trading.engine.records import FILL, Reason, Sizing, State
from trading.errors import BadOrder
from trading.order_view import OrderView
from trading.paper.commands import Cancel, Command, Place, Target
from trading.paper.core import AccountCore
from trading.paper.events import Event, OrderAccepted, OrderEnded
from trading.paper.intake import whole
from trading.paper.standing import LiveOrder

__all__ = ["AccountHand", "Commanded"]


class Commanded(Protocol):
    """An account that does commands and journals what follows."""

    @property
    def core(self) -> AccountCore: ...

    def do(self, command: Command, time_ns: int) -> tuple[int, Sequence[Event]]:
        """Its events, the seq of the first before them."""


class AccountHand:
    """A :class:`trading.hand.Hand`; its numbers are the account's order ids.

    Sizes are cut to whole steps. Orders that were refused have negative numbers, which end with
    this process. ``now_ns`` is when commands are given. ``look`` is called with a symbol before the
    first order of it since :meth:`begin`: it lets the account have the newest prices.
    """

    def __init__(
        self, account: Commanded, owner: str, symbols: tuple[str, ...],
        look: Callable[[str, int], object],
    ) -> None:  # fmt: skip
        self.now_ns = 0
        self._account, self._owner, self._symbols = account, owner, symbols
        self._look = look
        self._looked: set[str] = set()
        self._refused: list[OrderView] = []
        self._fills = np.empty(0, FILL)
        self._counted = 0

    def begin(self, now_ns: int) -> None:
        """Give commands at ``now_ns`` from here on."""
        self.now_ns = now_ns
        self._looked.clear()

    @property
    def newest_ns(self) -> int:
        """The time of the newest input of the account."""
        return self._account.core.floor.time_ns

    @property
    def engine(self) -> Engine:
        """The portfolio's engine, another one after every change of the market's symbols."""
        return self._account.core.floor.portfolios[self._owner].engine

    def price(self, symbol: str) -> float:
        """The newest price, 0 before the first."""
        line = self._account.core.floor.lines.get(symbol)
        return 0.0 if line is None else line.mark

    def place(self, order: Order, time_ns: int | None = None) -> int:
        """Place ``order`` now, whatever ``time_ns`` says."""
        return self._placed(order)

    def place_bracket(
        self, entry: Order, stop: float = 0.0, target: float = 0.0, time_ns: int | None = None
    ) -> Bracket:
        """Place ``entry`` with what closes it; the ids of these follow on its own."""
        number = self._placed(entry, stop, target)
        first, second = (number + 1, number + 2) if number > 0 else (0, 0)
        if stop and target:
            return Bracket(number, first, second)
        return Bracket(number, first if stop else 0, first if target else 0)

    def place_group(self, *orders: Order, time_ns: int | None = None) -> tuple[int, ...]:
        """Place orders of which one cancels the others; the group is called by the first."""
        group = self._account.core.records.order_count + 1
        return tuple(self._placed(order, group=group) for order in orders)

    def cancel(self, number: int) -> bool:
        """Cancel an order; False when it had ended. Raises :class:`BadOrder` for none."""
        if number not in self._live():
            self.order(number)
            return False
        _, events = self._account.do(Cancel(number, self._owner), self.now_ns)
        return any(type(event) is OrderEnded for event in events)

    def order(self, number: int) -> OrderView:
        """How an order of this automation stands; raises :class:`BadOrder` where none is known."""
        live = self._live().get(number)
        if live is not None:
            return self._view(live, self._state(number), Reason.NONE)
        if -len(self._refused) <= number < 0:
            return self._refused[-number - 1]
        for ended in reversed(self._account.core.records.ended):
            if ended.order.id == number and ended.order.owner == self._owner:
                return self._view(ended.order, ended.state, ended.reason)
        raise BadOrder(f"There is no order {number} of this automation among the newest ones.")

    def orders(self) -> tuple[OrderView, ...]:
        """The orders that may still fill, oldest first."""
        live = self._live()
        return tuple(self._view(live[number], self._state(number), Reason.NONE) for number in live)

    def fills(self) -> NDArray[np.void]:
        """Every fill of this automation, FILL records; ``symbol`` counts the automation's own."""
        log = self._account.core.records.fill_log
        records = log.records
        if len(records) > self._counted:
            new = records[self._counted :]
            lanes = {
                at: self._symbols.index(symbol)
                for at, (owner, symbol) in enumerate(log.lanes)
                if owner == self._owner and symbol in self._symbols
            }
            own = new[np.isin(new["symbol"], list(lanes))].copy()
            own["symbol"] = [lanes[lane] for lane in own["symbol"].tolist()]
            self._fills = np.concatenate((self._fills, own))
            self._counted = len(records)
        return self._fills

    def _live(self) -> dict[int, LiveOrder]:
        return self._account.core.records.portfolios[self._owner].live

    def _state(self, number: int) -> State:
        portfolio = self._account.core.floor.portfolios[self._owner]
        return State(int(portfolio.engine.books.orders["state"][portfolio.numbers[number] - 1]))

    def _placed(
        self, order: Order, stop: float = 0.0, target: float = 0.0, group: int = 0
    ) -> int:  # fmt: skip
        if order.symbol not in self._looked:
            self._looked.add(order.symbol)
            self._look(order.symbol, self.now_ns)
        command = self._command(order, stop, target, group)
        _, events = self._account.do(command, self.now_ns)
        for event in events:
            if type(event) is OrderAccepted:
                return event.id
        self._refused.append(_refused(order, -len(self._refused) - 1, bool(events)))
        return -len(self._refused)

    def _command(self, order: Order, stop: float, target: float, group: int) -> Place | Target:
        if order.sizing is Sizing.TARGET:
            return Target(self._owner, ((order.symbol, order.share),), again=True)
        shared = order.sizing is Sizing.SHARE
        line = self._account.core.floor.lines.get(order.symbol)
        size = order.size if line is None else whole(order.size, line.step) or order.size
        return Place(
            symbol=order.symbol, side=order.side, kind=order.kind,
            size=None if shared else size, fraction=order.share if shared else None,
            limit=order.limit, stop=order.stop, trail=order.trail, tif=order.tif,
            reduce_only=order.reduce_only, post_only=order.post_only, stop_loss=stop,
            take_profit=target, owner=self._owner, group=group,
        )  # fmt: skip

    @staticmethod
    def _view(order: LiveOrder, state: State, reason: Reason) -> OrderView:
        terms = order.terms
        return OrderView(
            order.id, terms.symbol, Side(terms.side), terms.kind, order.size, order.filled,
            order.limit, order.stop, terms.parent, state, reason,
        )  # fmt: skip


def _refused(order: Order, number: int, told: bool) -> OrderView:
    """An order that was not taken; where nothing was ``told`` there was nothing to trade."""
    state, reason = (
        (State.REFUSED, Reason.RULES) if told else (State.CANCELLED, Reason.NO_SIZE)
    )  # fmt: skip
    return OrderView(
        number, order.symbol, order.side, order.kind, order.size, 0.0, order.limit, order.stop, 0,
        state, reason,
    )  # fmt: skip
