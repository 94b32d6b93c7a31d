"""The engine as Python sees it: symbols by name, orders as objects, every number checked.

Nothing happens but by a call, and the same calls give the same fills.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from trading.engine.lifecycle import cancel_order, enter_order
from trading.engine.motion import pass_candle, pass_trade
from trading.engine.orders import Bracket, Order, bracket_orders, check_order
from trading.engine.policies import Policies
from trading.engine.positions import equity_of, exposure_of
from trading.engine.records import Books, Sizing, grown, make_books
from trading.errors import BadMarketData, BadOrder, BadQuantity

__all__ = ["Engine"]

MAX_CAPITAL = 1e15
MAX_PRICE = 1e12
_FEW = 64


class Engine:
    """One account over several symbols, driven by candles and trades. Not thread-safe.

    ``symbols`` are names, or names with the step of their sizes (0: any size). Raises
    :class:`BadQuantity` for no symbol, one named twice, a bad step or a bad capital.
    """

    def __init__(
        self,
        symbols: Sequence[str] | Mapping[str, float],
        start_capital: float = 10_000.0,
        policies: Policies | None = None,
    ) -> None:
        steps = symbols if isinstance(symbols, Mapping) else dict.fromkeys(symbols, 0.0)
        _check_account(symbols, steps, start_capital)
        self.policies = policies or Policies()
        self.symbols = tuple(steps)
        self._index = {name: index for index, name in enumerate(steps)}
        self._path = int(self.policies.path)
        self._books = make_books(len(steps), _FEW, _FEW)
        self._books.positions["size_step"] = list(steps.values())
        account = self._books.account[0]
        account["cash"] = account["start"] = start_capital
        self.policies.write_to(self._books)

    @property
    def books(self) -> Books:
        """The records themselves, for compiled drivers; replaced when they have to grow."""
        return self._books

    @property
    def orders(self) -> NDArray[np.void]:
        """Every order so far, ORDER (n,), read-only, current until the next call."""
        return _read_only(self._books.orders[: self._books.account[0]["orders"]])

    @property
    def fills(self) -> NDArray[np.void]:
        """Every fill so far, FILL (n,), read-only."""
        return _read_only(self._books.fills[: self._books.account[0]["fills"]])

    @property
    def positions(self) -> NDArray[np.void]:
        """POSITION (symbols,), read-only, in the order of ``symbols``."""
        return _read_only(self._books.positions[:])

    @property
    def cash(self) -> float:
        """Cash, in quote currency."""
        return float(self._books.account[0]["cash"])

    @property
    def equity(self) -> float:
        """Cash and positions at their marks, in quote currency."""
        return equity_of(self._books)

    @property
    def exposure(self) -> float:
        """Value of all positions at their marks, shorts counted like longs."""
        return exposure_of(self._books)

    def place(self, order: Order, time_ns: int | None = None) -> int:
        """Enter ``order`` and return its number; it works from the next input of its symbol on.

        ``time_ns`` is when it is placed, the latest input's time unless given: at a candle's close
        that is the end of the candle, from which the latency counts. Raises :class:`BadOrder`.
        """
        symbol = self._symbol(order.symbol)
        check_order(order, symbol, self._books)
        latest = int(self._books.account[0]["time_ns"])
        placed = latest if time_ns is None else time_ns
        if placed < latest:
            raise BadOrder(f"Placed at {placed} ns, before the latest input at {latest} ns.")
        self.make_space()
        number = enter_order(
            self._books, symbol, int(order.side), int(order.kind), int(order.tif), order.flags,
            float(order.size), float(order.limit), float(order.stop), float(order.trail),
            int(order.parent), int(order.group), int(placed),
        )  # fmt: skip
        if order.sizing is not Sizing.GIVEN:
            entered = self._books.orders[number - 1]
            entered["share"], entered["sizing"] = order.share, order.sizing
        return number

    def place_bracket(
        self, entry: Order, stop: float = 0.0, target: float = 0.0, time_ns: int | None = None
    ) -> Bracket:
        """Enter ``entry`` with a stop-loss and a take-profit that begin once it fills.

        Raises :class:`BadOrder`; then nothing was placed.
        """
        symbol = self._symbol(entry.symbol)
        number = int(self._books.account[0]["orders"]) + 1
        legs = bracket_orders(entry, number, float(stop), float(target))
        for leg in legs:
            size = leg.size or float(self._books.positions[symbol]["size_step"]) or 1.0
            check_order(replace(leg, size=size, parent=0, group=0), symbol, self._books)
        self.place(entry, time_ns)
        placed = iter([self.place(leg, time_ns) for leg in legs])
        return Bracket(number, next(placed) if stop else 0, next(placed) if target else 0)

    def place_group(self, *orders: Order, time_ns: int | None = None) -> tuple[int, ...]:
        """Enter orders of one symbol of which one cancels the others (OCO); their numbers.

        Raises :class:`BadOrder`; then nothing was placed.
        """
        group = int(self._books.account[0]["orders"]) + 1
        if len({order.symbol for order in orders}) > 1:
            raise BadOrder("The orders of a group must all trade the same symbol.")
        for order in orders:
            check_order(order, self._symbol(order.symbol), self._books)
        return tuple(self.place(replace(order, group=group), time_ns) for order in orders)

    def cancel(self, number: int) -> bool:
        """Cancel an order; False when it had ended before. Raises :class:`BadOrder` for none."""
        count = int(self._books.account[0]["orders"])
        if not 1 <= number <= count:
            raise BadOrder(f"There is no order {number}; there are {count}.")
        return cancel_order(self._books, number)

    def candle(
        self, symbol: str, opened: float, high: float, low: float, closed: float, volume: float,
        time_ns: int,
    ) -> None:  # fmt: skip
        """Take a candle that began at ``time_ns``. Raises :class:`BadMarketData`."""
        index = self._symbol(symbol)
        if not (0 < low <= min(opened, closed) and max(opened, closed) <= high <= MAX_PRICE):
            raise BadMarketData(
                f"A candle of {symbol} had open {opened}, high {high}, low {low}, close {closed}; "
                f"allowed are prices above 0 to {MAX_PRICE:g}, none outside low to high."
            )
        self._check_input(symbol, volume, time_ns)
        self.make_space()
        pass_candle(
            self._books, index, float(opened), float(high), float(low), float(closed),
            float(volume), int(time_ns), self._path,
        )  # fmt: skip

    def trade(self, symbol: str, price: float, volume: float, time_ns: int) -> None:
        """Take a trade of the market. Raises :class:`BadMarketData`."""
        index = self._symbol(symbol)
        if not 0 < price <= MAX_PRICE:
            raise BadMarketData(
                f"A trade of {symbol} had the price {price}; allowed is above 0 to {MAX_PRICE:g}."
            )
        self._check_input(symbol, volume, time_ns)
        self.make_space()
        pass_trade(self._books, index, float(price), int(time_ns), float(volume))

    def make_space(self) -> None:
        """See to space for one more order, and for all fills that one input can make.

        For compiled drivers; ``books`` may be other ones afterwards.
        """
        account, books = self._books.account[0], self._books
        fills = int(account["fills"] + account["live"]) + len(self.symbols) + 2
        if account["orders"] + 1 > len(books.orders) or fills > len(books.fills):
            self._books = grown(books, int(account["orders"]) + 1, fills)

    def _symbol(self, name: str) -> int:
        if name not in self._index:
            raise BadOrder(f"There is no symbol {name!r}; there are {', '.join(self.symbols)}.")
        return self._index[name]

    def _check_input(self, symbol: str, volume: float, time_ns: int) -> None:
        latest = int(self._books.account[0]["time_ns"])
        if not 0 <= volume < np.inf:
            raise BadMarketData(f"{symbol} had the volume {volume}; allowed is 0 or above.")
        if time_ns < latest:
            raise BadMarketData(
                f"{symbol} came with the time {time_ns} ns after an input at {latest} ns."
            )


def _check_account(
    named: Sequence[str] | Mapping[str, float], steps: Mapping[str, float], capital: float
) -> None:
    if not steps or len(steps) != len(named):
        raise BadQuantity(f"The symbols were {list(named)}; one or more are needed, none twice.")
    for name, step in steps.items():
        if not (isfinite(step) and step >= 0):
            raise BadQuantity(f"The size step of {name} was {step}; allowed is 0 or above.")
    if not (isfinite(capital) and 0 < capital <= MAX_CAPITAL):
        raise BadQuantity(f"Start capital was {capital}; allowed is above 0 to {MAX_CAPITAL:g}.")


def _read_only(records: NDArray[np.void]) -> NDArray[np.void]:
    records.flags.writeable = False
    return records
