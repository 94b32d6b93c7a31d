"""The same trades as vectorbt and backtesting.py make on real candles, where the rules agree.

Long only, decided at the close, filled with all cash at the next open, a fee on both sides, no
slippage (backtesting.py knows it on entries alone). backtesting.py trades in hundred-millionths and
asks its strategy only from the second close on that has both averages: here they are apart at none
of the first ones, and never alike to the last digits.
"""

import csv
import gzip
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from market.columns import CandleWindow
from market.types import DAY, HOUR, MINUTE
from trading.backtest import Setup, backtest
from trading.engine.policies import Fees, Policies, Slippage
from trading.strategies.sma_cross import STRATEGY

pytestmark = pytest.mark.kernel

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "peer_backtests.py"
FEE = 0.001
COLUMNS = ("open", "high", "low", "close", "volume")


def rows(name: str, folder: Path) -> Iterator[list[str]]:
    """The rows of a file of candles: time, then five numbers."""
    path = folder / "ohlcv" / name
    if path.suffix == ".zip":
        with ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    else:
        text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else (
            path.read_text()
        )  # fmt: skip
    for row in csv.reader(text.splitlines()):
        if len(row) >= 6 and row[1][:1].isdigit():
            yield row


def real_candles(name: str, step_ns: int, folder: Path) -> CandleWindow:
    """Candles by number, ``step_ns`` apart: no rule here asks for the time."""
    values = np.asarray([row[1:6] for row in rows(name, folder)], float).T
    return CandleWindow.from_arrays(np.arange(len(values[0])) * step_ns, *values)


@pytest.mark.parametrize("peer", ["vectorbt", "backtesting"])
@pytest.mark.parametrize(
    ("name", "step_ns", "fast", "slow"),
    [
        ("coinbase_btcusd_1d_2014_2018.zip", DAY, 20, 50),
        ("coinbase_btcusd_1m_20171217.zip", MINUTE, 5, 20),
        ("btcperp_1m_20211231_20220201.csv.gz", MINUTE, 17, 61),
        ("ethbtc_5m_201801.csv.gz", 5 * MINUTE, 10, 30),
        ("eurusd_1h_2017_2018.csv", HOUR, 20, 50),
        ("goog_1d_2004_2013.csv", DAY, 5, 15),
    ],
)
def test_the_same_trades(
    peer: str, name: str, step_ns: int, fast: int, slow: int, shared_data: Path, tmp_path: Path
) -> None:
    python = os.environ.get("BACKTEST_PEERS_PYTHON")
    if python is None:
        pytest.skip(f"BACKTEST_PEERS_PYTHON names no interpreter with {peer}, see {SCRIPT.name}")
    candles = real_candles(name, step_ns, shared_data)
    file = tmp_path / "candles.npz"
    np.savez(file, time_ns=candles.time_ns, **{each: getattr(candles, each) for each in COLUMNS})
    words = [peer, str(file), str(fast), str(slow), str(FEE), "1"]
    command = [python, "-W", "ignore", str(SCRIPT), *words]
    answer = subprocess.run(command, check=True, capture_output=True).stdout
    theirs = np.asarray(json.loads(answer)["trades"])
    setup = Setup(policies=Policies(Fees(FEE, FEE), Slippage(0.0)))
    found = backtest(candles, STRATEGY, {"fast": fast, "slow": slow}, setup).trades.closed
    ours = np.column_stack([
        np.searchsorted(candles.time_ns, found.entry_ns),
        np.searchsorted(candles.time_ns, found.exit_ns),
        found.entry_price, found.exit_price, found.size, found.pnl,
    ])  # fmt: skip
    assert len(ours) > 5
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours[:, :2], theirs[:, :2])
    np.testing.assert_allclose(ours[:, 2:4], theirs[:, 2:4], rtol=1e-12)
    whole = 1e-9 if peer == "vectorbt" else 1e-5
    np.testing.assert_allclose(ours[:, 4], theirs[:, 4], rtol=whole)
    np.testing.assert_allclose(ours[:, 5], theirs[:, 5], rtol=whole, atol=1e-3)
