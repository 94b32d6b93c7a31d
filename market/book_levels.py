"""The kernels of an order book: sorted levels in arrays, published through a sequence counter.

``ticks`` and ``lots`` are int64 (2, capacity). Row ``BUYS`` holds prices, row ``SELLS`` negative
prices, so that both rise and the best level is the last one: changes near the market, which are
almost all, move few entries. ``head`` int64 (``HEAD_SIZE``,) holds

SEQUENCE        odd while the writer is inside, see :mod:`market.ring`; even: the book's version
LENGTHS         levels of each side, two entries
PRICE_DECIMALS  a tick is 10 to the minus this
SIZE_DECIMALS   a lot likewise
VALID           1 while the book is known to be what the venue has
DROPPED         levels that had no room
"""

import numpy as np
from numpy.typing import NDArray

from market.fence import fence
from market.kernel import inline_kernel, kernel

I64 = NDArray[np.int64]

SEQUENCE, LENGTHS, _, PRICE_DECIMALS, SIZE_DECIMALS, VALID, DROPPED, HEAD_SIZE = range(8)
BUYS, SELLS = 0, 1
LARGEST = 2**62
"""The largest number of ticks or lots."""

SPINS = 2_000


@inline_kernel
def _begin(head: I64) -> None:
    head[SEQUENCE] += 1
    fence()


@inline_kernel
def _end(head: I64) -> None:
    fence()
    head[SEQUENCE] += 1


@inline_kernel
def _first_at_or_above(ticks: I64, side: int, length: int, key: int) -> int:
    low = 0
    high = length
    while low < high:
        middle = (low + high) // 2
        if ticks[side, middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@inline_kernel
def _remove(ticks: I64, lots: I64, side: int, length: int, at: int) -> None:
    for i in range(at, length - 1):
        ticks[side, i] = ticks[side, i + 1]
        lots[side, i] = lots[side, i + 1]


@inline_kernel
def _insert(ticks: I64, lots: I64, side: int, length: int, at: int, key: int, size: int) -> None:
    for i in range(length, at, -1):
        ticks[side, i] = ticks[side, i - 1]
        lots[side, i] = lots[side, i - 1]
    ticks[side, at] = key
    lots[side, at] = size


@inline_kernel
def _fit(rows: I64, price_power: int, size_power: int) -> bool:
    for number in range(rows.shape[0]):
        if not 0 <= rows[number, 0] <= LARGEST // price_power:
            return False
        if not 0 <= rows[number, 1] <= LARGEST // size_power:
            return False
    return True


@inline_kernel
def _set_levels(
    head: I64, ticks: I64, lots: I64, side: int, rows: I64, price_power: int, size_power: int
) -> None:
    capacity = ticks.shape[1]
    for number in range(rows.shape[0]):
        key = rows[number, 0] * price_power
        if side == SELLS:
            key = -key
        size = rows[number, 1] * size_power
        length = head[LENGTHS + side]
        at = _first_at_or_above(ticks, side, length, key)
        known = at < length and ticks[side, at] == key
        if known and size > 0:
            lots[side, at] = size
        elif known:
            _remove(ticks, lots, side, length, at)
            head[LENGTHS + side] = length - 1
        elif size > 0 and length < capacity:
            _insert(ticks, lots, side, length, at, key, size)
            head[LENGTHS + side] = length + 1
        elif size > 0:
            head[DROPPED] += 1
            if at > 0:
                _remove(ticks, lots, side, at, 0)
                ticks[side, at - 1] = key
                lots[side, at - 1] = size


@inline_kernel
def _keep_best(head: I64, ticks: I64, lots: I64, side: int, depth: int) -> None:
    beyond = head[LENGTHS + side] - depth
    if beyond > 0:
        for i in range(depth):
            ticks[side, i] = ticks[side, i + beyond]
            lots[side, i] = lots[side, i + beyond]
        head[LENGTHS + side] = depth


@kernel
def _set_sides(
    head: I64, ticks: I64, lots: I64, buys: I64, sells: I64, depth: int,
    price_power: int, size_power: int,
) -> None:  # fmt: skip
    """Both sides' levels into the book, of which the best ``depth`` are kept; 0 keeps all."""
    _set_levels(head, ticks, lots, BUYS, buys, price_power, size_power)
    _set_levels(head, ticks, lots, SELLS, sells, price_power, size_power)
    if depth > 0:
        _keep_best(head, ticks, lots, BUYS, depth)
        _keep_best(head, ticks, lots, SELLS, depth)


@kernel
def set_levels(
    head: I64, ticks: I64, lots: I64, buys: I64, sells: I64, depth: int,
    price_power: int, size_power: int,
) -> bool:  # fmt: skip
    """Give the prices in ``buys`` and ``sells`` (n, 2) their new size, in order; 0 removes a level.

    Their numbers are multiplied by the powers; False, and nothing is changed, when one is negative
    or too large. Without room the worst level of the side is dropped, or the new one if none is
    worse. Only the best ``depth`` levels of each side are kept, 0 keeps all.
    """
    if not (_fit(buys, price_power, size_power) and _fit(sells, price_power, size_power)):
        return False
    # A change is one call: were it several, a reader would wait while the second is compiled.
    _begin(head)
    _set_sides(head, ticks, lots, buys, sells, depth, price_power, size_power)
    _end(head)
    return True


@kernel
def replace_levels(
    head: I64, ticks: I64, lots: I64, buys: I64, sells: I64, depth: int,
    price_decimals: int, size_decimals: int,
) -> bool:  # fmt: skip
    """As :func:`set_levels` on an empty book of these decimals, which is valid from now on."""
    if not (_fit(buys, 1, 1) and _fit(sells, 1, 1)):
        return False
    _begin(head)
    head[LENGTHS + BUYS] = 0
    head[LENGTHS + SELLS] = 0
    head[PRICE_DECIMALS] = price_decimals
    head[SIZE_DECIMALS] = size_decimals
    head[VALID] = 1
    _set_sides(head, ticks, lots, buys, sells, depth, 1, 1)
    _end(head)
    return True


@kernel
def rescale(head: I64, ticks: I64, lots: I64, finer_prices: int, finer_sizes: int) -> None:
    """Count in so many more decimals; the caller knows that the numbers fit."""
    _begin(head)
    price_power, size_power = 1, 1
    for _ in range(finer_prices):
        price_power *= 10
    for _ in range(finer_sizes):
        size_power *= 10
    for side in range(2):
        for i in range(head[LENGTHS + side]):
            ticks[side, i] *= price_power
            lots[side, i] *= size_power
    head[PRICE_DECIMALS] += finer_prices
    head[SIZE_DECIMALS] += finer_sizes
    _end(head)


@kernel
def invalidate(head: I64) -> None:
    """Say that the book is no longer known to be what the venue has."""
    _begin(head)
    head[VALID] = 0
    _end(head)


@kernel
def copy_top(
    head: I64, ticks: I64, lots: I64, out_ticks: I64, out_lots: I64, out_head: I64
) -> bool:
    """Copy the best levels, best first and prices positive, into the outputs (2, depth).

    ``out_head`` becomes the head they belong to, its LENGTHS what was copied. False when the writer
    was inside all the time.
    """
    for _ in range(SPINS):
        version = head[SEQUENCE]
        fence()
        for i in range(HEAD_SIZE):
            out_head[i] = head[i]
        for side in range(2):
            # A torn length must not lead outside the arrays.
            length = min(max(out_head[LENGTHS + side], 0), ticks.shape[1])
            n = min(length, out_ticks.shape[1])
            out_head[LENGTHS + side] = n
            for i in range(n):
                price = ticks[side, length - 1 - i]
                out_ticks[side, i] = price if side == BUYS else -price
                out_lots[side, i] = lots[side, length - 1 - i]
        fence()
        if version % 2 == 0 and head[SEQUENCE] == version:
            out_head[SEQUENCE] = version
            return True
    return False
