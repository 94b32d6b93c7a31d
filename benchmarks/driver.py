"""Drives a market for benchmarks: made-up trades of many symbols at a known rate."""

import threading
from random import Random
from time import monotonic_ns, sleep, time_ns

from market.market import Market
from market.types import MINUTE, Side, Symbol, Trade

HISTORY = 200
"""Minutes of candles that there are before the first driven trade."""
TRADES_A_MINUTE = 12
SIZE = 0.01
"""Of a driven trade; at 20 a second a minute's volume is that of the minutes before."""
STEPS = (-0.01, 0.0, 0.0, 0.0, 0.01)
IN_STEP, SPREAD, OFF = "step", "spread", "off"


class Driver:
    """Applies trades to ``market`` from a thread of its own, the market's only writer.

    ``IN_STEP``: every symbol trades at the same moment, ``rate`` times a second. ``SPREAD``: the
    same number of trades, evenly apart.
    """

    def __init__(self, market: Market) -> None:
        self._market = market
        self._random = Random(7)
        self._prices = {symbol: 100.0 + 40.0 * n for n, symbol in enumerate(market.symbols)}
        self._ids = dict.fromkeys(market.symbols, 0)
        self._wanted = (OFF, 1.0)
        self._changed = threading.Event()
        self.trades = 0
        self._remember()

    def start(self) -> None:
        """Trade as :meth:`drive` says, until the process ends."""
        threading.Thread(target=self._run, name="driver", daemon=True).start()

    def drive(self, mode: str, rate: float) -> None:
        """From now on every symbol trades ``rate`` times a second; ``OFF`` stops."""
        self._wanted = (mode, rate)
        self._changed.set()

    def _run(self) -> None:
        while True:
            mode, rate = self._wanted
            self._changed.clear()
            if mode == OFF:
                self._changed.wait()
            else:
                self._trade_at(mode, rate)

    def _trade_at(self, mode: str, rate: float) -> None:
        symbols = self._market.symbols
        groups = [symbols] if mode == IN_STEP else [(symbol,) for symbol in symbols]
        step_ns = int(1e9 / rate / len(groups))
        due = monotonic_ns()
        while not self._changed.is_set():
            for group in groups:
                due += step_ns
                sleep(max(0, due - monotonic_ns()) / 1e9)
                for symbol in group:
                    self._prices[symbol] += self._random.choice(STEPS)
                    self._trade(symbol, time_ns(), SIZE)

    def _trade(self, symbol: Symbol, at_ns: int, size: float) -> None:
        self._prices[symbol] = price = round(self._prices[symbol], 2)
        self._ids[symbol] += 1
        self.trades += 1
        side = Side.BUY if self._ids[symbol] % 2 else Side.SELL
        trade = Trade(symbol, self._ids[symbol], at_ns, price, size, side)
        self._market.apply(trade, monotonic_ns())

    def _remember(self) -> None:
        """Candles of the minutes before now."""
        begin = time_ns() // MINUTE * MINUTE - HISTORY * MINUTE
        for number in range(HISTORY * TRADES_A_MINUTE):
            at_ns = begin + number * MINUTE // TRADES_A_MINUTE
            for symbol in self._market.symbols:
                self._prices[symbol] += self._random.gauss(0.0, 0.05)
                self._trade(symbol, at_ns, 20 * 60 * SIZE / TRADES_A_MINUTE)
