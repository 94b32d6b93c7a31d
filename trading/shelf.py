"""The strategies that come with the program, by their keys, in the order in which they are listed.

Keys are part of addresses and stored runs: they stay as they are.
"""

from collections.abc import Mapping
from types import MappingProxyType

from trading.decisions import Strategy
from trading.strategies import (
    bollinger_breakout,
    bollinger_reversion,
    buy_and_hold,
    dca,
    donchian,
    ema_cross,
    grid,
    macd,
    momentum,
    pairs,
    regime_router,
    rsi_reversion,
    sma_cross,
    stochastic,
    supertrend,
    vwap_reversion,
)

__all__ = ["strategies"]

_STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {
        module.STRATEGY.key: module.STRATEGY
        for module in (
            sma_cross, ema_cross, macd, supertrend, donchian, momentum, bollinger_breakout,
            bollinger_reversion, rsi_reversion, stochastic, vwap_reversion, regime_router, pairs,
            grid, dca, buy_and_hold,
        )
    }
)  # fmt: skip


def strategies() -> Mapping[str, Strategy]:
    """Every strategy by its key."""
    return _STRATEGIES
