"""The patience of a loop."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class LoopPolicy:
    """Patience of a loop, in seconds.

    A connection is given up when no frame comes for ``silence_s`` or frames but no market event for
    ``no_data_s``; ``slow_s`` without a market event is reported as slow. The delays between
    attempts start again from the shortest once a connection has brought data for ``settled_s``.

    After ``failures`` attempts in a row that brought no data the breaker opens for ``open_s``; 0
    never opens it. A connection that is replaced stays for ``overlap_s`` after the new one
    delivers. History that could not be had is asked for again after ``repair_s``, then twice as
    long, up to a minute. A symbol's first trade is not believed if it is older than ``oldest_s``:
    a live venue's older trades are had from its history.
    """

    silence_s: float = 15.0
    no_data_s: float = 90.0
    slow_s: float = 5.0
    settled_s: float = 10.0
    base_delay_s: float = 0.5
    longest_delay_s: float = 30.0
    failures: int = 10
    open_s: float = 300.0
    overlap_s: float = 2.0
    repair_s: float = 5.0
    oldest_s: float = inf
