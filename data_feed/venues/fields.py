"""Field types that every venue's messages share; msgspec checks the bounds while it decodes.

Venues send numbers as text. They become float64 once, here; texts such as NaN, inf, 1e999, negative
numbers and numbers no market has are refused with the message.
"""

from typing import Annotated

from msgspec import Meta

from market.types import Candle

Price = Annotated[float, Meta(gt=0.0, le=1e15)]
"""Quote currency per unit, positive and finite."""

Size = Annotated[float, Meta(gt=0.0, le=1e18)]
"""Base currency, positive and finite."""

Level = Annotated[float, Meta(ge=0.0, le=1e18)]
"""Price or size of a best bid or ask; 0 where that side of the book is empty."""

TradeId = Annotated[int, Meta(ge=0, lt=2**62)]
"""A venue's number of a trade."""

Sequenced = Annotated[int, Meta(ge=-1, lt=2**62)]
"""A venue's number of a change of a book; -1 where it says that there is none."""

Milliseconds = Annotated[int, Meta(gt=0, lt=2**63 // 1_000_000)]
"""Milliseconds since the Unix epoch that fit 64-bit nanoseconds."""

Seconds = Annotated[int, Meta(gt=0, lt=2**63 // 1_000_000_000)]
"""Seconds since the Unix epoch that fit 64-bit nanoseconds."""


def checked_candle(
    time_ns: int, prices: tuple[float, float, float, float], volume: float, trades: int
) -> Candle:
    """A candle from (open, high, low, close); raises ValueError where high or low is not."""
    first, high, low, last = prices
    if not (low <= min(first, last) and max(first, last) <= high):
        raise ValueError(f"open, high, low, close were {prices}; none may lie outside low to high")
    return Candle(time_ns, first, high, low, last, volume, trades)
