"""The best levels of a book put together in steps of several ticks, as a ladder shows them.

A bid counts for the next multiple of the step at or below it, an ask for the next at or above it,
so that a group never promises a better price than its levels have. The kernels walk the book's own
arrays (see :mod:`market.book_levels`) from the best level on and stop when enough groups are full:
nothing is copied that is not shown.
"""

import numpy as np
from numpy.typing import NDArray

from market.book_levels import BUYS, HEAD_SIZE, LENGTHS, PRICE_DECIMALS, SEQUENCE, SPINS
from market.fence import fence
from market.kernel import inline_kernel, kernel

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

SIZES, TOTALS = range(2)
MEASURED = 256
"""Levels of each side that :func:`price_unit` looks at."""


@inline_kernel
def _length(head: I64, ticks: I64, side: int) -> int:
    # A torn length must not lead outside the arrays.
    length: int = min(max(head[LENGTHS + side], 0), ticks.shape[1])
    return length


@inline_kernel
def _power(decimals: int) -> int:
    power = 1
    for _ in range(min(decimals, 18)):
        power *= 10
    return power


@inline_kernel
def _group_side(
    ticks: I64, lots: I64, side: int, length: int, finer: int, step: int, out_ticks: I64, out: F64
) -> int:
    groups = 0
    total = 0.0
    for i in range(length):
        # Rows hold negative prices of asks: there, too, the next multiple below is meant.
        price = ticks[side, length - 1 - i] * finer // step * step
        if groups == 0 or price != out_ticks[side, groups - 1]:
            if groups == out_ticks.shape[1]:
                break
            out_ticks[side, groups] = price
            out[SIZES, side, groups] = 0.0
            groups += 1
        size = float(lots[side, length - 1 - i])
        total += size
        out[SIZES, side, groups - 1] += size
        out[TOTALS, side, groups - 1] = total
    if side != BUYS:
        for i in range(groups):
            out_ticks[side, i] = -out_ticks[side, i]
    return groups


@kernel
def group_top(
    head: I64, ticks: I64, lots: I64, step: int, decimals: int,
    out_ticks: I64, out: F64, out_best: I64, out_head: I64,
) -> bool:  # fmt: skip
    """Put the best levels together, as many groups as the outputs have room for, best first.

    ``step`` ≥ 1 counts units of 10 to the minus ``decimals``. Prices go to ``out_ticks`` (2, n);
    sizes and running totals, in lots, to ``out`` float64 (2, 2, n). The best bid and ask, 0 without
    one, go to ``out_best`` (2,), the head to ``out_head``, its LENGTHS what was written, its
    PRICE_DECIMALS those of the outputs. False when the writer was inside all the time.
    """
    for _ in range(SPINS):
        version = head[SEQUENCE]
        fence()
        for i in range(HEAD_SIZE):
            out_head[i] = head[i]
        finer = _power(decimals - head[PRICE_DECIMALS])
        width = step * _power(head[PRICE_DECIMALS] - decimals)
        out_head[PRICE_DECIMALS] = max(head[PRICE_DECIMALS], decimals)
        for side in range(2):
            length = _length(out_head, ticks, side)
            out_best[side] = abs(ticks[side, length - 1]) * finer if length else 0
            out_head[LENGTHS + side] = _group_side(
                ticks, lots, side, length, finer, max(width, 1), out_ticks, out
            )
        fence()
        if version % 2 == 0 and head[SEQUENCE] == version:
            out_head[SEQUENCE] = version
            return True
    return False


@inline_kernel
def _divisor(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


@kernel
def price_unit(head: I64, ticks: I64, out: I64) -> bool:
    """The greatest common divisor of the best prices and their decimals, to ``out`` (2,).

    0 without a level. False when the writer was inside all the time.
    """
    for _ in range(SPINS):
        version = head[SEQUENCE]
        fence()
        found = 0
        decimals = head[PRICE_DECIMALS]
        for side in range(2):
            length = _length(head, ticks, side)
            for i in range(min(length, MEASURED)):
                found = _divisor(abs(ticks[side, length - 1 - i]), found)
        fence()
        if version % 2 == 0 and head[SEQUENCE] == version:
            out[0] = found
            out[1] = decimals
            return True
    return False
