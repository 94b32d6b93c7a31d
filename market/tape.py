"""Time and sales: the newest trades of one symbol in a ring that never grows.

One writer, lock-free readers: ``head`` int64 (3,) holds a sequence, odd while the writer is inside,
the number of trades since the start, and how many are held, under the protocol of
:mod:`market.ring`. A trade is written at its number modulo the capacity and again one capacity
further, so that every run of trades is one contiguous slice.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from market.errors import ColumnsBusy
from market.fence import fence
from market.kernel import entry, kernel, lean_kernel
from market.types import SECOND, Trade

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

CAPACITY = 1000
"""Trades that are kept, and of which a large one is judged."""
READ_ATTEMPTS = 100
SEQUENCE, NEXT, LENGTH = range(3)
TIME, SIDE = range(2)
PRICE, SIZE = range(2)
LARGE_SHARE = 0.95
"""A large trade is among the largest 5 % of those kept …"""
LARGE_TIMES = 3.0
"""… and at least so many times the median …"""
FEWEST = 50
"""… of at least so many trades."""
RATE_NS = 10 * SECOND
"""Over how long the trades of a second are counted."""

_SPINS = 2_000


@dataclass(frozen=True, slots=True)
class TapeView:
    """A consistent copy of the newest trades, oldest first.

    ``time_ns`` and ``side`` (1 where the taker bought, -1 where it sold) int64 (n,), ``price`` and
    ``size`` float64 (n,) in quote and base currency. ``next``: the number of the trade to come; the
    first trade since the start had number 0.
    """

    time_ns: I64
    side: I64
    price: F64
    size: F64
    next: int

    def __len__(self) -> int:
        """How many trades it holds."""
        return len(self.time_ns)

    @property
    def large_from(self) -> float | None:
        """The least size of a large trade, in base currency; None with fewer than 50 trades.

        The 95th percentile of the sizes, and at least three times their median: where all trades
        are alike none of them is large.
        """
        if len(self) < FEWEST:
            return None
        share, median = np.quantile(self.size, (LARGE_SHARE, 0.5))
        return max(float(share), LARGE_TIMES * float(median))

    def per_second(self, now_ns: int) -> float:
        """Trades a second over the last ten seconds before ``now_ns``, or since the oldest held.

        Where the trades that are held reach back less, it is over that time, at least a second.
        """
        recent = int(np.count_nonzero(self.time_ns > now_ns - RATE_NS))
        if recent < len(self) or not recent:
            return recent * SECOND / RATE_NS
        return recent * SECOND / min(max(now_ns - int(self.time_ns[0]), SECOND), RATE_NS)


@lean_kernel
def add_to_tape(
    head: I64, longs: I64, values: F64, time_ns: int, side: int, price: float, size: float
) -> None:
    """Write a trade over the oldest one. ``longs`` int64 and ``values`` float64 (2, 2·capacity)."""
    capacity = longs.shape[1] // 2
    head[SEQUENCE] += 1
    fence()
    at = head[NEXT] % capacity
    for slot in range(at, 2 * capacity, capacity):
        longs[TIME, slot] = time_ns
        longs[SIDE, slot] = side
        values[PRICE, slot] = price
        values[SIZE, slot] = size
    head[NEXT] += 1
    head[LENGTH] = min(head[LENGTH] + 1, capacity)
    fence()
    head[SEQUENCE] += 1


@kernel
def empty_tape(head: I64) -> None:
    """Hold no trade any more; their numbers go on."""
    head[SEQUENCE] += 1
    fence()
    head[LENGTH] = 0
    fence()
    head[SEQUENCE] += 1


@kernel
def copy_tape(
    head: I64, longs: I64, values: F64, out_longs: I64, out_values: F64, out_head: I64
) -> int:
    """Copy the newest trades, oldest first, into the outputs (2, n); returns how many, -1 when the
    writer was inside all the time. ``out_head`` becomes the head they belong to.
    """
    capacity = longs.shape[1] // 2
    for _ in range(_SPINS):
        version = head[SEQUENCE]
        fence()
        end = max(head[NEXT], 0)
        count = min(max(head[LENGTH], 0), end, capacity, out_longs.shape[1])
        first = (end - count) % capacity
        for field in range(2):
            for i in range(count):
                out_longs[field, i] = longs[field, first + i]
                out_values[field, i] = values[field, first + i]
        fence()
        if version % 2 == 0 and head[SEQUENCE] == version:
            out_head[SEQUENCE] = version
            out_head[NEXT] = end
            return int(count)
    return -1


class Tape:
    """The newest trades of one symbol. One thread adds; :meth:`view` may be called from any."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._head = np.zeros(3, np.int64)
        self._longs = np.zeros((2, 2 * capacity), np.int64)
        self._values = np.zeros((2, 2 * capacity))
        self._arrays = (self._head, self._longs, self._values)
        self._add = partial(entry(add_to_tape, *self._arrays, 0, 0, 0.0, 0.0), *self._arrays)

    def add(self, trade: Trade) -> None:
        """Put ``trade`` behind the others; the oldest falls off a full tape. Allocates nothing."""
        _, _, time_ns, price, size, side = trade
        self._add(time_ns, side, price, size)

    def clear(self) -> None:
        """Hold no trade any more; the numbers of those to come go on rising."""
        empty_tape(self._head)

    @property
    def next(self) -> int:
        """The number of the trade to come: it rises with every trade."""
        return int(self._head[NEXT])

    @property
    def nbytes(self) -> int:
        """Memory, the same from the start to the end."""
        return sum(array.nbytes for array in self._arrays)

    def view(self, most: int = CAPACITY) -> TapeView:
        """A consistent copy of the newest ``most`` trades.

        Raises :class:`ColumnsBusy` when the writer never paused long enough.
        """
        room = min(most, self._longs.shape[1] // 2)
        longs, values = np.empty((2, room), np.int64), np.empty((2, room))
        head = np.empty(3, np.int64)
        for _ in range(READ_ATTEMPTS):
            count = copy_tape(*self._arrays, longs, values, head)
            if count >= 0:
                times, sides = longs[:, :count]
                prices, sizes = values[:, :count]
                return TapeView(times, sides, prices, sizes, int(head[NEXT]))
        raise ColumnsBusy(READ_ATTEMPTS)
