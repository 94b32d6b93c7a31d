"""Errors of the indicators package.

IndicatorError
├── BadPeriod    a period that is no whole number from 1 upwards
└── BadValues    values that are no one-dimensional series of finite numbers
"""


class IndicatorError(ValueError):
    """Root of every error raised by ``indicators``."""


class BadPeriod(IndicatorError):
    """A period that is no whole number from 1 upwards."""

    def __init__(self, period: object) -> None:
        self.period = period
        super().__init__(f"period was {period!r}; allowed is a whole number from 1 upwards")


class BadValues(IndicatorError):
    """Values that are no one-dimensional series of finite numbers."""
