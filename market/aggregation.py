"""The kernel that puts one trade into the candles of every interval.

Nothing is allocated; a trade costs nine short updates. Trades are told apart by id: the newest
``WINDOW`` ids are remembered in a table addressed by ``id % WINDOW``, in which two ids of the
window never share a place. An id below the window may be a repetition, so it is refused.

Within a candle the trade with the lowest id gives the open and the one with the highest id the
close, so the order of arrival does not matter.
"""

import numpy as np

from market.kernel import inline_kernel, kernel, lean_kernel
from market.ring import (
    CLOSE,
    COMPLETE,
    F64,
    FIRST_ID,
    HIGH,
    I32,
    I64,
    LAST_ID,
    LENGTH,
    LOW,
    NEXT,
    OPEN,
    TIME,
    VOLUME,
    append_candle,
    begin_structure,
    begin_update,
    end_write,
    write_candle,
)
from market.types import INTERVALS

WINDOW = 8192
"""Trade ids remembered; a power of two, so that the table's index is a mask."""

REACH = 256
"""A late trade may create a candle at most this many candles before the newest."""

MAX_DECIMALS = 8

NEWEST_ID, APPLIED, DUPLICATES, PATCHED, TOO_LATE, DECIMALS, FIELDS = range(7)
"""Places in the builder's ``state``; the table of ids follows at ``FIELDS``."""

WAS_APPLIED, WAS_DUPLICATE, WAS_PATCHED, WAS_TOO_LATE = range(4)
"""What became of a trade, see ``market.candle_builder.Outcome``."""

IN_ORDER, LATE, NO_PLACE = range(3)
"""What became of it in one ring."""

LENGTHS = np.array([interval.nanoseconds for interval in INTERVALS], np.int64)


def allocate_state() -> I64:
    """A builder's counters and empty id table, int64 (FIELDS + WINDOW,)."""
    state = np.zeros(FIELDS + WINDOW, np.int64)
    state[NEWEST_ID] = -1
    state[FIELDS:] = -1
    return state


@kernel
def note_decimals(state: I64, price: float) -> None:
    """Raise the known number of digits after the point (at most 8) until ``price`` fits."""
    decimals = state[DECIMALS]
    scaled = price * 10.0**decimals
    while decimals < MAX_DECIMALS and abs(scaled - np.rint(scaled)) > 1e-9 + 1e-15 * scaled:
        decimals += 1
        scaled = price * 10.0**decimals
    state[DECIMALS] = decimals


@kernel
def note_all_decimals(state: I64, prices: F64) -> None:
    """:func:`note_decimals` for every price of an array (n,)."""
    for price in prices:
        note_decimals(state, price)


@inline_kernel
def _merge_trade(
    longs: I64, values: F64, counts: I32, row: int, index: int,
    trade_id: int, price: float, size: float,
) -> None:  # fmt: skip
    slot = index % counts.shape[1]
    if trade_id < longs[row, FIRST_ID, slot]:
        longs[row, FIRST_ID, slot] = trade_id
        values[row, OPEN, slot] = price
    if trade_id > longs[row, LAST_ID, slot]:
        longs[row, LAST_ID, slot] = trade_id
        values[row, CLOSE, slot] = price
    values[row, HIGH, slot] = max(values[row, HIGH, slot], price)
    values[row, LOW, slot] = min(values[row, LOW, slot], price)
    values[row, VOLUME, slot] += size
    counts[row, slot] += 1


@kernel
def _first_at_or_after(longs: I64, row: int, low: int, high: int, time_ns: int) -> int:
    """Lowest index in [low, high) whose candle starts at or after ``time_ns``, else high."""
    capacity = longs.shape[2]
    while low < high:
        middle = (low + high) // 2
        if longs[row, TIME, middle % capacity] < time_ns:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _move_up(longs: I64, values: F64, counts: I32, row: int, start: int, stop: int) -> None:
    """Move the candles [start, stop) one absolute index up."""
    capacity = counts.shape[1]
    for index in range(stop - 1, start - 1, -1):
        source = index % capacity
        write_candle(
            longs, values, counts, row, index + 1,
            longs[row, TIME, source], values[row, OPEN, source], values[row, HIGH, source],
            values[row, LOW, source], values[row, CLOSE, source], values[row, VOLUME, source],
            counts[row, source], longs[row, FIRST_ID, source], longs[row, LAST_ID, source],
        )  # fmt: skip


@kernel
def _add_late(
    heads: I64, longs: I64, values: F64, counts: I32, row: int,
    bucket: int, trade_id: int, price: float, size: float,
) -> int:  # fmt: skip
    capacity = counts.shape[1]
    stop = heads[row, NEXT]
    oldest = stop - heads[row, LENGTH]
    at = _first_at_or_after(longs, row, oldest, stop, bucket)
    slot = at % capacity
    if longs[row, TIME, slot] == bucket:
        if longs[row, LAST_ID, slot] != COMPLETE:
            begin_structure(heads, row)
            _merge_trade(longs, values, counts, row, at, trade_id, price, size)
            end_write(heads, row)
        return LATE
    full = heads[row, LENGTH] == capacity
    if stop - at > REACH or (full and at == oldest):
        return NO_PLACE
    begin_structure(heads, row)
    _move_up(longs, values, counts, row, at, stop)
    write_candle(
        longs, values, counts, row, at,
        bucket, price, price, price, price, size, 1, trade_id, trade_id,
    )  # fmt: skip
    heads[row, NEXT] = stop + 1
    if not full:
        heads[row, LENGTH] += 1
    end_write(heads, row)
    return LATE


@inline_kernel
def _add_to_row(
    heads: I64, longs: I64, values: F64, counts: I32, row: int,
    trade_id: int, time_ns: int, price: float, size: float,
) -> int:  # fmt: skip
    bucket = time_ns - time_ns % LENGTHS[row]
    newest = heads[row, NEXT] - 1
    newest_time = np.int64(-1)
    if heads[row, LENGTH] > 0:
        newest_time = longs[row, TIME, newest % counts.shape[1]]
    placed = IN_ORDER
    if bucket == newest_time:
        if longs[row, LAST_ID, newest % counts.shape[1]] == COMPLETE:
            return LATE
        begin_update(heads, row)
        _merge_trade(longs, values, counts, row, newest, trade_id, price, size)
        end_write(heads, row)
    elif bucket > newest_time:
        append_candle(
            heads, longs, values, counts, row,
            bucket, price, price, price, price, size, 1, trade_id, trade_id,
        )  # fmt: skip
    else:
        placed = _add_late(
            heads, longs, values, counts, row, bucket, trade_id, price, size
        )  # fmt: skip
    return placed


@lean_kernel
def add_trade(
    state: I64, heads: I64, longs: I64, values: F64, counts: I32,
    trade_id: int, time_ns: int, price: float, size: float,
) -> int:  # fmt: skip
    """Put one trade into the candles of every interval; returns one of the ``WAS_`` numbers.

    A late trade is left out of the intervals that no longer have a place for it; it is too late
    when none has.
    """
    place = FIELDS + (trade_id & (WINDOW - 1))
    if trade_id <= state[NEWEST_ID] - WINDOW:
        state[TOO_LATE] += 1
        return WAS_TOO_LATE
    if state[place] == trade_id:
        state[DUPLICATES] += 1
        return WAS_DUPLICATE
    late = 0
    refused = 0
    for row in range(heads.shape[0]):
        placed = _add_to_row(heads, longs, values, counts, row, trade_id, time_ns, price, size)
        late += placed == LATE
        refused += placed == NO_PLACE
    if refused == heads.shape[0]:
        state[TOO_LATE] += 1
        return WAS_TOO_LATE
    state[place] = trade_id
    note_decimals(state, price)
    if late + refused > 0 or trade_id < state[NEWEST_ID]:
        state[PATCHED] += 1
        state[NEWEST_ID] = max(state[NEWEST_ID], trade_id)
        return WAS_PATCHED
    state[NEWEST_ID] = trade_id
    state[APPLIED] += 1
    return WAS_APPLIED
