"""What an event strategy works with: closed candles, the account, and orders.

A desk knows nothing of where candles come from, nor of where orders go, which is its
:class:`trading.hand.Hand`'s. Whoever drives it counts up its tracks, and keeps the engine as a
:class:`Clerk`: a strategy that does not look at its account costs nothing there until it does.
"""

from collections.abc import Callable, Mapping
from math import nan
from typing import Any, Protocol, Unpack

import numpy as np
from numpy.typing import NDArray

from market.types import Side
from trading.engine.orders import Order
from trading.engine.records import Sizing
from trading.errors import BadOrder, BadStrategy
from trading.hand import Hand
from trading.order_terms import Terms, Wish, enter
from trading.order_view import OrderView
from trading.series import CandleView, Series, Track, series_of

__all__ = ["Clerk", "Desk"]


class Clerk(Protocol):
    """Who brings the engine up to the newest close when the desk asks. ``now`` is its number."""

    now: int

    def settle(self) -> None:
        """See to it that orders and positions stand as they do now; marks may be older."""

    def catch_up(self) -> None:
        """See to it that everything does; after that orders may be placed and cancelled."""


class Desk:
    """Orders placed at a close work from the next open on, after the latency.

    Where a symbol may be named, the
    first one is meant otherwise. Money is in quote currency, sizes in base currency. What makes no
    sense raises :class:`BadOrder`; what the account cannot carry ends as refused, see
    :meth:`order`.
    """

    def __init__(
        self, hand: Hand, tracks: Mapping[str, Track], interval_ns: int, clerk: Clerk
    ) -> None:
        self.symbols = tuple(tracks)
        self.curves: dict[str, Series] = {}
        self.gauges: dict[str, Series] = {}
        engine = hand.engine
        self._hand, self._engine = hand, engine
        self._interval_ns = interval_ns
        self._clerk = clerk
        self._settle, self._catch_up = clerk.settle, clerk.catch_up
        self._tracks = tuple(tracks.values())
        self._views = tuple(CandleView(track) for track in self._tracks)
        self._places: dict[str | None, int] = {name: at for at, name in enumerate(tracks)}
        self._places[None] = 0
        self._positions = engine.books.positions
        self._sizes = engine.books.positions["size"]
        self._targets: dict[int, int] = {}

    def candles(self, symbol: str | None = None) -> CandleView:
        """The closed candles; always the same object, which grows."""
        return self._views[self._at(symbol)]

    @property
    def index(self) -> int:
        """The number of the newest close, from 0; -1 in ``init``."""
        return self._clerk.now

    @property
    def time_ns(self) -> int:
        """When the newest candle closed, ns since 1970 (UTC); 0 in ``init``."""
        starts = [int(t.window.time_ns[t.count - 1]) for t in self._tracks if t.count]
        return max(starts) + self._interval_ns if starts else 0

    def indicator(
        self, function: Callable[..., Any], *inputs: object, name: str = "", gauge: bool = False,
        symbol: str | None = None, **parameters: object,
    ) -> Series:  # fmt: skip
        """``function(*inputs, **parameters)``, computed once, seen only as far as candles closed.

        A series among ``inputs`` (``desk.candles().close``, another indicator) reaches the function
        whole, as an array; it returns one number per candle of ``symbol``. With a ``name`` it is
        drawn in the chart, as a ``gauge`` in a pane of its own. The value at a candle may depend on
        no later one: the look-ahead check finds it out. Raises :class:`BadStrategy` outside
        ``init`` and where the function returns something else.
        """
        found = self.indicators(function, *inputs, symbol=symbol, **parameters)
        if len(found) != 1:
            raise BadStrategy(f"The indicator has {len(found)} outputs; ask for `indicators`.")
        if name and self._at(symbol) == 0:
            (self.gauges if gauge else self.curves)[name] = found[0]
        return found[0]

    def indicators(
        self, function: Callable[..., Any], *inputs: object, symbol: str | None = None,
        **parameters: object,
    ) -> tuple[Series, ...]:  # fmt: skip
        """Like :meth:`indicator`, for functions of several outputs: a series for each."""
        if self.index >= 0:
            raise BadStrategy("Indicators are computed once, in init; next only reads them.")
        return series_of(self._tracks[self._at(symbol)], function, inputs, parameters)

    def position(self, symbol: str | None = None) -> float:
        """The size held, negative when short, 0 when flat."""
        self._settle()
        size: float = self._sizes.item(self._at(symbol))
        return size

    def entry_price(self, symbol: str | None = None) -> float:
        """The average price of the open position, without costs; NaN when flat."""
        self._settle()
        position = self._positions[self._at(symbol)]
        return float(position["cost"] / position["size"]) if position["size"] else nan

    @property
    def equity(self) -> float:
        """Cash and positions at the newest closes."""
        self._catch_up()
        return self._engine.equity

    @property
    def cash(self) -> float:
        """Cash."""
        self._catch_up()
        return self._engine.cash

    @property
    def orders(self) -> tuple[OrderView, ...]:
        """The orders that may still fill, oldest first."""
        self._settle()
        return self._hand.orders()

    @property
    def fills(self) -> NDArray[np.void]:
        """Every fill so far, records of :data:`trading.engine.records.FILL`, oldest first."""
        self._settle()
        return self._hand.fills()

    def order(self, number: int) -> OrderView:
        """How order ``number`` stands now; raises :class:`BadOrder` where there is none."""
        self._settle()
        return self._hand.order(number)

    def buy(
        self, size: float | None = None, symbol: str | None = None, *,
        fraction: float | None = None, **terms: Unpack[Terms],
    ) -> int:  # fmt: skip
        """Place an order to buy ``size``, or what ``fraction`` of the equity pays; its number.

        Of the two one is given. A market order by fraction is sized at the open that it meets,
        others at their own price, costs included. Orders of a bracket have the numbers after it.
        """
        return self._enter(Side.BUY, symbol, size, fraction, terms)

    def sell(
        self, size: float | None = None, symbol: str | None = None, *,
        fraction: float | None = None, **terms: Unpack[Terms],
    ) -> int:  # fmt: skip
        """Like :meth:`buy`, selling; what exceeds the position held opens a short one."""
        return self._enter(Side.SELL, symbol, size, fraction, terms)

    def target(self, fraction: float, symbol: str | None = None) -> int:
        """Bring the position to ``fraction`` × equity at the next open; the order's number.

        Negative is short. Replaces what is left of the target before.
        """
        at = self._at(symbol)
        self._catch_up()
        order = Order(
            symbol=self.symbols[at], side=Side.BUY, size=0.0, share=fraction, sizing=Sizing.TARGET
        )
        before = self._targets.get(at, 0)
        number = self._hand.place(order, self.time_ns)
        if before:
            self._hand.cancel(before)
        self.replaces(number, symbol)
        return number

    def replaces(self, number: int, symbol: str | None = None) -> None:
        """Let the next target of ``symbol`` replace what is left of order ``number``."""
        self._targets[self._at(symbol)] = number

    def close(self, symbol: str | None = None) -> int:
        """Close the position at the next open; the order's number."""
        return self.target(0.0, symbol)

    def cancel(self, number: int) -> bool:
        """Cancel an order at once; False when it had ended. Raises :class:`BadOrder` for none."""
        self._catch_up()
        return self._hand.cancel(number)

    def cancel_all(self, symbol: str | None = None) -> int:
        """Cancel the live orders of one symbol, or of all; how many had to be."""
        wanted = None if symbol is None else self.symbols[self._at(symbol)]
        self._catch_up()
        live = [each for each in self._hand.orders() if wanted is None or each.symbol == wanted]
        return sum(self._hand.cancel(each.number) for each in live)

    def _at(self, symbol: str | None) -> int:
        at = self._places.get(symbol)
        if at is None:
            raise BadOrder(f"There is no symbol {symbol!r}; there are {', '.join(self.symbols)}.")
        return at

    def _enter(
        self, side: Side, symbol: str | None, size: float | None, fraction: float | None,
        given: Terms,
    ) -> int:  # fmt: skip
        wish = Wish(self.symbols[self._at(symbol)], side, size, fraction, given)
        self._catch_up()
        return enter(self._hand, wish, self.time_ns)
