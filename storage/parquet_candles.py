"""Candles in a Parquet file of any origin, by the names of its columns."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64
from storage.column_names import PRICES, missing, roles_of
from storage.errors import BadImport
from storage.parquet import read_columns
from storage.raw_candles import MOST_ROWS, RawCandles
from storage.times import ALLOWED, converter

UNIT = "row"


def read_parquet(path: Path) -> RawCandles:
    """All rows of the file.

    Raises :class:`BadImport`, :class:`storage.errors.FileDamaged`, ``OSError``.
    """
    columns, _ = read_columns(path, MOST_ROWS)
    names = list(columns)
    roles = roles_of(names)
    if missing(roles):
        lacking = ", ".join(missing(roles))
        raise BadImport(path, f"its columns are {', '.join(names)}; found none for {lacking}")
    arrays = {role: columns[names[at]] for role, at in roles.items()}
    count = len(arrays["time"])
    zeros = np.zeros(count)
    numbers = [_numbers(path, role, arrays.get(role, zeros)) for role in (*PRICES, "volume")]
    trades = _numbers(path, "trades", arrays.get("trades", zeros)).astype(np.int64)
    time_ns = _times(path, arrays["time"])
    return RawCandles(time_ns, np.stack(numbers), trades, np.arange(1, count + 1), UNIT)


def _numbers(path: Path, role: str, values: NDArray[Any]) -> F64:
    try:
        return values.astype(np.float64)
    except ValueError:
        raise BadImport(path, f"the column for {role} holds texts; numbers belong there") from None


def _times(path: Path, values: NDArray[Any]) -> I64:
    if values.dtype.kind == "M":
        return values.view(np.int64)
    texts = [f"{value}" for value in values]
    row = 1
    try:
        convert = converter(texts[0], None) if texts else int
        times = np.empty(len(texts), np.int64)
        for row, text in enumerate(texts, 1):
            times[row - 1] = convert(text)
    except (ValueError, OverflowError) as error:
        reason = f"time was {texts[row - 1]!r}: {error}; {ALLOWED}"
        raise BadImport(path, reason, row, UNIT) from None
    return times
