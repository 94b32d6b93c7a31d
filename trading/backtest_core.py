"""The compiled loop of a backtest over a signal.

It holds no arithmetic of its own: sizes, prices, fees and position changes come from
:mod:`trading.fill_arithmetic`, here in float64.
"""

import numpy as np
from numpy.typing import NDArray

from market.kernel import kernel
from trading.fill_arithmetic import (
    compiled_affordable_size,
    compiled_apply_fill,
    compiled_proportional_fee,
    compiled_slipped_price,
)

__all__ = ["CHANGE", "FEE", "PRICE", "REALISED", "replay_signal"]

F64 = NDArray[np.float64]
I8 = NDArray[np.int8]
I64 = NDArray[np.int64]

CHANGE, PRICE, FEE, REALISED = range(4)
"""Columns of a fill: signed size, price after slippage, fee, profit realised before fees."""


@kernel
def replay_signal(
    opens: F64,
    closes: F64,
    target: I8,
    fee_rate: float,
    slippage_rate: float,
    capital: float,
    equity: F64,
    fill_bars: I64,
    fills: F64,
) -> int:
    """Trade ``target`` (0 or 1 after each close) at the next open with all cash; number of fills.

    Writes ``equity`` (n,) at each close, and one row per fill to ``fill_bars`` (n,), the candle at
    whose open it happened, and ``fills`` (n, 4). What the last close decides is never traded.
    """
    cash, size, cost = capital, 0.0, 0.0
    count = 0
    for bar in range(len(closes)):
        wanted = target[bar - 1] if bar > 0 else 0
        if (wanted != 0) != (size != 0.0):
            side = 1 if wanted != 0 else -1
            price = compiled_slipped_price(opens[bar], side, slippage_rate)
            change = compiled_affordable_size(cash, price, fee_rate) if side > 0 else -size
            fee = compiled_proportional_fee(change * price, fee_rate)
            cash, size, cost, realised = compiled_apply_fill(
                cash, size, cost, change, price, fee, 0.0
            )
            fill_bars[count] = bar
            fills[count, CHANGE] = change
            fills[count, PRICE] = price
            fills[count, FEE] = fee
            fills[count, REALISED] = realised
            count += 1
        equity[bar] = cash + size * closes[bar]
    return count
