"""What order book and time and sales show: frozen plain values, as those of :mod:`server.views`."""

from dataclasses import dataclass

Level = tuple[float, float, float]
"""Price in quote currency, size in base currency, and the running total of sizes from the market
on."""


@dataclass(frozen=True, slots=True)
class BookView:
    """The best levels of one book, best first, put together in steps of ``multiple`` ticks.

    ``state``: ``off`` (no book is followed), ``waiting`` (for the first snapshot), ``lost`` (for a
    new one), ``stale`` (the feed is lost or has ended), else ``followed``; ``detail`` says it in a
    sentence. ``tick`` and ``step`` in quote currency. ``decimals`` (of the steps),
    ``tick_decimals`` and ``size_decimals``: digits to write. ``direction``: 1 when the last trade
    was bought by its taker, -1 sold, 0 unknown. ``spread`` in quote currency, ``spread_bp`` in
    hundredths of a percent of the middle. ``imbalance``: -1 to 1, (bids - asks) / (bids + asks) by
    the size of the levels shown. ``version`` rises with every change of the book.
    """

    symbol: str
    state: str
    detail: str
    tick: float
    multiple: int
    step: float
    decimals: int
    tick_decimals: int
    size_decimals: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    last: float | None
    direction: int
    spread: float | None
    spread_bp: float | None
    imbalance: float
    version: int


@dataclass(frozen=True, slots=True)
class TapeTrade:
    """One trade; ``number`` counts those seen since the start, ``side`` is the taker's."""

    number: int
    time_ms: float
    price: float
    size: float
    side: str
    large: bool


@dataclass(frozen=True, slots=True)
class TradesView:
    """The newest trades of one symbol, newest first.

    ``large_from``: the size from which a trade is large (see :mod:`market.tape`), None while there
    are too few to say. ``per_second`` over the last ten seconds; ``next``: the number of the trade
    to come.
    """

    symbol: str
    decimals: int
    size_decimals: int
    per_second: float
    large_from: float | None
    next: int
    trades: tuple[TapeTrade, ...]
