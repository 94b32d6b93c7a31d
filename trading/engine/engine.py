"""The engine as Python sees it: symbols by name, orders as objects, every number checked.

Nothing happens but by a call, and the same calls give the same fills.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from market.columns import F64
from trading.engine.calls import LiveCalls, live_calls, order_calls
from trading.engine.change import Change, change_order, check_change
from trading.engine.checks import (
    check_account,
    check_book,
    check_candle,
    check_quote,
    check_time,
    check_trade,
)
from trading.engine.live import LATE, NO_SPACE, most_fills
from trading.engine.motion import pass_candle, pass_trade
from trading.engine.orders import Bracket, Order, bracket_orders, check_order
from trading.engine.policies import Matching, Policies
from trading.engine.positions import equity_of, exposure_of
from trading.engine.records import Sizing, grown, make_books
from trading.engine.snapshot import EngineState, read_order, read_state, restored
from trading.engine.steps import FINEST
from trading.engine.venue import make_venue
from trading.errors import BadMarketData, BadOrder

__all__ = ["Engine"]

_FEW = 64


class Engine:
    """One account over several symbols, driven by candles and trades. Not thread-safe.

    With ``Matching.LIVE`` it is driven by trades, quotes, books and the passing of time instead;
    a symbol without a step of its own has :data:`trading.engine.steps.FINEST` then. ``space``: the
    most fills that one input makes, but for three of each live order. ``books`` are the records
    themselves, replaced when they have to grow, and ``venue`` is what live matching knows of the
    market: both for compiled drivers.

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
        check_account(symbols, steps, start_capital)
        self.policies = policies or Policies()
        self.symbols = tuple(steps)
        self._index = {name: index for index, name in enumerate(steps)}
        self._path = int(self.policies.path)
        self.books = make_books(len(steps), _FEW, _FEW)
        finest = FINEST if self.policies.matching is Matching.LIVE else 0.0
        self.books.positions["size_step"] = [step or finest for step in steps.values()]
        self._account = self.books.account[0]
        self._account["cash"] = self._account["start"] = start_capital
        self.policies.write_to(self.books)
        live = self.policies.matching is Matching.LIVE
        self.venue = make_venue(len(steps) if live else 0)
        self.space = most_fills(len(steps)) if live else len(steps) + 2
        self._is_live = live

    @property
    def orders(self) -> NDArray[np.void]:
        """Every order so far, ORDER (n,), read-only, current until the next call."""
        return _read_only(self.books.orders[: self._account["orders"]])

    @property
    def fills(self) -> NDArray[np.void]:
        """Every fill so far, FILL (n,), read-only."""
        return _read_only(self.books.fills[: self._account["fills"]])

    @property
    def positions(self) -> NDArray[np.void]:
        """POSITION (symbols,), read-only, in the order of ``symbols``."""
        return _read_only(self.books.positions[:])

    @property
    def time_ns(self) -> int:
        """Of the latest input, or of what was placed since."""
        return int(self._account["time_ns"])

    @property
    def cash(self) -> float:
        """Cash, in quote currency."""
        return float(self._account["cash"])

    @property
    def equity(self) -> float:
        """Cash and positions at their marks, in quote currency."""
        return equity_of(self.books)

    @property
    def exposure(self) -> float:
        """Value of all positions at their marks, shorts counted like longs."""
        return exposure_of(self.books)

    def place(self, order: Order, time_ns: int | None = None) -> int:
        """Enter ``order`` and return its number; it works from the next input of its symbol on.

        ``time_ns`` is when it is placed, the latest input's time unless given: at a candle's close
        that is the end of the candle, from which the latency counts. Raises :class:`BadOrder`.
        """
        symbol = self._symbol(order.symbol)
        check_order(order, symbol, self.books)
        placed = self._now(time_ns)
        if self._account["orders"] == len(self.books.orders):
            self.make_space()
        number = order_calls().enter(
            self.books, symbol, int(order.side), int(order.kind), int(order.tif), order.flags,
            float(order.size), float(order.limit), float(order.stop), float(order.trail),
            int(order.parent), int(order.group), int(placed),
        )  # fmt: skip
        if order.sizing is not Sizing.GIVEN:
            entered = self.books.orders[number - 1]
            entered["share"], entered["sizing"] = order.share, order.sizing
        return number

    def place_bracket(
        self, entry: Order, stop: float = 0.0, target: float = 0.0, time_ns: int | None = None
    ) -> Bracket:
        """Enter ``entry`` with a stop-loss and a take-profit that begin once it fills.

        Raises :class:`BadOrder`; then nothing was placed.
        """
        symbol = self._symbol(entry.symbol)
        number = int(self._account["orders"]) + 1
        legs = bracket_orders(entry, number, float(stop), float(target))
        for leg in legs:
            size = leg.size or float(self.books.positions[symbol]["size_step"]) or 1.0
            check_order(replace(leg, size=size, parent=0, group=0), symbol, self.books)
        self.place(entry, time_ns)
        placed = iter([self.place(leg, time_ns) for leg in legs])
        return Bracket(number, next(placed) if stop else 0, next(placed) if target else 0)

    def place_group(self, *orders: Order, time_ns: int | None = None) -> tuple[int, ...]:
        """Enter orders of one symbol of which one cancels the others (OCO); their numbers.

        Raises :class:`BadOrder`; then nothing was placed.
        """
        group = int(self._account["orders"]) + 1
        if len({order.symbol for order in orders}) > 1:
            raise BadOrder("The orders of a group must all trade the same symbol.")
        for order in orders:
            check_order(order, self._symbol(order.symbol), self.books)
        return tuple(self.place(replace(order, group=group), time_ns) for order in orders)

    def cancel(self, number: int) -> bool:
        """Cancel an order; False when it had ended before. Raises :class:`BadOrder` for none."""
        self._check_number(number)
        return bool(order_calls().cancel(self.books, int(number)))

    def change(
        self, number: int, size: float | None = None, limit: float | None = None,
        stop: float | None = None, trail: float | None = None, time_ns: int | None = None,
    ) -> None:  # fmt: skip
        """Give a live order another size or other prices, see :mod:`trading.engine.change`.

        Raises :class:`BadOrder`; then it stays as it was.
        """
        self._check_number(number)
        order = read_order(self.books, number, self.symbols)
        to = check_change(self.books, number, order, Change(size, limit, stop, trail))
        change_order(
            self.books, number - 1, to.size, to.limit, to.stop, to.trail, self._now(time_ns)
        )

    def queue_ahead(self, number: int) -> float:
        """The size that waits before a resting limit order; infinite where that is not known."""
        self._check_number(number)
        return float(self.books.orders[number - 1]["ahead"])

    def state(self) -> EngineState:
        """Everything that decides what happens next, but for the prices that are known."""
        return read_state(self.books, self.symbols)

    def restore(self, state: EngineState) -> dict[int, int]:
        """Become what ``state`` says, without past orders and fills; numbers by ``key``.

        Raises :class:`BadOrder` for an unknown symbol or parent.
        """
        self.books = restored(self.books, state, self._index)
        return {kept.key: number for number, kept in enumerate(state.orders, 1)}

    def candle(
        self, symbol: str, opened: float, high: float, low: float, closed: float, volume: float,
        time_ns: int,
    ) -> None:  # fmt: skip
        """Take a candle that began at ``time_ns``. Raises :class:`BadMarketData`."""
        if self._is_live:
            raise BadMarketData(f"A candle of {symbol} came to an engine that matches live prices.")
        index = self._symbol(symbol)
        check_candle(symbol, (opened, high, low, closed), volume)
        check_time(symbol, time_ns, self.time_ns)
        self.make_space()
        pass_candle(
            self.books, index, float(opened), float(high), float(low), float(closed),
            float(volume), int(time_ns), self._path,
        )  # fmt: skip

    def trade(self, symbol: str, price: float, volume: float, time_ns: int, side: int = 0) -> bool:
        """Take a trade of the market; ``side`` is the taker's, 0 where it is not known.

        Whether more than marks and queues may be other ones. Raises :class:`BadMarketData`.
        """
        check_trade(symbol, price, volume)
        if self._is_live:
            given = self._symbol(symbol), float(price), float(volume), int(side), int(time_ns)
            return self._took(live_calls().trade, *given)
        index = self._symbol(symbol)
        check_time(symbol, time_ns, self.time_ns)
        self.make_space()
        pass_trade(self.books, index, float(price), int(time_ns), float(volume))
        return True

    def quote(
        self, symbol: str, bid: float, bid_size: float, ask: float, ask_size: float, time_ns: int
    ) -> bool:
        """Take the best prices; 0 for a price that there is not, and for a size not known.

        Whether more than marks and queues are other ones. Raises :class:`BadMarketData`.
        """
        check_quote(symbol, bid, bid_size, ask, ask_size)
        index = self._symbol(symbol)
        given = index, float(bid), float(bid_size), float(ask), float(ask_size), int(time_ns)
        return self._took(self._live.quote, *given)

    def book(self, symbol: str, bids: F64, asks: F64, time_ns: int) -> bool:
        """Take the order book, which counts until the next one or :meth:`no_book`.

        ``bids``, ``asks`` float64 (2, n): prices and sizes, best first, of which 64 are kept.
        Whether more than marks and queues are other ones. Raises :class:`BadMarketData`.
        """
        sides = np.array(bids, np.float64), np.array(asks, np.float64)
        check_book(symbol, *sides)
        return self._took(self._live.book, self._symbol(symbol), *sides, int(time_ns))

    def no_book(self, symbol: str) -> None:
        """Forget the book of ``symbol``: its latest quote counts, without one its last trade."""
        self._live.no_book(self.books, self.venue, self._symbol(symbol))

    def pass_time(self, time_ns: int) -> bool:
        """Let orders whose latency has ended by ``time_ns`` reach the market, of every symbol.

        Whether any did. Raises :class:`BadMarketData` for a time before the latest.
        """
        return self._took(self._live.time, int(time_ns))

    def wake(self) -> bool:
        """Let orders that need not wait act at once on what is known; whether any did."""
        return self.pass_time(self.time_ns)

    def make_space(self) -> None:
        """See to space for one more order, and for all fills that one input can make.

        For compiled drivers; ``books`` may be other ones afterwards.
        """
        account, books = self._account, self.books
        fills = int(account["fills"] + 3 * account["live"]) + self.space
        if account["orders"] + 1 > len(books.orders) or fills > len(books.fills):
            self.books = grown(books, int(account["orders"]) + 1, fills)

    def _now(self, time_ns: int | None) -> int:
        """When something is asked for; in live matching, time has come there then."""
        latest = self.time_ns
        now = latest if time_ns is None else int(time_ns)
        if now < latest:
            raise BadOrder(f"Placed at {now} ns, before the latest input at {latest} ns.")
        if self._is_live:
            self._account["time_ns"] = now
        return now

    def _check_number(self, number: int) -> None:
        count = int(self._account["orders"])
        if not 1 <= number <= count:
            raise BadOrder(f"There is no order {number}; there are {count}.")

    def _symbol(self, name: str) -> int:
        if name not in self._index:
            raise BadOrder(f"There is no symbol {name!r}; there are {', '.join(self.symbols)}.")
        return self._index[name]

    @property
    def _live(self) -> LiveCalls:
        if not self._is_live:
            raise BadMarketData("An engine of candles takes candles and trades; this was neither.")
        return live_calls()

    def _took(self, call: Callable[..., int], *given: Any) -> bool:
        """Let a compiled input take what is given, of which the time comes last."""
        changes = call(self.books, self.venue, self.space, *given)
        while changes == NO_SPACE:
            self.make_space()
            changes = call(self.books, self.venue, self.space, *given)
        if changes == LATE:
            check_time("An input", given[-1], self.time_ns)
        return changes > 0


def _read_only(records: NDArray[np.void]) -> NDArray[np.void]:
    records.flags.writeable = False
    return records
