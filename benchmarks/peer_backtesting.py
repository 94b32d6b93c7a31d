"""An SMA cross in backtesting.py on candles from a file: a script for an interpreter of its own.

backtesting.py is under the AGPL, so it is in no requirements file here. In an environment of its
own it is measured in the same run:

    python -m venv /tmp/peer && /tmp/peer/bin/pip install backtesting==0.6.5
    BACKTESTING_PYTHON=/tmp/peer/bin/python python -m benchmarks events

``BACKTESTING_PYTHON benchmarks/peer_backtesting.py FILE FAST SLOW RUNS`` reads open, high, low,
close and volume, (5, n), from a ``.npy`` file and prints as JSON the milliseconds of processor time
of each run, and of the last one how many round trips there were and when they began.
"""

import json
import sys
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy  # type: ignore[import-not-found]

warnings.filterwarnings("ignore")


def _average(values: Any, period: int) -> Any:
    return pd.Series(values).rolling(period).mean()


class Cross(Strategy):
    """Long while the fast average is above the slow one, else flat."""

    fast_period = 20
    slow_period = 50

    def init(self) -> None:
        self.fast = self.I(_average, self.data.Close, self.fast_period)
        self.slow = self.I(_average, self.data.Close, self.slow_period)

    def next(self) -> None:
        if self.fast[-1] > self.slow[-1]:
            if not self.position:
                self.buy()
        elif self.position:
            self.position.close()


def main(path: str, fast: str, slow: str, runs: str) -> None:
    """Print what ``runs`` runs took and found."""
    columns = dict(zip(("Open", "High", "Low", "Close", "Volume"), np.load(path), strict=True))
    index = pd.date_range("2024-01-01", periods=len(columns["Open"]), freq="min")
    test = Backtest(pd.DataFrame(columns, index=index), Cross, cash=1e7, commission=0.001)
    Cross.fast_period, Cross.slow_period = int(fast), int(slow)
    times, trades = [], None
    for _ in range(int(runs)):
        start = time.thread_time_ns()
        trades = test.run()["_trades"]
        times.append((time.thread_time_ns() - start) / 1e6)
    assert trades is not None
    bars = sorted(int(bar) for bar in trades["EntryBar"])
    print(json.dumps({"times": times, "entries": bars}))


if __name__ == "__main__":
    main(*sys.argv[1:])
