"""How candles and the rest of a run are written into a request."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow
from research.codec import Arrays, pack
from research.strategy_ref import StrategyRef
from trading.backtest import Setup
from trading.metrics import Convention

__all__ = ["candles_of", "request_of"]

_COLUMNS = ("time_ns", "open", "high", "low", "close", "volume", "trades")


def request_of(
    strategy: StrategyRef, values: Mapping[str, float], candles: Mapping[str, CandleWindow],
    setup: Setup, convention: Convention,
) -> tuple[dict[str, Any], Arrays]:  # fmt: skip
    """Tree and arrays of a run, for :meth:`research.child.Children.call`."""
    tree = {
        "key": strategy.key,
        "file": strategy.file,
        "values": dict(values),
        "setup": pack(setup)[0],
        "convention": pack(convention)[0],
        "symbols": list(candles),
    }
    arrays = {
        f"{at}.{name}": np.asarray(getattr(window, name))
        for at, window in enumerate(candles.values())
        for name in _COLUMNS
    }
    return tree, arrays


def candles_of(
    tree: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> dict[str, CandleWindow]:
    """The candles by symbol that :func:`request_of` wrote."""
    return {
        symbol: CandleWindow.from_arrays(*(arrays[f"{at}.{name}"] for name in _COLUMNS))
        for at, symbol in enumerate(tree["symbols"])
    }
