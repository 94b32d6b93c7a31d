"""What the watchlist shows and asks for: frozen plain values, as those of :mod:`server.views`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SparklineQuery:
    """Small lines asked for: ``symbols`` are comma lists, none for all; ``width`` and ``height`` of
    each in device pixels, ``scale`` the device pixel ratio.
    """

    symbols: tuple[str, ...] = ()
    theme: str = "dark"
    width: int = 48
    height: int = 18
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class SparklineView:
    """One line of a sparkline picture and the pixels it has there.

    ``direction``: 1 up, -1 down, 0 neither. ``closes``, oldest first, are ``step_ms`` apart and
    end with the candle that began at ``end_ms``; None before the oldest candle held.
    """

    symbol: str
    x: int
    y: int
    width: int
    height: int
    direction: int
    end_ms: int | None
    step_ms: int
    closes: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class WatchView:
    """A row of the watchlist. ``change_pct`` as in :class:`server.views.LastView`; ``turnover``:
    what was traded in the last 24 hours, or since the oldest candle held, in quote currency.
    """

    symbol: str
    price: float | None
    change_pct: float | None
    turnover: float | None
    decimals: int
