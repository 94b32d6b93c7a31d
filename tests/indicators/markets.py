"""Markets to compute indicators on: recorded, random, and odd ones."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from market.types import Candle

Columns = dict[str, NDArray[np.float64] | NDArray[np.int64]]

RECORDED = (
    "coinbase_btcusd_1m_20171217.zip",
    "coinbase_btcusd_1d_2014_2018.zip",
    "spy_1m_20131007.zip",
    "btcperp_1m_20211231_20220201.csv.gz",
    "ethbtc_5m_201801.csv.gz",
    "eurusd_1h_2017_2018.csv",
    "goog_1d_2004_2013.csv",
)
HOUR = 3_600_000_000_000
START = 1_699_999_200_000_000_000


def columns(open_: object, high: object, low: object, close: object, volume: object) -> Columns:
    """Hourly candles from anything that makes arrays."""
    named = {"open": open_, "high": high, "low": low, "close": close, "volume": volume}
    made: Columns = {name: np.ascontiguousarray(v, np.float64) for name, v in named.items()}
    made["time_ns"] = START + HOUR * np.arange(len(made["close"]), dtype=np.int64)
    return made


def walk(length: int, seed: int, scale: float = 100.0, noise: float = 0.01) -> Columns:
    """A random walk with gaps between bars, and volume."""
    random = np.random.default_rng(seed)
    close = scale * np.exp(np.cumsum(random.normal(0, noise, length)))
    open_ = close * np.exp(random.normal(0, noise, length))
    high = np.maximum(open_, close) * (1 + noise * random.random(length))
    low = np.minimum(open_, close) * (1 - noise * random.random(length))
    return columns(open_, high, low, close, random.integers(1, 10_000, length))


def flat(length: int, price: float = 7.3, volume: float = 5.0) -> Columns:
    """Nothing ever happens."""
    prices = np.full(length, price)
    return columns(prices, prices, prices, prices, np.full(length, volume))


def recorded(folder: Path, name: str, limit: int) -> Columns:
    """The first ``limit`` candles of a recording."""
    rows = []
    for row in _rows(folder / name):
        try:
            rows.append([float(cell) for cell in row[1:6]])
        except ValueError:
            continue
        if len(rows) == limit:
            break
    return columns(*np.array(rows).T)


def _rows(path: Path) -> Iterator[list[str]]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            data = archive.read(archive.namelist()[0])
    else:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from csv.reader(io.StringIO(data.decode()))


def bars(market: Columns) -> list[Candle]:
    """The same candles one by one."""
    order = ("time_ns", "open", "high", "low", "close", "volume")
    rows = zip(*(market[name].tolist() for name in order), strict=True)
    return [Candle(int(t), o, h, low, c, v, 1) for t, o, h, low, c, v in rows]


_PRICES = st.one_of(
    st.floats(1e-9, 1e12),
    st.floats(99.0, 101.0),
    st.sampled_from([100.0, 100.5, 101.0]),
)
_BAR = st.tuples(_PRICES, _PRICES, _PRICES, st.one_of(st.just(0.0), st.floats(0, 1e9)))


@st.composite
def markets(draw: st.DrawFn, most: int = 60) -> Columns:
    """Any bars: tiny and huge prices beside each other, equal ones, bars without volume."""
    rows = draw(st.lists(_BAR, max_size=most))
    table = np.array(rows, np.float64).reshape(-1, 4)
    low, open_, high = np.sort(table[:, :3], axis=1).T
    return columns(open_, high, low, table[:, 1], table[:, 3])
