"""Errors of the simulator.

SimulatorError
├── InvalidSymbol   a text that is not BASE-QUOTE
├── BadFaults       a text that describes no fault
├── NotStarted      an address was asked of a server that does not listen
└── BookError       an order the book cannot take
"""


class SimulatorError(Exception):
    """Root of every error raised by ``data_feed.simulator``."""


class InvalidSymbol(SimulatorError):
    """A text that is not BASE-QUOTE."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"symbol was {text!r}; allowed are pairs like BTC-USD, upper case")


class BadFaults(SimulatorError):
    """A text that describes no fault."""

    def __init__(self, entry: str) -> None:
        self.entry = entry
        super().__init__(
            f"fault was {entry!r}; allowed are KIND=PROBABILITY (0 to 1), KIND@START or "
            "KIND@START:LENGTH (seconds), and delay_s, stall_s, slow_s=SECONDS; kinds are drop, "
            "corrupt, duplicate, reorder, delay, stall, disconnect, rest_error, rest_limit, "
            "rest_corrupt, rest_slow"
        )


class NotStarted(SimulatorError):
    """An address was asked of a server that does not listen."""

    def __init__(self) -> None:
        super().__init__("the simulator does not listen yet; call start() first")


class BookError(SimulatorError):
    """An order the book cannot take: a size or price below one unit, or a number used twice."""
