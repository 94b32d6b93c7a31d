"""Candles as a file gave them, before any check."""

from typing import NamedTuple

from market.columns import F64, I64

MOST_ROWS = 6_000_000
"""Of a file; a small packed one may hold far more. Eleven years of minutes are fewer."""

OPEN, HIGH, LOW, CLOSE, VOLUME = range(5)


class RawCandles(NamedTuple):
    """``n`` candles in the order of the file.

    ``time_ns`` int64 (n,); ``values`` float64 (5, n): open, high, low, close, volume; ``trades``
    int64 (n,); ``lines`` int64 (n,): the ``unit``, line or row, that each was read from.
    """

    time_ns: I64
    values: F64
    trades: I64
    lines: I64
    unit: str
