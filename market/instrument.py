"""What a venue takes of an order: the steps of prices and sizes, and how small it may be."""

from typing import NamedTuple

from market.types import Symbol

__all__ = ["Instrument"]


class Instrument(NamedTuple):
    """Prices and ``least_value`` are in quote currency, sizes in base currency; 0: not known."""

    symbol: Symbol
    price_step: float
    size_step: float
    least_size: float
    least_value: float
