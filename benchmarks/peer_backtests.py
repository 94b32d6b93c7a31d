"""vectorbt and backtesting.py on candles from a file: a script for an interpreter of its own.

vectorbt's licence (Apache 2.0 with the Commons Clause) and backtesting.py's (AGPL) keep them out of
the requirements files here. In an environment of their own they are measured in the same run, and
their trades are compared in the tests:

    python -m venv /tmp/peers && /tmp/peers/bin/pip install vectorbt==1.2.0 backtesting==0.6.6
    BACKTEST_PEERS_PYTHON=/tmp/peers/bin/python python -m benchmarks backtest

``BACKTEST_PEERS_PYTHON benchmarks/peer_backtests.py PEER FILE FAST SLOW FEE RUNS`` runs a long-only
cross of simple averages, decided at the close, filled with all cash at the next open, over the
columns of FILE (npz: time_ns, open, high, low, close, volume) RUNS times after a first one, which
is not timed. PEER is ``vectorbt`` (with all of its statistics), ``backtesting`` or ``sweep``:
vectorbt over all pairs of FAST different averages from 2 on. Prints JSON: ``ms`` of every run and
``trades``, each (first candle, last candle, entry price, exit price, size, profit after fees).
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import vectorbt as vbt  # type: ignore[import-not-found]
from backtesting import Strategy  # type: ignore[import-not-found]
from backtesting.lib import FractionalBacktest  # type: ignore[import-not-found]

CAPITAL = 10_000.0


def _vectorbt(bars: Any, fast: int, slow: int, fee: float) -> Callable[[], Any]:
    close, opened = pd.Series(bars["close"]), pd.Series(bars["open"])

    def run() -> Any:
        means = [vbt.MA.run(close, length).ma for length in (fast, slow)]
        above = (means[0] > means[1]).shift(1, fill_value=False)
        found = vbt.Portfolio.from_signals(
            close, above, ~above, price=opened, fees=fee, init_cash=CAPITAL, freq="1min",
            min_size=0.0,  # else it leaves out orders below 1e-8, which costs make of all cash
        )  # fmt: skip
        found.stats(silence_warnings=True)
        return found

    return run


def _vectorbt_sweep(bars: Any, windows: int, fee: float) -> Callable[[], Any]:
    close, opened = pd.Series(bars["close"]), pd.Series(bars["open"])

    def run() -> Any:
        fast, slow = vbt.MA.run_combs(close, np.arange(2, 2 + windows), r=2)
        above = fast.ma_above(slow).vbt.fshift(1, fill_value=False)
        found = vbt.Portfolio.from_signals(
            close, above, ~above, price=opened, fees=fee, init_cash=CAPITAL, freq="1min"
        )
        return found.sharpe_ratio()

    return run


def _backtesting(bars: Any, fast: int, slow: int, fee: float) -> Callable[[], Any]:
    def mean(values: Any, length: int) -> Any:
        return pd.Series(values).rolling(length).mean()

    class Cross(Strategy):
        def init(self) -> None:
            self.fast = self.I(mean, self.data.Close, fast)
            self.slow = self.I(mean, self.data.Close, slow)

        def next(self) -> None:
            if self.fast[-1] > self.slow[-1]:
                if not self.position:
                    self.buy()
            elif self.position:
                self.position.close()

    names = {"Open": "open", "High": "high", "Low": "low", "Close": "close", "Volume": "volume"}
    frame = pd.DataFrame(
        {name: bars[column] for name, column in names.items()},
        index=pd.to_datetime(bars["time_ns"]),
    )
    made: Callable[[], Any] = FractionalBacktest(frame, Cross, cash=CAPITAL, commission=fee).run
    return made


def _trades(peer: str, found: Any) -> list[list[float]]:
    if peer == "sweep":
        return []
    if peer == "vectorbt":
        table = found.trades.records
        table = table[table["status"] == 1]
        names = ["entry_idx", "exit_idx", "entry_price", "exit_price", "size", "pnl"]
    else:
        table = found["_trades"]
        names = ["EntryBar", "ExitBar", "EntryPrice", "ExitPrice", "Size", "PnL"]
    found_rows: list[list[float]] = np.asarray(table[names], float).tolist()
    return found_rows


def main(peer: str, path: str, *numbers: str) -> None:
    """Print the times of the runs and the trades of the last."""
    bars = dict(np.load(path))
    fast, slow, fee, runs = int(numbers[0]), int(numbers[1]), float(numbers[2]), int(numbers[3])
    if peer == "sweep":
        run = _vectorbt_sweep(bars, fast, fee)
    else:
        run = {"vectorbt": _vectorbt, "backtesting": _backtesting}[peer](bars, fast, slow, fee)
    found = run()
    times = []
    for _ in range(runs):
        start = time.thread_time_ns()
        found = run()
        times.append((time.thread_time_ns() - start) / 1e6)
    print(json.dumps({"ms": times, "trades": _trades(peer, found)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
