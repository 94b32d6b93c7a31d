"""Candles to CSV and Parquet files that other programs, and :mod:`storage.importing`, can read."""

import csv
from pathlib import Path

import numpy as np

from market.columns import CandleWindow
from storage.candle_store import columns_of
from storage.files import replace_files
from storage.parquet import write_columns

NAMES = ("time", "open", "high", "low", "close", "volume", "trades")


def export_csv(path: Path, candles: CandleWindow) -> None:
    """Write ``candles`` with a line of names and times like ``2026-11-21T16:00:00Z``.

    Numbers have the shortest digits that give the same float64. The file is there wholly or not at
    all; raises :class:`storage.errors.WriteFailed`.
    """

    def write(new: Path) -> None:
        times = candles.time_ns.astype("datetime64[ns]").astype("datetime64[s]")
        columns = [np.char.add(times.astype(str), "Z").tolist()]
        columns += [values.tolist() for values in list(columns_of(candles).values())[1:]]
        with new.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(NAMES)
            rows.writerows(zip(*columns, strict=True))

    replace_files({path: write})


def export_parquet(path: Path, candles: CandleWindow) -> None:
    """As :func:`export_csv`, as a Parquet file with times in UTC."""
    replace_files({path: lambda new: write_columns(new, columns_of(candles), {})})
