"""Errors of paper trading. A refused order is none: its outcome says why.

PaperError
├── UnknownAccount   an account that does not exist, or a replay's that is over
├── NothingRecorded  a session of an automation that never ran
├── BadAccount       an account that cannot be opened: its name, market, currency or terms
└── PaperClosed      asked for while the program ends
"""

from collections.abc import Iterable


class PaperError(ValueError):
    """Root of every error raised by ``paper_trading``. Its text is a sentence for a person."""


class UnknownAccount(PaperError):
    """An account that does not exist, or a replay's that is over."""

    def __init__(self, account: int, known: Iterable[int]) -> None:
        allowed = ", ".join(map(str, known)) or "none yet"
        super().__init__(f"account was {account}; there are {allowed}")


class BadAccount(PaperError):
    """An account that cannot be opened: its name, market, currency or terms."""


class NothingRecorded(PaperError):
    """A session of an automation that never ran."""


class PaperClosed(PaperError):
    """Asked for while the program ends."""
