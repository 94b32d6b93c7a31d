"""The latent value the traders believe in: a random walk with trends, bursts and clusters.

Log volatility is the sum of a slow Ornstein-Uhlenbeck process (quarter-hours that are calm or
nervous) and of bursts that start at random and fade within a minute; a stochastic-volatility model
in the sense of Taylor (1986). A trend adds a drift for some minutes. The orders of takers move the
value too: see :meth:`FairValue.push`.
"""

import math
import random

_SECONDS_PER_DAY = 86_400
_SLOW_SECONDS = 900.0
_SLOW_DEVIATION = 0.45
_BURST_EVERY_SECONDS = 300.0
_BURST_FADE_SECONDS = 25.0
_LARGEST_BURST = 1.7
_TREND_MEAN_SECONDS = 150.0
_TREND_STRENGTH = 0.8
_LOWEST_TICKS = 50.0


class FairValue:
    """The value in ticks (a float) and the market's mood; advanced in simulated seconds."""

    __slots__ = (
        "_burst",
        "_drift",
        "_random",
        "_slow",
        "_trend_left",
        "_volatility",
        "activity",
        "sigma",
        "ticks",
    )

    def __init__(self, ticks: float, daily_volatility: float, generator: random.Random) -> None:
        self.ticks = ticks
        self.activity = 1.0
        """Rate of orders relative to a calm market."""
        self.sigma = 0.0
        """Standard deviation of one second's move, in ticks."""
        self._random = generator
        self._volatility = daily_volatility / math.sqrt(_SECONDS_PER_DAY)
        self._slow = generator.gauss(0.0, _SLOW_DEVIATION)
        self._burst = 0.0
        self._drift = 0.0
        self._trend_left = 0.0
        self.change_mood(1.0)

    def step(self, seconds: float) -> None:
        """Let the value walk for a moment."""
        move = self.sigma * math.sqrt(seconds) * self._random.gauss(0.0, 1.0)
        self.ticks = max(self.ticks + move + self._drift * seconds, _LOWEST_TICKS)

    def push(self, ticks: float) -> None:
        """Move the value by what the last taker order revealed (permanent price impact)."""
        self.ticks = max(self.ticks + ticks, _LOWEST_TICKS)

    def change_mood(self, seconds: float) -> None:
        """Advance volatility, bursts and trends; called about once a simulated second."""
        pull = min(seconds / _SLOW_SECONDS, 1.0)
        noise = _SLOW_DEVIATION * math.sqrt(2.0 * pull)
        self._slow += -pull * self._slow + noise * self._random.gauss(0.0, 1.0)
        self._burst *= math.exp(-seconds / _BURST_FADE_SECONDS)
        if self._random.random() < seconds / _BURST_EVERY_SECONDS:
            self._start_burst()
        self._trend_left -= seconds
        if self._trend_left <= 0.0:
            self._start_trend()
        mood = self._slow + self._burst
        # Half of the slow variance is taken off so that the mean of exp(2 * slow) stays near one.
        self.sigma = self.ticks * self._volatility * math.exp(mood - _SLOW_DEVIATION**2)
        self.activity = min(math.exp(0.7 * mood), 4.0)

    def _start_burst(self) -> None:
        # Bursts pile up, but not without end: exp(1.7) is five to six times the calm volatility.
        self._burst = min(self._burst + self._random.uniform(0.5, 1.3), _LARGEST_BURST)
        direction = self._random.choice((-1.0, 1.0))
        self.push(direction * self.sigma * self._random.uniform(1.0, 4.0))

    def _start_trend(self) -> None:
        self._trend_left = self._random.expovariate(1.0 / _TREND_MEAN_SECONDS) + 20.0
        strength = self._random.gauss(0.0, _TREND_STRENGTH)
        base = self.ticks * self._volatility
        self._drift = strength * base / math.sqrt(self._trend_left)
