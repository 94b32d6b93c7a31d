"""What is kept of a run, so that another one can come to the same place."""

from collections.abc import Mapping
from typing import NamedTuple

from market.types import Candle

__all__ = ["Step"]


class Step(NamedTuple):
    """One step of a run: the candles that closed, by symbol, and what it was told when it acted.

    The first step of a run has no candles. ``told`` is None where it was not asked to act, because
    nobody was there at the close.
    """

    candles: Mapping[str, Candle]
    told: str | None
