"""Trades in and out of CSV and Parquet files of any origin.

Columns are found by their names, or in a file without names by their number: the seven of Binance's
daily trades, the eight of its aggregated trades, or the five that :func:`export_trades` writes. A
file is checked as a whole before anything of it is given out.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64
from storage.column_names import simple
from storage.csv_rows import Rows, read_rows
from storage.errors import BadImport, FileDamaged, ReadFailed
from storage.files import replace_files
from storage.parquet import read_columns, write_columns
from storage.times import ALLOWED, converter, day_in
from storage.trade_columns import NAMES, TradeColumns

_ROLES = {
    "time": "time timestamp date datetime ts t timens timems transacttime tradetime exectime",
    "price": "price p px rate",
    "size": "size qty quantity amount q volume vol sz v",
    "side": "side s direction takerside",
    "maker": "isbuyermaker m buyermaker wasbuyermaker",
    "trade_id": "tradeid id tid a aggid aggtradeid aggregatetradeid execid i",
}
_BY_NAME = {name: role for role, names in _ROLES.items() for name in names.split()}
_BY_WIDTH = {
    5: dict(zip(NAMES, range(5), strict=True)),
    7: {"trade_id": 0, "price": 1, "size": 2, "time": 4, "maker": 5},
    8: {"trade_id": 0, "price": 1, "size": 2, "time": 5, "maker": 6},
}
_SIDES = {"buy": 1, "b": 1, "1": 1, "sell": -1, "s": -1, "-1": -1}
_MAKERS = {"true": -1, "1": -1, "false": 1, "0": 1}
_ALLOWED = {
    "time": ALLOWED,
    "price": "a number belongs there",
    "size": "a number belongs there",
    "side": f"allowed are {', '.join(_SIDES)}",
    "maker": f"allowed are {', '.join(_MAKERS)}",
    "trade_id": "a whole number belongs there",
}

Cells = dict[str, NDArray[Any]]


def read_trades(path: Path, day: date | None = None) -> TradeColumns:
    """The trades in the file at ``path``, by its content CSV or Parquet, by id, each once.

    ``day`` is the one whose midnight small times count from, where the file's name holds none.
    Raises :class:`BadImport` with the line at fault, or :class:`ReadFailed`.
    """
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        unit = "row" if parquet else "line"
        cells, lines = _cells(path, _from_parquet(path) if parquet else read_rows(path), day)
        sides = cells["side"] if "side" in cells else cells["maker"]
        trades = TradeColumns(
            cells["time"], cells["price"], cells["size"], sides, cells["trade_id"]
        )
        _check(path, trades, lines)
        return _in_order(path, trades, lines)
    except BadImport as error:
        raise BadImport(path, error.reason, error.line, unit) from None
    except FileDamaged as error:
        raise BadImport(path, error.reason) from None
    except OSError as error:
        raise ReadFailed(path, error) from None


def export_trades(path: Path, trades: TradeColumns) -> None:
    """Write ``trades`` with a line of names; by the suffix CSV or Parquet.

    Times are like ``2026-11-21T16:00:00.123456789Z``, numbers have the shortest digits that give
    the same float64, sides are buy and sell. Raises :class:`storage.errors.WriteFailed`.
    """

    def write(new: Path) -> None:
        times = trades.time.astype("datetime64[ns]").astype(str)
        sides = np.where(trades.side > 0, "buy", "sell")
        rest = (trades.price, trades.size, sides, trades.trade_id)
        with new.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(NAMES)
            rows.writerows(zip(np.char.add(times, "Z"), *(c.tolist() for c in rest), strict=True))

    def write_parquet(new: Path) -> None:
        write_columns(new, dict(zip(NAMES, trades, strict=True)), {})

    replace_files({path: write_parquet if path.suffix == ".parquet" else write})


def _cells(path: Path, chunks: Iterable[Rows], day: date | None) -> tuple[Cells, I64]:
    roles: dict[str, int] = {}
    converters: dict[str, Callable[[str], Any]] = {}
    parts: list[Cells] = []
    lines: list[int] = []
    width = 0
    for chunk in chunks:
        rows = chunk
        if not roles:
            roles, rows = _roles(path, rows)
            width = len(chunk.cells[0])
        if not rows.cells:
            continue
        _check_width(path, rows, width)
        converters = converters or _converters(path, rows, roles, day)
        parts.append(
            {role: _column(path, rows, role, at, converters) for role, at in roles.items()}
        )
        lines += rows.lines
    if not lines:
        raise BadImport(path, "it holds no trade")
    cells = {role: np.concatenate([part[role] for part in parts]) for role in roles}
    return cells, np.array(lines, np.int64)


def _roles(path: Path, rows: Rows) -> tuple[dict[str, int], Rows]:
    first = rows.cells[0]
    named = not any(cell.strip()[:1].isdigit() for cell in first)
    roles = _by_name(first) if named else _BY_WIDTH.get(len(first), {})
    _check_roles(path, roles, first, rows.lines[0] if not named else None)
    return roles, Rows(rows.cells[1:], rows.lines[1:], rows.member) if named else rows


def _by_name(names: Sequence[str]) -> dict[str, int]:
    roles: dict[str, int] = {}
    for at, name in enumerate(names):
        role = _BY_NAME.get(simple(name.replace("_", "")))
        if role is not None:
            roles.setdefault(role, at)
    return roles


def _check_roles(path: Path, roles: dict[str, int], names: Sequence[str], line: int | None) -> None:
    lacking = [role for role in ("time", "price", "size", "trade_id") if role not in roles]
    if "side" not in roles and "maker" not in roles:
        lacking.append("side")
    if lacking:
        reason = f"its columns are {', '.join(names)}; found none for {', '.join(lacking)}"
        raise BadImport(path, reason, line)


def _converters(
    path: Path, rows: Rows, roles: dict[str, int], day: date | None
) -> dict[str, Callable[[str], Any]]:
    sample = rows.cells[0][roles["time"]]
    try:
        time = converter(sample, day or day_in(rows.member) or day_in(path.name))
    except ValueError as error:
        reason = f"time was {sample!r}: {error}; {ALLOWED}"
        raise BadImport(path, reason, rows.lines[0]) from None
    return {
        "time": time, "price": float, "size": float, "trade_id": int,
        "side": lambda text: _SIDES[text.strip().lower()],
        "maker": lambda text: _MAKERS[text.strip().lower()],
    }  # fmt: skip


def _check_width(path: Path, rows: Rows, width: int) -> None:
    for row, line in zip(rows.cells, rows.lines, strict=True):
        if len(row) != width:
            raise BadImport(path, f"there are {len(row)} columns where {width} belong", line)


def _column(
    path: Path, rows: Rows, role: str, at: int, converters: dict[str, Callable[[str], Any]]
) -> NDArray[Any]:
    convert = converters[role]
    dtype = np.float64 if role in ("price", "size") else np.int64
    values = np.empty(len(rows.cells), dtype)
    number = 0
    try:
        for number, row in enumerate(rows.cells):
            values[number] = convert(row[at])
    except (ValueError, KeyError, OverflowError):
        reason = f"{role} was {rows.cells[number][at]!r}; {_ALLOWED[role]}"
        raise BadImport(path, reason, rows.lines[number]) from None
    return values


def _from_parquet(path: Path) -> Iterator[Rows]:
    """The rows as texts, so that they are read by the same rules as those of a CSV file."""
    columns, _ = read_columns(path)
    texts = []
    for values in columns.values():
        column = values.astype(str)
        texts.append((np.char.add(column, "Z") if values.dtype.kind == "M" else column).tolist())
    yield Rows([list(columns)], [0], path.name)
    rows = [list(row) for row in zip(*texts, strict=True)]
    yield Rows(rows, list(range(1, len(rows) + 1)), path.name)


def _check(path: Path, trades: TradeColumns, lines: I64) -> None:
    prices: F64 = np.stack((trades.price, trades.size))
    rules = (
        (~np.isfinite(prices).all(axis=0), "the price or the size is no finite number"),
        ((prices <= 0).any(axis=0), "the price or the size is not above 0"),
        (trades.trade_id < 0, "the trade id is below 0"),
        (trades.time < 0, "the time is before 1970"),
    )
    for bad, reason in rules:
        if bad.any():
            raise BadImport(path, reason, int(lines[int(np.argmax(bad))]))


def _in_order(path: Path, trades: TradeColumns, lines: I64) -> TradeColumns:
    """By id; equal rows of one id count once, different ones are refused."""
    order = np.argsort(trades.trade_id, kind="stable")
    rows = trades.rows(order)
    again = np.concatenate(([False], rows.trade_id[1:] == rows.trade_id[:-1]))
    same = np.ones(rows.number, np.bool_)
    for column in rows:
        same[1:] &= column[1:] == column[:-1]
    differs = again & ~same
    if differs.any():
        at = int(np.argmax(differs))
        reason = f"there is another trade {rows.trade_id[at]} with other values"
        raise BadImport(path, reason, int(lines[order][at]))
    return rows.rows(~again)
