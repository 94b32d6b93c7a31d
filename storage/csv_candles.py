"""Candles in delimited text: columns by their names or, without names, by place and content."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from market.columns import F64
from storage.column_names import (
    CLOCK,
    PRICE_ORDERS,
    PRICES,
    missing,
    roles_by_place,
    roles_of,
)
from storage.csv_rows import Rows, read_rows
from storage.errors import BadImport
from storage.raw_candles import HIGH, LOW, MOST_ROWS, RawCandles
from storage.times import ALLOWED, Convert, converter, day_in

UNIT = "line"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the rows of one file are read."""

    path: Path
    roles: dict[str, int]
    width: int
    named: bool
    convert: Convert


def read_csv(path: Path, day: date | None) -> RawCandles:
    """All rows of the file; ``day`` as in :class:`storage.importing.ImportHints`.

    Raises :class:`BadImport` with the line, :class:`storage.errors.ReadFailed`.
    """
    layout: _Layout | None = None
    parts: list[RawCandles] = []
    for rows in read_rows(path):
        if sum(len(part.time_ns) for part in parts) + len(rows.cells) > MOST_ROWS:
            raise BadImport(path, f"it holds more than {MOST_ROWS:,} candles: split it")
        if layout is None:
            layout, rows = _layout(path, rows, day)  # noqa: PLW2901 - without the names
        parts.append(_part(layout, rows))
    if layout is None:
        raise BadImport(path, "it is empty")
    values = np.concatenate([part.values for part in parts], axis=1)
    return RawCandles(
        np.concatenate([part.time_ns for part in parts]),
        values if layout.named else _by_content(values),
        np.concatenate([part.trades for part in parts]),
        np.concatenate([part.lines for part in parts]),
        UNIT,
    )


def _layout(path: Path, rows: Rows, day: date | None) -> tuple[_Layout, Rows]:
    """The layout told by the first rows, and the rows without the names."""
    first = rows.cells[0]
    named = not any(_is_number(cell) for cell in first[1:])
    roles = roles_of(first) if named else roles_by_place(len(first))
    if roles is None or missing(roles):
        lacking = f"found none for {', '.join(missing(roles or {}))}" if named else "not recognised"
        raise BadImport(path, f"its columns are {', '.join(first)}; {lacking}", rows.lines[0], UNIT)
    if named:
        rows = Rows(rows.cells[1:], rows.lines[1:], rows.member)
    convert: Convert = int
    if rows.cells:
        _check_width(path, rows, len(first))
        sample = _time_texts(roles, rows.cells[:1])[0]
        try:
            convert = converter(sample, day or day_in(rows.member) or day_in(path.name))
        except ValueError as error:
            raise BadImport(
                path, f"time was {sample!r}: {error}; {ALLOWED}", rows.lines[0], UNIT
            ) from None
    return _Layout(path, roles, len(first), named, convert), rows


def _part(layout: _Layout, rows: Rows) -> RawCandles:
    path, roles = layout.path, layout.roles
    _check_width(path, rows, layout.width)
    texts = _time_texts(roles, rows.cells)
    times = _each(path, rows, "time", texts, layout.convert, np.int64)
    zeros = ["0"] * len(texts)
    cells = {
        role: [row[roles[role]] for row in rows.cells] if role in roles else zeros
        for role in (*PRICES, "volume", "trades")
    }
    values = [
        _each(path, rows, role, cells[role], float, np.float64) for role in (*PRICES, "volume")
    ]
    trades = _each(path, rows, "trades", cells["trades"], _count, np.int64)
    lines = np.array(rows.lines, np.int64)
    return RawCandles(times, np.stack(values), trades, lines, UNIT)


def _each(
    path: Path,
    rows: Rows,
    role: str,
    texts: Sequence[str],
    convert: Callable[[str], Any],
    dtype: type,
) -> NDArray[Any]:
    try:
        return np.fromiter(map(convert, texts), dtype, len(texts))
    except (ValueError, OverflowError):
        pass
    for text, line in zip(texts, rows.lines, strict=True):
        try:
            dtype(convert(text))
        except (ValueError, OverflowError) as error:
            allowed = ALLOWED if role == "time" else "a number belongs there"
            raise BadImport(path, f"{role} was {text!r}: {error}; {allowed}", line, UNIT) from None
    raise AssertionError("one of the texts cannot be converted")


def _count(text: str) -> int:
    number = float(text)
    if number != int(number):
        raise ValueError("it is not whole")
    return int(number)


def _time_texts(roles: dict[str, int], cells: Sequence[list[str]]) -> list[str]:
    at, clock = roles["time"], roles.get(CLOCK)
    if clock is None:
        return [row[at] for row in cells]
    return [f"{row[at]} {row[clock]}" for row in cells]


def _check_width(path: Path, rows: Rows, width: int) -> None:
    for row, line in zip(rows.cells, rows.lines, strict=True):
        if len(row) != width:
            raise BadImport(path, f"there are {len(row)} columns where {width} belong", line, UNIT)


def _by_content(values: F64) -> F64:
    """``values`` with the prices in the first order in which every candle makes sense."""
    for order in PRICE_ORDERS:
        places = [order.index(name) for name in PRICES]
        prices = values[places]
        if (prices[LOW] <= prices.min(axis=0)).all() and (prices[HIGH] >= prices.max(axis=0)).all():
            return np.concatenate((prices, values[4:]))
    return values


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
