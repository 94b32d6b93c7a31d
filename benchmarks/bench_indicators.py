"""Indicators over whole arrays beside TA-Lib, and what one more tick costs."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np
import talib
from numpy.typing import NDArray

from benchmarks.gpu_indicators import BARS, MANY, SYMBOLS, many_closes
from benchmarks.harness import Row, measure, measure_in_turn
from indicators.batch import compute
from indicators.many import compute_many
from indicators.registry import INDICATORS, find
from indicators.stream import Stream
from market.types import Candle

F64 = NDArray[np.float64]
Peer = Callable[..., Any]
ta: Any = talib  # its stubs miss what it exports
SIMPLE = ta.MA_Type.SMA
HL = ("high", "low")
HLC = (*HL, "close")
HLCV = (*HLC, "volume")

PEERS: dict[str, tuple[tuple[str, ...], Peer]] = {
    "sma": (("close",), lambda c: ta.SMA(c, 20)),
    "ema": (("close",), lambda c: ta.EMA(c, 20)),
    "wma": (("close",), lambda c: ta.WMA(c, 20)),
    "dema": (("close",), lambda c: ta.DEMA(c, 20)),
    "tema": (("close",), lambda c: ta.TEMA(c, 20)),
    "hma": (("close",), lambda c: ta.HMA(c, 20)),
    "kama": (("close",), lambda c: ta.KAMA(c, 10)),
    "vwma": (("close", "volume"), lambda c, v: ta.VWMA(c, v, 20)),
    # What our three lines need: the line's end, its slope and the variance.
    "regression": (("close",), lambda c: (ta.LINEARREG(c, 100), ta.LINEARREG_SLOPE(c, 100),
                                          ta.VAR(c, 100, 1))),
    "parabolic_sar": (HL, lambda h, w: ta.SAR(h, w, 0.02, 0.2)),
    "supertrend": (HLC, lambda h, w, c: ta.SUPERTREND(h, w, c, 10, 3)),
    "adx": (HLC, lambda h, w, c: (ta.ADX(h, w, c, 14), ta.PLUS_DI(h, w, c, 14),
                                  ta.MINUS_DI(h, w, c, 14))),
    "aroon": (HL, lambda h, w: ta.AROON(h, w, 25)),
    "rsi": (("close",), lambda c: ta.RSI(c, 14)),
    "stochastic": (HLC, lambda h, w, c: ta.STOCH(h, w, c, 14, 3, SIMPLE, 3, SIMPLE)),
    "stochastic_rsi": (("close",), lambda c: ta.STOCHRSI(c, 14, 14, 3, SIMPLE)),
    "macd": (("close",), lambda c: ta.MACD(c, 12, 26, 9)),
    "ppo": (("close",), lambda c: ta.PPO(c, 12, 26, 1)),
    "roc": (("close",), lambda c: ta.ROC(c, 10)),
    "momentum": (("close",), lambda c: ta.MOM(c, 10)),
    "cci": (HLC, lambda h, w, c: ta.CCI(h, w, c, 20)),
    "williams": (HLC, lambda h, w, c: ta.WILLR(h, w, c, 14)),
    "trix": (("close",), lambda c: ta.TRIX(c, 15)),
    "ultimate": (HLC, lambda h, w, c: ta.ULTOSC(h, w, c, 7, 14, 28)),
    "awesome": (HL, lambda h, w: ta.AO(h, w, 5, 34)),
    "bollinger": (("close",), lambda c: ta.BBANDS(c, 20, 2, 2)),
    "keltner": (HLC, lambda h, w, c: ta.KC(h, w, c, 20, 10, 2)),
    "donchian": (HL, lambda h, w: ta.DONCHIAN(h, w, 20)),
    "atr": (HLC, lambda h, w, c: ta.ATR(h, w, c, 14)),
    "natr": (HLC, lambda h, w, c: ta.NATR(h, w, c, 14)),
    "stdev": (("close",), lambda c: ta.STDDEV(c, 20, 1)),
    "anchored_vwap": (HLCV, ta.VWAP),
    "obv": (("close", "volume"), ta.OBV),
    "accumulation": (HLCV, ta.AD),
    "chaikin": (HLCV, lambda h, w, c, v: ta.CMF(h, w, c, v, 20)),
    "mfi": (HLCV, lambda h, w, c, v: ta.MFI(h, w, c, v, 14)),
}  # fmt: skip
LENGTHS = (500, 100_000)
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
    """Ours, with every check of its input, and TA-Lib, which has none, call by call in turn.

    Two programs on one core would otherwise meet different moments of it; what other programs took
    is left out.
    """
    market, rows = _market(length), []
    inner = max(1, 20_000 // length)
    for key, (inputs, peer) in PEERS.items():
        indicator, columns = find(key), [market[name] for name in inputs]
        name = f"{key}, {length:,} bars"
        ours, theirs = measure_in_turn(
            (name, partial(compute, indicator, market, {})),
            (f"{name}: TA-Lib", partial(peer, *columns)), runs=60, inner=inner,
        )  # fmt: skip
        goal = f"≤ {theirs.median_ms:.3f}" if length == LENGTHS[-1] else ""
        note = f"{ours.median_ms / theirs.median_ms:.2f} of TA-Lib"
        rows += [replace(ours, goal=goal, note=note), theirs]
    return rows


def _many() -> list[Row]:
    """Five hundred symbols at once on the processor, and a loop of TA-Lib's calls."""
    rows = []
    for key in MANY:
        closes = many_closes(SYMBOLS, BARS)
        _, peer = PEERS[key]
        name = f"{key}, {SYMBOLS} symbols of {BARS:,} bars"
        for threads in (1, 2):
            call = partial(compute_many, find(key), {"close": closes}, {}, "cpu", threads)
            rows.append(measure(f"{name}, threads: {threads}", call, runs=20))
        rows.append(measure(f"{name}: TA-Lib", partial(_one_by_one, peer, closes), runs=20))
    return rows


def _one_by_one(peer: Peer, closes: F64) -> None:
    for row in closes:
        peer(row)


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
            rows.append(measure(name, partial(_repeat, call, last), runs=40, goal=TICK_GOAL,
                                clock=time.thread_time_ns))  # fmt: skip
    return rows


def _repeat(call: Callable[[Candle], object], bar: Candle) -> None:
    for _ in repeat(None, TICKS):
        call(bar)


def run() -> list[Row]:
    """Batch at every length, many symbols at once, then ticks of every indicator."""
    return [row for length in LENGTHS for row in _beside_talib(length)] + _many() + _ticks()
