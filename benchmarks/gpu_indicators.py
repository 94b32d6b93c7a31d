"""Indicators of many symbols at once on a CUDA device beside the processor, for the GPU check."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import Row, measure
from indicators.many import compute_many
from indicators.registry import find

MANY = ("sma", "ema", "wma", "rsi", "macd", "bollinger")
SYMBOLS, BARS = 500, 1_000


def many_closes(symbols: int, bars: int) -> NDArray[np.float64]:
    """Random walks (symbols, bars)."""
    steps = np.random.default_rng(7).normal(0, 0.001, (symbols, bars))
    return np.asarray(30_000 * np.exp(np.cumsum(steps, axis=1)), np.float64)


def report() -> list[Row]:
    """Each indicator on the card and on the processor, upload and download included; the note says
    how far the two are apart. Raises :class:`indicators.errors.NoDevice` without a card.
    """
    rows = []
    closes = {"close": many_closes(SYMBOLS, BARS)}
    for key in MANY:
        indicator, name = find(key), f"{key}, {SYMBOLS} symbols of {BARS:,} bars"
        card, processor = (
            compute_many(indicator, closes, {}, device=device) for device in ("cuda", "cpu")
        )
        apart = max(float(np.nanmax(np.abs(card[k] - processor[k]))) for k in card)
        for device in ("cuda", "cpu"):
            call = partial(compute_many, indicator, closes, {}, device)
            note = f"at most {apart:.1e} apart" if device == "cuda" else ""
            rows.append(measure(f"{name}: {device}", call, runs=30, note=note))
    return rows
