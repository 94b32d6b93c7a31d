"""The price levels of one symbol: integers in sorted arrays, one writer, lock-free readers.

Prices are ticks and sizes are lots, integers of 10 to the minus ``price_decimals`` and
``size_decimals`` units, so that nothing is rounded and a venue's checksum can be recomputed. When a
change brings more decimals than were seen before, the whole book is rescaled.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from market.book_groups import SIZES, TOTALS, group_top, price_unit
from market.book_levels import (
    BUYS,
    DROPPED,
    HEAD_SIZE,
    LARGEST,
    LENGTHS,
    PRICE_DECIMALS,
    SELLS,
    SEQUENCE,
    SIZE_DECIMALS,
    VALID,
    copy_top,
    invalidate,
    replace_levels,
    rescale,
    set_levels,
)
from market.book_view import BookGroups, BookView
from market.errors import BadBook, ColumnsBusy

I64 = NDArray[np.int64]

Levels: TypeAlias = Sequence[tuple[int, int]]
"""(price, size) of price levels, integers of a book's units."""

CAPACITY = 32_768
"""Levels of one side that are kept; beyond them the ones farthest from the market are dropped."""

READ_ATTEMPTS = 100

_NONE = np.empty((0, 2), np.int64)
_OUTSIDE = f"levels held a number outside 0 to {LARGEST}"


class OrderBook:
    """One symbol's book. One thread changes it; :meth:`view` may be called from any.

    ``capacity`` levels of each side are held, the best ones; the memory is fixed from the start.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._head = np.zeros(HEAD_SIZE, np.int64)
        self._ticks = np.zeros((2, capacity), np.int64)
        self._lots = np.zeros((2, capacity), np.int64)

    def replace(
        self, bids: Levels, asks: Levels, price_decimals: int, size_decimals: int, depth: int = 0
    ) -> None:
        """Take ``bids`` and ``asks`` as the whole book, valid from now on.

        Raises :class:`BadBook` for a negative or too large number, the book is unchanged then.
        """
        # Sorted, each level is appended instead of moving all those above it.
        buys, sells = _sorted(_rows(bids), 1), _sorted(_rows(asks), -1)
        if not replace_levels(
            self._head, self._ticks, self._lots, buys, sells, depth, price_decimals, size_decimals
        ):
            raise BadBook(_OUTSIDE)

    def change(
        self, bids: Levels, asks: Levels, price_decimals: int, size_decimals: int, depth: int = 0
    ) -> None:
        """Give levels a new size, 0 removes one; with ``depth`` keep only that many of a side.

        Raises :class:`BadBook` for a negative or too large number, the book is unchanged then.
        """
        finer_prices = price_decimals - int(self._head[PRICE_DECIMALS])
        finer_sizes = size_decimals - int(self._head[SIZE_DECIMALS])
        if finer_prices > 0 or finer_sizes > 0:
            self._rescale(max(finer_prices, 0), max(finer_sizes, 0))
        powers = 10 ** max(-finer_prices, 0), 10 ** max(-finer_sizes, 0)
        if max(powers) > LARGEST or not set_levels(
            self._head, self._ticks, self._lots, _rows(bids), _rows(asks), depth, *powers
        ):
            raise BadBook(_OUTSIDE)

    def invalidate(self) -> None:
        """Say that the book is no longer known to be what the venue has."""
        invalidate(self._head)

    @property
    def version(self) -> int:
        """Rises with every change."""
        return int(self._head[SEQUENCE])

    @property
    def valid(self) -> bool:
        """Whether the book is known to be what the venue has."""
        return bool(self._head[VALID])

    @property
    def levels(self) -> int:
        """How many levels both sides have together."""
        return int(self._head[LENGTHS] + self._head[LENGTHS + 1])

    @property
    def dropped(self) -> int:
        """Levels that had no room since the start."""
        return int(self._head[DROPPED])

    @property
    def crossed(self) -> bool:
        """Whether the best bid is at or above the best ask. For the writer's thread."""
        buys, sells = self._head[LENGTHS : LENGTHS + 2].tolist()
        if not (buys and sells):
            return False
        return bool(self._ticks[BUYS, buys - 1] >= -self._ticks[SELLS, sells - 1])

    def best(self, depth: int) -> tuple[Levels, Levels, int, int]:
        """The best ``depth`` bids and asks and the decimals, as a checksum takes them.

        For the writer's thread.
        """
        sides = []
        for side, sign in ((BUYS, 1), (SELLS, -1)):
            length = int(self._head[LENGTHS + side])
            top = slice(max(length - depth, 0), length)
            ticks, lots = self._ticks[side, top] * sign, self._lots[side, top]
            sides.append(list(zip(ticks.tolist()[::-1], lots.tolist()[::-1], strict=True)))
        return sides[0], sides[1], int(self._head[PRICE_DECIMALS]), int(self._head[SIZE_DECIMALS])

    def view(self, depth: int = CAPACITY) -> BookView:
        """A consistent copy of the best ``depth`` levels of each side.

        Raises :class:`ColumnsBusy` when the writer never paused long enough.
        """
        depth = min(depth, self._ticks.shape[1])
        ticks, lots = np.empty((2, depth), np.int64), np.empty((2, depth), np.int64)
        head = np.empty(HEAD_SIZE, np.int64)
        for _ in range(READ_ATTEMPTS):
            if copy_top(self._head, self._ticks, self._lots, ticks, lots, head):
                return _view(ticks, lots, head)
        raise ColumnsBusy(READ_ATTEMPTS)

    def groups(self, step: int, decimals: int, count: int) -> BookGroups:
        """The best levels in at most ``count`` groups ``step`` ≥ 1 units of 10 to the minus
        ``decimals`` apart.

        Raises :class:`BadBook` for a step below 1, :class:`ColumnsBusy` as :meth:`view`.
        """
        if step < 1:
            raise BadBook(f"step was {step}; allowed is 1 and more")
        ticks, out = np.empty((2, count), np.int64), np.empty((2, 2, count))
        best, head = np.empty(2, np.int64), np.empty(HEAD_SIZE, np.int64)
        for _ in range(READ_ATTEMPTS):
            if group_top(
                self._head, self._ticks, self._lots, step, decimals, ticks, out, best, head
            ):
                return _groups(ticks, out, best, head)
        raise ColumnsBusy(READ_ATTEMPTS)

    def price_unit(self) -> tuple[int, int]:
        """What divides every one of the best prices, and its decimals; (0, …) of an empty book.

        Raises :class:`ColumnsBusy` as :meth:`view`.
        """
        out = np.empty(2, np.int64)
        for _ in range(READ_ATTEMPTS):
            if price_unit(self._head, self._ticks, out):
                return int(out[0]), int(out[1])
        raise ColumnsBusy(READ_ATTEMPTS)

    def _rescale(self, finer_prices: int, finer_sizes: int) -> None:
        powers = (10**finer_prices, 10**finer_sizes)
        for values, power in zip((self._ticks, self._lots), powers, strict=True):
            held = (values[side, : self._head[LENGTHS + side]] for side in (BUYS, SELLS))
            if any(int(abs(each).max(initial=0)) * power > LARGEST for each in held):
                raise BadBook(f"{power:,} times finer levels do not fit 64-bit integers")
        rescale(self._head, self._ticks, self._lots, finer_prices, finer_sizes)


def _rows(levels: Levels) -> I64:
    if not levels:
        return _NONE
    try:
        rows = np.array(levels, np.int64)
    except (OverflowError, ValueError) as error:
        raise BadBook(f"levels were no pairs of 64-bit integers: {error}") from None
    if rows.ndim != 2 or rows.shape[1] != 2:
        raise BadBook(f"levels were no pairs of 64-bit integers: {rows.shape} numbers")
    return rows


def _sorted(rows: I64, sign: int) -> I64:
    """``rows`` from the worst to the best level; of equal prices the last stays the last."""
    return rows[np.argsort(rows[:, 0] * sign, kind="stable")]


def _view(ticks: I64, lots: I64, head: I64) -> BookView:
    buys, sells = head[LENGTHS : LENGTHS + 2].tolist()
    return BookView(
        ticks[BUYS, :buys], lots[BUYS, :buys], ticks[SELLS, :sells], lots[SELLS, :sells],
        int(head[PRICE_DECIMALS]), int(head[SIZE_DECIMALS]), int(head[SEQUENCE]), bool(head[VALID]),
    )  # fmt: skip


def _groups(ticks: I64, out: NDArray[np.float64], best: I64, head: I64) -> BookGroups:
    lengths = head[LENGTHS : LENGTHS + 2].tolist()
    price, size = 10.0 ** int(head[PRICE_DECIMALS]), 10.0 ** int(head[SIZE_DECIMALS])
    bids, asks = (
        np.stack(
            [ticks[side, :n] / price, out[SIZES, side, :n] / size, out[TOTALS, side, :n] / size]
        )
        for side, n in zip((BUYS, SELLS), lengths, strict=True)
    )
    bid, ask = (int(tick) / price if n else None for tick, n in zip(best, lengths, strict=True))
    return BookGroups(
        bids, asks, bid, ask, int(head[PRICE_DECIMALS]), int(head[SIZE_DECIMALS]),
        int(head[SEQUENCE]), bool(head[VALID]),
    )  # fmt: skip
