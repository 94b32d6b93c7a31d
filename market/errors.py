"""Errors of the market package.

MarketError
├── UnknownInterval      a text that names no candle interval
├── UnknownSymbol        a symbol that is not in the market
├── BadCandles           columns that are no candle series: lengths differ, or time does not rise
├── BadBook              price levels that are no levels: negative, or too large for 64 bits
└── ColumnsBusy          the writer never paused long enough for a consistent copy
"""

from collections.abc import Iterable


class MarketError(ValueError):
    """Root of every error raised by ``market``."""


class UnknownInterval(MarketError):
    """A text that names no candle interval."""

    def __init__(self, text: str, allowed: Iterable[str]) -> None:
        self.text = text
        self.allowed = tuple(allowed)
        super().__init__(f"interval was {text!r}; allowed are {', '.join(self.allowed)}")


class UnknownSymbol(MarketError):
    """A symbol that is not in the market."""

    def __init__(self, text: str, allowed: Iterable[str]) -> None:
        self.text = text
        self.allowed = tuple(allowed)
        super().__init__(
            f"symbol was {text!r}; available are {', '.join(self.allowed) or 'none yet'}"
        )


class BadCandles(MarketError):
    """Columns that are no candle series: their lengths differ, or their time does not rise."""


class BadBook(MarketError):
    """Price levels that are no levels: negative, or too large for 64 bits."""


class ColumnsBusy(MarketError):
    """The writer never paused long enough for a consistent copy."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts
        super().__init__(f"no consistent copy in {attempts} attempts; the writer seems stuck")
