"""The memory of circular candle columns and the kernels that read and write it.

Each of ``rows`` rings holds ``capacity`` candles: candle ``i`` is written at ``i % capacity``, so
that a window is one run or two.

One writer, lock-free readers. ``heads[row]`` holds

SEQUENCE   odd while the writer is inside; even and larger after every change: the ring's version
NEXT       absolute index one past the newest candle
LENGTH     candles held, at most ``capacity``
STRUCTURE  rises with every change that is more than an update of the newest candle

At full replay speed trades come faster than a long copy takes, so a reader copies the older candles
guarded by STRUCTURE, and only the newest one guarded by SEQUENCE. The scheme is the sequence lock
of Boehm, "Can seqlocks get along with programming language memory models?" (MSPC 2012), with a
second counter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.fence import fence
from market.kernel import inline_kernel, kernel

I64 = NDArray[np.int64]
I32 = NDArray[np.int32]
F64 = NDArray[np.float64]

SEQUENCE, NEXT, LENGTH, STRUCTURE = range(4)
TIME, FIRST_ID, LAST_ID = range(3)
OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)

BEFORE_EVERY_ID = -1
"""Trade id of a venue's candle: older than any trade, so live ones move its close, not its open."""

COMPLETE = np.iinfo(np.int64).max
"""Last trade id of a candle that the venue has closed: no trade changes it any more."""

SPINS = 2_000


@dataclass(frozen=True, slots=True)
class RingStorage:
    """Arrays of ``rows`` rings.

    ``heads`` int64 (rows, 4), see the module; ``longs`` int64 (rows, 3, capacity): time, first and
    last trade id; ``values`` float64 (rows, 5, capacity): open, high, low, close, volume;
    ``counts`` int32 (rows, capacity): trades.
    """

    heads: I64
    longs: I64
    values: F64
    counts: I32

    @staticmethod
    def allocate(rows: int, capacity: int) -> "RingStorage":
        """Empty rings; the only allocation of their lives."""
        return RingStorage(
            np.zeros((rows, 4), np.int64),
            np.zeros((rows, 3, capacity), np.int64),
            np.zeros((rows, 5, capacity), np.float64),
            np.zeros((rows, capacity), np.int32),
        )


@inline_kernel
def begin_update(heads: I64, row: int) -> None:
    heads[row, SEQUENCE] += 1
    fence()


@inline_kernel
def begin_structure(heads: I64, row: int) -> None:
    heads[row, SEQUENCE] += 1
    fence()
    heads[row, STRUCTURE] += 1
    fence()


@inline_kernel
def end_write(heads: I64, row: int) -> None:
    fence()
    heads[row, SEQUENCE] += 1


@kernel
def write_candle(
    longs: I64,
    values: F64,
    counts: I32,
    row: int,
    index: int,
    time_ns: int,
    open_: float,
    high: float,
    low: float,
    close: float,
    volume: float,
    trades: int,
    first_id: int,
    last_id: int,
) -> None:
    """Write the candle at absolute ``index``; the caller holds the sequence odd."""
    slot = index % counts.shape[1]
    longs[row, TIME, slot] = time_ns
    longs[row, FIRST_ID, slot] = first_id
    longs[row, LAST_ID, slot] = last_id
    values[row, OPEN, slot] = open_
    values[row, HIGH, slot] = high
    values[row, LOW, slot] = low
    values[row, CLOSE, slot] = close
    values[row, VOLUME, slot] = volume
    counts[row, slot] = trades


@kernel
def append_candle(
    heads: I64,
    longs: I64,
    values: F64,
    counts: I32,
    row: int,
    time_ns: int,
    open_: float,
    high: float,
    low: float,
    close: float,
    volume: float,
    trades: int,
    first_id: int,
    last_id: int,
) -> None:
    """Add a candle after the newest; the oldest falls off a full ring."""
    begin_structure(heads, row)
    index = heads[row, NEXT]
    write_candle(
        longs, values, counts, row, index,
        time_ns, open_, high, low, close, volume, trades, first_id, last_id,
    )  # fmt: skip
    heads[row, NEXT] = index + 1
    heads[row, LENGTH] = min(heads[row, LENGTH] + 1, counts.shape[1])
    end_write(heads, row)


@kernel
def replace_newest(
    heads: I64,
    longs: I64,
    values: F64,
    counts: I32,
    row: int,
    time_ns: int,
    open_: float,
    high: float,
    low: float,
    close: float,
    volume: float,
    trades: int,
    first_id: int,
    last_id: int,
) -> None:
    """Overwrite the newest candle of a ring that holds at least one."""
    begin_update(heads, row)
    write_candle(
        longs, values, counts, row, heads[row, NEXT] - 1,
        time_ns, open_, high, low, close, volume, trades, first_id, last_id,
    )  # fmt: skip
    end_write(heads, row)


@kernel
def replace_candles(
    heads: I64,
    longs: I64,
    values: F64,
    counts: I32,
    row: int,
    start: int,
    length: int,
    new_longs: I64,
    new_values: F64,
    new_counts: I32,
) -> None:
    """Make the ring hold exactly the given candles (3, n), (5, n), (n,) from index ``start`` on.

    ``length`` (n) is at most the capacity.
    """
    begin_structure(heads, row)
    for i in range(length):
        write_candle(
            longs, values, counts, row, start + i,
            new_longs[TIME, i], new_values[OPEN, i], new_values[HIGH, i], new_values[LOW, i],
            new_values[CLOSE, i], new_values[VOLUME, i], new_counts[i],
            new_longs[FIRST_ID, i], new_longs[LAST_ID, i],
        )  # fmt: skip
    heads[row, NEXT] = start + length
    heads[row, LENGTH] = length
    end_write(heads, row)


@kernel
def _copy_rows(
    longs: I64, values: F64, counts: I32, row: int, slot: int, at: int, n: int,
    out_times: I64, out_values: F64, out_counts: I32,
) -> None:  # fmt: skip
    for i in range(n):
        out_times[at + i] = longs[row, TIME, slot + i]
        out_counts[at + i] = counts[row, slot + i]
    for field in range(5):
        for i in range(n):
            out_values[field, at + i] = values[row, field, slot + i]


@kernel
def copy_consistent(
    heads: I64,
    longs: I64,
    values: F64,
    counts: I32,
    row: int,
    structure: int,
    first: int,
    out_times: I64,
    out_values: F64,
    out_counts: I32,
) -> int:
    """Copy candles from ``first`` into the outputs (n), (5, n), (n).

    Returns the version, or -1 for "ask again".

    ``structure`` is the STRUCTURE under which the caller chose ``first`` and n ≥ 1.
    """
    n, capacity = out_times.shape[0], counts.shape[1]
    slot, newest = first % capacity, (first + n - 1) % capacity
    run = min(n - 1, capacity - slot)
    _copy_rows(longs, values, counts, row, slot, 0, run, out_times, out_values, out_counts)
    _copy_rows(longs, values, counts, row, 0, run, n - 1 - run, out_times, out_values, out_counts)
    for _ in range(SPINS):
        fence()
        version = heads[row, SEQUENCE]
        fence()
        _copy_rows(longs, values, counts, row, newest, n - 1, 1, out_times, out_values, out_counts)
        fence()
        if heads[row, STRUCTURE] != structure:
            return -1
        if version % 2 == 0 and heads[row, SEQUENCE] == version:
            return int(version)
    return -1


@kernel
def read_span(heads: I64, row: int, out: I64) -> bool:
    """Copy one ring's head (4,) into ``out``; False when the writer was inside all the time."""
    for _ in range(SPINS):
        version = heads[row, SEQUENCE]
        fence()
        for i in range(4):
            out[i] = heads[row, i]
        fence()
        if version % 2 == 0 and heads[row, SEQUENCE] == version:
            out[SEQUENCE] = version
            return True
    return False
