"""A request with everything that it names read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from market.columns import CandleWindow
from market.types import Interval
from research.candle_data import CandleData
from research.catalogue import Chosen
from research.datasets import content_key
from research.request_setup import checked_setup
from research.result_cache import result_key
from research.views import BacktestRequest
from trading.backtest import Setup
from trading.metrics import Convention

__all__ = ["Prepared", "prepared"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """``keys`` of the candles in their order; ``key`` is that of the whole computation."""

    request: BacktestRequest
    chosen: Chosen
    values: Mapping[str, float]
    setup: Setup
    convention: Convention
    interval: Interval
    candles: Mapping[str, CandleWindow]
    keys: tuple[str, ...]
    key: str


def prepared(request: BacktestRequest, chosen: Chosen, data: CandleData) -> Prepared:
    """Read the candles; raises :class:`research.errors.RequestError` for what cannot be run."""
    values = chosen.values(request.values)
    setup, convention = checked_setup(request)
    _, interval = data.named(request)
    candles = data.read(request)
    keys = tuple(content_key(window) for window in candles.values())
    full = replace(request, values=values, interval=interval.value)
    key = result_key(full, chosen.version, keys)
    return Prepared(full, chosen, values, setup, convention, interval, candles, keys, key)
