"""A price-time-priority limit order book in integers.

Prices are ticks, sizes are lots. A side keeps its price levels in a sorted list whose last entry
is the best one, and each level keeps its orders in a dict, whose insertion order is the time
priority: the oldest order trades first, and a cancel costs no search.
"""

from bisect import bisect_left
from typing import NamedTuple

from data_feed.simulator.errors import BookError
from market.types import Side


class Fill(NamedTuple):
    """One resting order met by an incoming one. The price is always the resting order's."""

    maker_order_id: int
    price: int
    size: int


class LevelChange(NamedTuple):
    """The new total size of a price level; 0 when the level is gone."""

    side: Side
    price: int
    size: int


class _Level:
    __slots__ = ("orders", "total")

    def __init__(self) -> None:
        self.orders: dict[int, int] = {}
        self.total = 0


class BookSide:
    """All resting orders of one side."""

    __slots__ = ("_keys", "_levels", "_sign", "side")

    def __init__(self, side: Side) -> None:
        self.side = side
        # Keys are price * sign, so that both sides sort ascending with the best price last.
        self._sign = int(side)
        self._keys: list[int] = []
        self._levels: dict[int, _Level] = {}

    def __len__(self) -> int:
        """Number of price levels."""
        return len(self._keys)

    @property
    def best(self) -> int | None:
        """Best price in ticks, None when the side is empty."""
        return self._keys[-1] * self._sign if self._keys else None

    def size_at(self, price: int) -> int:
        """Total lots resting at ``price``; 0 when nothing rests there."""
        level = self._levels.get(price)
        return level.total if level is not None else 0

    def levels(self, depth: int | None = None) -> list[tuple[int, int]]:
        """(price, size), best price first, at most ``depth`` levels."""
        keys = reversed(self._keys if depth is None else self._keys[-depth:])
        return [(price, self._levels[price].total) for price in (key * self._sign for key in keys)]

    def orders_at(self, price: int) -> list[tuple[int, int]]:
        """(order number, remaining lots) at ``price``, oldest first."""
        level = self._levels.get(price)
        return list(level.orders.items()) if level is not None else []

    def rests(self, order_id: int, price: int) -> bool:
        """Whether the order still rests at ``price``."""
        level = self._levels.get(price)
        return level is not None and order_id in level.orders

    def add(self, order_id: int, price: int, size: int) -> None:
        """Rest an order behind all others of its price."""
        level = self._levels.get(price)
        if level is None:
            level = self._levels[price] = _Level()
            key = price * self._sign
            self._keys.insert(bisect_left(self._keys, key), key)
        level.orders[order_id] = size
        level.total += size

    def remove(self, order_id: int, price: int) -> int:
        """Take an order out; the lots it still had."""
        level = self._levels[price]
        size = level.orders.pop(order_id)
        level.total -= size
        if not level.orders:
            del self._levels[price]
            del self._keys[bisect_left(self._keys, price * self._sign)]
        return size

    def take(self, size: int, limit: int | None, fills: list[Fill]) -> int:
        """Fill up to ``size`` lots from the best price on, no worse than ``limit``; the lots left
        over.
        """
        worst = None if limit is None else limit * self._sign
        while size and self._keys and (worst is None or self._keys[-1] >= worst):
            price = self._keys[-1] * self._sign
            level = self._levels[price]
            size = _match_level(level, price, size, fills)
            if level.orders:
                break
            del self._levels[price]
            self._keys.pop()
        return size


def _match_level(level: _Level, price: int, size: int, fills: list[Fill]) -> int:
    while size and level.orders:
        maker_id = next(iter(level.orders))
        resting = level.orders[maker_id]
        traded = min(resting, size)
        if traded == resting:
            del level.orders[maker_id]
        else:
            level.orders[maker_id] = resting - traded
        level.total -= traded
        size -= traded
        fills.append(Fill(maker_id, price, traded))
    return size


class OrderBook:
    """Both sides of one product. Deterministic: no clock, no randomness, no I/O."""

    def __init__(self) -> None:
        self.bids = BookSide(Side.BUY)
        self.asks = BookSide(Side.SELL)
        self._resting: dict[int, tuple[BookSide, int]] = {}
        self._changed: dict[tuple[BookSide, int], None] = {}

    def __contains__(self, order_id: int) -> bool:
        return order_id in self._resting

    def side(self, side: Side) -> BookSide:
        """The resting orders of one side."""
        return self.bids if side is Side.BUY else self.asks

    def limit(self, order_id: int, side: Side, price: int, size: int) -> list[Fill]:
        """Trade what crosses, rest what is left.

        Raises :class:`BookError` for a price or size below one unit and for an order number already
        resting.
        """
        if price < 1 or size < 1 or order_id in self._resting:
            raise BookError(
                f"limit order {order_id} was price {price}, size {size}; both must be at least 1 "
                "and the number must not rest already"
            )
        fills, left = self._take(side, size, price)
        if left:
            own = self.side(side)
            own.add(order_id, price, left)
            self._resting[order_id] = (own, price)
            self._changed[own, price] = None
        return fills

    def market(self, side: Side, size: int, worst: int | None = None) -> list[Fill]:
        """Trade until ``size`` is met or nothing at ``worst`` or better rests; the rest is dropped.

        Raises :class:`BookError` for a size below one lot.
        """
        if size < 1:
            raise BookError(f"market order size was {size}; it must be at least 1 lot")
        return self._take(side, size, worst)[0]

    def cancel(self, order_id: int) -> int:
        """Take a resting order out; the lots it still had, 0 when it does not rest (any more)."""
        place = self._resting.pop(order_id, None)
        if place is None:
            return 0
        side, price = place
        self._changed[side, price] = None
        return side.remove(order_id, price)

    def take_changes(self) -> list[LevelChange]:
        """Every level touched since the last call, with its size now."""
        changes = [LevelChange(s.side, price, s.size_at(price)) for s, price in self._changed]
        self._changed.clear()
        return changes

    def _take(self, side: Side, size: int, limit: int | None) -> tuple[list[Fill], int]:
        fills: list[Fill] = []
        other = self.asks if side is Side.BUY else self.bids
        left = other.take(size, limit, fills)
        for maker_id, price, _ in fills:
            self._changed[other, price] = None
            if not other.rests(maker_id, price):
                del self._resting[maker_id]
        return fills, left
