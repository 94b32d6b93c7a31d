"""Errors of the indicators package.

IndicatorError
├── UnknownIndicator   a key that names no indicator
├── BadParameter       unknown, of the wrong kind, outside its bounds, or at odds with another one
├── BadValues          inputs that are no series of finite numbers, or differ in length
└── NoDevice           a device that is not there, or an indicator that it has no form of
"""

from collections.abc import Iterable


class IndicatorError(ValueError):
    """Root of every error raised by ``indicators``."""


class UnknownIndicator(IndicatorError):
    """A key that names no indicator."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        self.key = key
        super().__init__(f"indicator was {key[:40]!r}; allowed are {', '.join(sorted(known))}")


class BadParameter(IndicatorError):
    """A parameter outside its bounds, of the wrong kind, unknown, or at odds with another one."""


class BadValues(IndicatorError):
    """Input that is no one-dimensional series of finite numbers, or series of unequal lengths."""


class NoDevice(IndicatorError):
    """A device that is unknown or not there, or an indicator that has no form for it."""
