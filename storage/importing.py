"""Candles from CSV and Parquet files of any origin.

A file is read and checked as a whole before anything of it is given out: prices are finite with the
low below and the high above the others, volumes are not negative, no time is there twice with
different prices, and all candles start on the interval's grid. Whoever stores the result stores
all of it or nothing, see :meth:`storage.candle_store.CandleStore.write`.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.columns import I64, CandleWindow
from market.types import INTERVALS, Interval
from storage.csv_candles import read_csv
from storage.errors import BadImport, FileDamaged, ReadFailed
from storage.parquet_candles import read_parquet
from storage.raw_candles import HIGH, LOW, RawCandles

LARGEST_COUNT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ImportHints:
    """What a file may not say itself.

    ``interval`` is needed for a single candle; ``day`` where times count from midnight and the
    file's name holds no date; prices are divided by ``price_scale``.
    """

    interval: Interval | None = None
    day: date | None = None
    price_scale: float = 1.0


class Imported(NamedTuple):
    """Checked candles and their interval."""

    candles: CandleWindow
    interval: Interval


def read_candles(path: Path, hints: ImportHints = ImportHints()) -> Imported:
    """The candles in the file at ``path``, by its content CSV or Parquet.

    Raises :class:`BadImport` with the line at fault, or :class:`ReadFailed`.
    """
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        raw = read_parquet(path) if parquet else read_csv(path, hints.day)
    except FileDamaged as error:
        raise BadImport(path, error.reason) from None
    except OSError as error:
        raise ReadFailed(path, error) from None
    if not len(raw.time_ns):
        raise BadImport(path, "it holds no candle")
    if hints.price_scale != 1.0:
        raw.values[:4] /= hints.price_scale
    _check_rows(path, raw)
    raw = _in_order(path, raw)
    interval = hints.interval or _interval(path, raw.time_ns)
    off = raw.time_ns % interval.nanoseconds != 0
    if off.any():
        _refuse(path, raw, off, f"the candle starts at {{}}, off the grid of {interval} in UTC")
    open_, high, low, close, volume = raw.values
    window = CandleWindow.from_arrays(
        raw.time_ns, open_, high, low, close, volume, raw.trades.astype(np.int32)
    )
    return Imported(window, interval)


def _check_rows(path: Path, raw: RawCandles) -> None:
    prices, volume = raw.values[:4], raw.values[4]
    rules: tuple[tuple[Any, str], ...] = (
        (~np.isfinite(raw.values).all(axis=0), "a price or the volume is no finite number"),
        ((prices <= 0).any(axis=0), "a price is not above 0"),
        (prices.min(axis=0) < prices[LOW], "the low is above another price"),
        (prices.max(axis=0) > prices[HIGH], "the high is below another price"),
        (volume < 0, "the volume is negative"),
        ((raw.trades < 0) | (raw.trades > LARGEST_COUNT), "the number of trades is out of range"),
        (raw.time_ns < 0, "the time is before 1970"),
    )
    for bad, reason in rules:
        if bad.any():
            _refuse(path, raw, bad, reason)


def _refuse(path: Path, raw: RawCandles, bad: NDArray[np.bool_], reason: str) -> None:
    at = int(np.argmax(bad))
    time = f"{np.datetime64(int(raw.time_ns[at]), 'ns').astype('datetime64[s]')}Z"
    raise BadImport(path, reason.format(time), int(raw.lines[at]), raw.unit)


def _in_order(path: Path, raw: RawCandles) -> RawCandles:
    """Rows by time; equal rows of the same time count once, different ones are refused."""
    order = np.argsort(raw.time_ns, kind="stable")
    rows = RawCandles(
        raw.time_ns[order], raw.values[:, order], raw.trades[order], raw.lines[order], raw.unit
    )
    again = np.concatenate(([False], rows.time_ns[1:] == rows.time_ns[:-1]))
    same = (rows.values[:, 1:] == rows.values[:, :-1]).all(axis=0)
    differs = again & ~np.concatenate(([True], same))
    if differs.any():
        _refuse(path, rows, differs, "there is another candle at {} with other values")
    kept = ~again
    return RawCandles(
        rows.time_ns[kept], rows.values[:, kept], rows.trades[kept], rows.lines[kept], raw.unit
    )


def _interval(path: Path, times_ns: I64) -> Interval:
    """The interval as long as the shortest distance of two candles."""
    if len(times_ns) < 2:
        raise BadImport(path, "it holds one candle, which does not tell its interval: name it")
    shortest = int(np.diff(times_ns).min())
    for interval in INTERVALS:
        if interval.nanoseconds == shortest:
            return interval
    allowed = ", ".join(INTERVALS)
    raise BadImport(path, f"candles are {shortest / 1e9:g} s apart; intervals are {allowed}")
