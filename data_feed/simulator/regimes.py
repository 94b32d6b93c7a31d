"""Characters that a simulated market can have: how it trends, bursts and crashes.

The model is that of :mod:`data_feed.simulator.fair_value`; a regime is its parameters. Times are
simulated seconds, ``inf`` means never. A crash is a fall by ``crash_size`` (a share of the value)
over ``crash_s`` seconds, after which ``recovery`` of it is made good in four times as long: the
shape of the flash crash of 2010-05-06 (Kirilenko et al., "The Flash Crash", Journal of Finance 72,
2017), where a fall of 5 % within minutes was half undone in the next half hour.
"""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Regime:
    """One character; the fields' units are given in the module."""

    slow_deviation: float = 0.45
    """Standard deviation of the slow part of log volatility."""
    burst_every_s: float = 300.0
    largest_burst: float = 1.7
    """Log volatility is raised by no more than this."""
    trend_s: float = 150.0
    """Mean length of a trend beyond its first 20 s."""
    trend_strength: float = 0.8
    """Move of a typical trend, in standard deviations of the calm walk over the same time."""
    crash_every_s: float = inf
    crash_size: float = 0.05
    crash_s: float = 60.0
    recovery: float = 0.5


NORMAL = Regime()

REGIMES = {
    "normal": NORMAL,
    "steady": Regime(slow_deviation=0.0, burst_every_s=inf, trend_strength=0.0),
    "trend": Regime(trend_s=900.0, trend_strength=3.0),
    "burst": Regime(burst_every_s=45.0, largest_burst=2.3),
    "crash": Regime(crash_every_s=240.0),
}
"""By the name that the user gives. ``steady`` keeps the rate of trades about constant."""
