"""Indicators over whole arrays beside TA-Lib, and what one more tick costs."""

from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np
import talib
from numpy.typing import NDArray

from benchmarks.harness import Row, measure
from indicators.batch import compute
from indicators.registry import INDICATORS, find
from indicators.stream import Stream
from market.types import Candle

F64 = NDArray[np.float64]
Peer = Callable[..., Any]
ta: Any = talib  # its stubs miss what it exports
SIMPLE = ta.MA_Type.SMA
HLC = ("high", "low", "close")

PEERS: dict[str, tuple[tuple[str, ...], Peer]] = {
    "sma": (("close",), lambda c: ta.SMA(c, 20)),
    "ema": (("close",), lambda c: ta.EMA(c, 20)),
    "wma": (("close",), lambda c: ta.WMA(c, 20)),
    "hma": (("close",), lambda c: ta.HMA(c, 20)),
    "kama": (("close",), lambda c: ta.KAMA(c, 10)),
    "rsi": (("close",), lambda c: ta.RSI(c, 14)),
    "macd": (("close",), lambda c: ta.MACD(c, 12, 26, 9)),
    "bollinger": (("close",), lambda c: ta.BBANDS(c, 20, 2, 2)),
    "stdev": (("close",), lambda c: ta.STDDEV(c, 20, 1)),
    "atr": (HLC, lambda h, w, c: ta.ATR(h, w, c, 14)),
    "adx": (HLC, lambda h, w, c: (ta.ADX(h, w, c, 14), ta.PLUS_DI(h, w, c, 14),
                                  ta.MINUS_DI(h, w, c, 14))),
    "stochastic": (HLC, lambda h, w, c: ta.STOCH(h, w, c, 14, 3, SIMPLE, 3, SIMPLE)),
    "cci": (HLC, lambda h, w, c: ta.CCI(h, w, c, 20)),
    "donchian": (("high", "low"), lambda h, w: ta.DONCHIAN(h, w, 20)),
    "supertrend": (HLC, lambda h, w, c: ta.SUPERTREND(h, w, c, 10, 3)),
    "parabolic_sar": (("high", "low"), lambda h, w: ta.SAR(h, w, 0.02, 0.2)),
    "mfi": ((*HLC, "volume"), lambda h, w, c, v: ta.MFI(h, w, c, v, 14)),
    "obv": (("close", "volume"), ta.OBV),
}  # fmt: skip
LENGTHS = (500, 5_000, 100_000)
TICKS = 1_000
TICK_GOAL = "≤ 1.000"


def _market(length: int) -> dict[str, Any]:
    random = np.random.default_rng(7)
    close = 30_000 * np.exp(np.cumsum(random.normal(0, 0.001, length)))
    high, low = (
        close * (1 + 0.001 * random.random(length)),
        close * (1 - 0.001 * random.random(length)),
    )
    volume = random.random(length) * 100
    time_ns = 1_700_000_000_000_000_000 + 60_000_000_000 * np.arange(length, dtype=np.int64)
    return {"time_ns": time_ns, "high": high, "low": low, "close": close, "volume": volume}


def _beside_talib(length: int) -> list[Row]:
    """Ours, with every check of its input, and TA-Lib, which has none, one after the other."""
    market, rows = _market(length), []
    inner = max(1, 20_000 // length)
    for key, (inputs, peer) in PEERS.items():
        indicator, columns = find(key), [market[name] for name in inputs]
        theirs = measure(f"{key}, {length:,} bars: TA-Lib", lambda p=peer, c=columns: p(*c),  # type: ignore[misc]
                         runs=60, inner=inner)  # fmt: skip
        goal = f"≤ {theirs.median_ms:.3f}" if length == LENGTHS[-1] else ""
        rows.append(measure(f"{key}, {length:,} bars", lambda i=indicator: compute(i, market, {}),  # type: ignore[misc]
                            runs=60, inner=inner, goal=goal))  # fmt: skip
        rows.append(theirs)
    return rows


def _ticks() -> list[Row]:
    """One bar a thousand times, so that milliseconds read as microseconds: closed, or forming."""
    market, rows = _market(1_001), []
    columns = [market[name].tolist() for name in ("time_ns", "close", *HLC, "volume")]
    bars = [Candle(t, o, h, w, c, v, 1) for t, o, h, w, c, v in zip(*columns, strict=True)]
    for indicator in INDICATORS.values():
        stream, last = Stream(indicator), bars[-1]
        for bar in bars[:-1]:
            stream.update(bar)
        for word, call in (("updates", stream.update), ("peeks", stream.peek)):
            name = f"{indicator.key}: {TICKS:,} {word}"
            rows.append(measure(name, partial(_repeat, call, last), runs=40, goal=TICK_GOAL))
    return rows


def _repeat(call: Callable[[Candle], object], bar: Candle) -> None:
    for _ in repeat(None, TICKS):
        call(bar)


def run() -> list[Row]:
    """Batch at every length, then ticks of every indicator."""
    return [row for length in LENGTHS for row in _beside_talib(length)] + _ticks()
