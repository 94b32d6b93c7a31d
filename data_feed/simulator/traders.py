"""Seeded random traders around a fair value: quoting makers, patient background orders, takers.

Every call of :meth:`Traders.act` is one decision of one trader. Makers replace a quote on both
sides of the fair value; when the value has moved past someone's stale quote, the new one trades
with it. Background orders give the book its depth and leave it again. Takers work a parent order in
several children on the same side, which gives clustered trades and wicks.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

from data_feed.simulator.book import Fill, OrderBook
from data_feed.simulator.fair_value import FairValue
from data_feed.simulator.products import Product
from market.types import Side

_MAKERS = 6
_BACKGROUND_PER_SIDE = 110
_FEWEST_LEVELS = 8
_MAKER_SHARE = 0.42
_TAKER_SHARE = 0.16
_CHILDREN = 3.0
_MODEST_SHARE = 0.6
_DEPTH = 0.0009
_IMPACT = 0.15


class Execution(NamedTuple):
    """What one order of a trader did at once."""

    taker_order_id: int
    taker_side: Side
    fills: Sequence[Fill]


class Traders:
    """All traders of one product; they own the order numbers and nothing of the book."""

    def __init__(
        self, product: Product, book: OrderBook, fair: FairValue, generator: random.Random
    ) -> None:
        self._book = book
        self._fair = fair
        self._random = generator
        self._mean_size = product.mean_size
        self._next_id = 1
        self._quotes: list[tuple[int, int]] = [(0, 0)] * _MAKERS
        self._background: dict[Side, list[int]] = {Side.BUY: [], Side.SELL: []}
        self._parent_side = Side.BUY
        self._children_left = 0
        self._fill_book()

    @property
    def orders(self) -> int:
        """Orders sent so far."""
        return self._next_id - 1

    def act(self) -> list[Execution]:
        """One decision of one trader; the executions it caused, in order."""
        for side in (Side.BUY, Side.SELL):
            if len(self._book.side(side)) < _FEWEST_LEVELS:
                return self._rest_background(side)
        share = self._random.random()
        if share < _TAKER_SHARE:
            return self._take()
        if share < _TAKER_SHARE + _MAKER_SHARE:
            return self._quote(self._random.randrange(_MAKERS))
        return self._move_background()

    def _fill_book(self) -> None:
        for side in (Side.BUY, Side.SELL):
            for _ in range(_BACKGROUND_PER_SIDE * 3 // 4):
                self._rest_background(side)
        for maker in range(_MAKERS):
            self._quote(maker)

    def _quote(self, maker: int) -> list[Execution]:
        for order_id in self._quotes[maker]:
            self._book.cancel(order_id)
        half = 0.5 + self._random.expovariate(1.0 / (0.4 + 0.12 * self._fair.sigma))
        bid = max(int(self._fair.ticks - half), 1)
        ask = max(int(self._fair.ticks + half) + 1, bid + 1)
        executions, bid_id = self._quote_side(Side.BUY, bid)
        more, ask_id = self._quote_side(Side.SELL, ask)
        self._quotes[maker] = (bid_id, ask_id)
        return executions + more

    def _quote_side(self, side: Side, price: int) -> tuple[list[Execution], int]:
        """Quote once, and once more when stale orders of others used the first quote up."""
        executions = self._limit(side, price, self._size(1.2))
        if self._next_id - 1 not in self._book:
            executions += self._limit(side, price, self._size(1.2))
        return executions, self._next_id - 1

    def _move_background(self) -> list[Execution]:
        side = Side.BUY if self._random.random() < 0.5 else Side.SELL
        if self._random.random() * 2 * _BACKGROUND_PER_SIDE > len(self._background[side]):
            return self._rest_background(side)
        self._cancel_background(side)
        return []

    def _rest_background(self, side: Side) -> list[Execution]:
        spread = 2.0 + self._fair.ticks * _DEPTH
        distance = 1 + int(self._random.expovariate(1.0 / spread))
        price = max(int(self._fair.ticks) - int(side) * distance, 1)
        self._background[side].append(self._next_id)
        return self._limit(side, price, self._size(1.0 + 4.0 * distance / spread))

    def _cancel_background(self, side: Side) -> None:
        orders = self._background[side]
        # A cancelled or filled order's slot is taken by the last one: no search, no shifting.
        place = self._random.randrange(len(orders))
        orders[place], orders[-1] = orders[-1], orders[place]
        self._book.cancel(orders.pop())

    def _take(self) -> list[Execution]:
        if self._children_left <= 0:
            self._parent_side = Side.BUY if self._random.random() < 0.5 else Side.SELL
            self._children_left = 1 + int(self._random.expovariate(1.0 / _CHILDREN))
        self._children_left -= 1
        side = self._parent_side
        size = self._size(0.8 * self._fair.activity)
        surprise = min(size / self._mean_size, 4.0)
        self._fair.push(int(side) * _IMPACT * self._fair.sigma * surprise / _CHILDREN)
        order_id = self._next_id
        self._next_id += 1
        fills = self._book.market(side, *self._protect(side, size))
        return [Execution(order_id, side, fills)] if fills else []

    def _protect(self, side: Side, size: int) -> tuple[int, int | None]:
        """Most takers want no more than what is shown, and none pays any price for the rest."""
        resting = self._book.side(Side(-side))
        best = resting.best
        if best is None:
            return size, None
        if self._random.random() < _MODEST_SHARE:
            size = min(size, resting.size_at(best))
        reach = int(self._random.expovariate(1.0 / (1.0 + self._fair.sigma)))
        return size, max(best + int(side) * reach, 1)

    def _limit(self, side: Side, price: int, size: int) -> list[Execution]:
        order_id = self._next_id
        self._next_id += 1
        fills = self._book.limit(order_id, side, price, size)
        return [Execution(order_id, side, fills)] if fills else []

    def _size(self, scale: float) -> int:
        """Lognormal with a heavy tail; half of the sizes are round numbers (two digits)."""
        size = max(int(self._mean_size * scale * self._random.lognormvariate(-0.72, 1.2)), 1)
        if self._random.random() < 0.5:
            unit = int(10 ** max(len(str(size)) - 2, 0))
            size = size // unit * unit
        return size
