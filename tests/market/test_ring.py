"""The sequence lock holds against a writer that never pauses, both without the global lock."""

import os
import threading

import numpy as np
import pytest

from market.kernel import kernel
from market.ring import (
    CLOSE,
    F64,
    I32,
    I64,
    NEXT,
    OPEN,
    SEQUENCE,
    STRUCTURE,
    VOLUME,
    RingStorage,
    append_candle,
    copy_consistent,
    read_span,
    replace_newest,
)

pytestmark = pytest.mark.kernel

COPIES, TORN, DONE = range(3)
WANTED = 200 if os.environ.get("NUMBA_DISABLE_JIT") == "1" else 1_000_000
MOST_ROUNDS = 2_000_000_000  # half a minute: a busy machine may run the reader seldom; fits int32


@kernel
def hammer(heads: I64, longs: I64, values: F64, counts: I32, wanted: int, result: I64) -> None:
    """Rewrite the newest candle with equal fields, append now and then, until enough was copied."""
    for i in range(MOST_ROUNDS):
        if result[COPIES] >= wanted:
            break
        x = float(i)
        if i % 1000 == 0:
            append_candle(heads, longs, values, counts, 0, i, x, x, x, x, x, i, i, i)
        replace_newest(heads, longs, values, counts, 0, i, x, x, x, x, x, i, i, i)
    result[DONE] = 1


@kernel
def count_torn(heads: I64, longs: I64, values: F64, counts: I32, result: I64) -> None:
    """Count copies made, and those among them whose fields do not belong together."""
    head = np.zeros(4, np.int64)
    times = np.zeros(2, np.int64)
    fields = np.zeros((5, 2), np.float64)
    trades = np.zeros(2, np.int32)
    while result[DONE] == 0:
        if not read_span(heads, 0, head) or head[NEXT] < 2:
            continue
        version = copy_consistent(
            heads, longs, values, counts, 0, head[STRUCTURE], head[NEXT] - 2, times, fields, trades
        )
        if version < 0:
            continue
        result[COPIES] += 1
        if (
            fields[OPEN, 1] != times[1]
            or fields[VOLUME, 1] != times[1]
            or trades[1] != times[1]
            or fields[CLOSE, 0] != times[0]
            or times[0] // 1000 + 1 != times[1] // 1000
            or version % 2 != 0
        ):
            result[TORN] += 1


def test_no_copy_is_torn() -> None:
    storage = RingStorage.allocate(1, 8)
    arrays = (storage.heads, storage.longs, storage.values, storage.counts)
    result = np.zeros(3, np.int64)
    # Compiled ahead, so that the two really run at the same time.
    hammer(*arrays, 0, result)
    count_torn(*arrays, result)
    result[DONE] = 0
    reader = threading.Thread(target=count_torn, args=(*arrays, result))
    reader.start()
    hammer(*arrays, WANTED, result)
    reader.join()
    assert result[COPIES] >= WANTED
    assert result[TORN] == 0
    assert storage.heads[0, SEQUENCE] % 2 == 0
