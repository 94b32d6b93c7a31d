"""The latent value the traders believe in: a random walk with trends, bursts and clusters.

Log volatility is the sum of a slow Ornstein-Uhlenbeck process (quarter-hours that are calm or
nervous) and of bursts that start at random and fade within a minute; a stochastic-volatility model
in the sense of Taylor (1986). A trend adds a drift for some minutes. A crash is a steep fall with
a partial recovery. How often and how strongly is a :class:`data_feed.simulator.regimes.Regime`. The
orders of takers move the value too: see :meth:`FairValue.push`.
"""

import math
import random

from data_feed.simulator.regimes import NORMAL, Regime

_SECONDS_PER_DAY = 86_400
_SLOW_SECONDS = 900.0
_BURST_FADE_SECONDS = 25.0
_CRASH_BURST = 1.2
_RECOVERY_TAKES = 4.0
_LOWEST_TICKS = 50.0


class FairValue:
    """The value in ticks (a float) and the market's mood; advanced in simulated seconds."""

    __slots__ = (
        "_burst",
        "_crash",
        "_drift",
        "_random",
        "_regime",
        "_slow",
        "_trend_left",
        "_volatility",
        "activity",
        "sigma",
        "ticks",
    )

    def __init__(
        self,
        ticks: float,
        daily_volatility: float,
        generator: random.Random,
        regime: Regime = NORMAL,
    ) -> None:
        self.ticks = ticks
        self.activity = 1.0
        """Rate of orders relative to a calm market."""
        self.sigma = 0.0
        """Standard deviation of one second's move, in ticks."""
        self._random = generator
        self._volatility = daily_volatility / math.sqrt(_SECONDS_PER_DAY)
        self._regime = regime
        self._crash: list[tuple[float, float]] = []
        self._slow = generator.gauss(0.0, regime.slow_deviation)
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
        """Advance volatility, bursts, trends and crashes; called about once a simulated second."""
        regime = self._regime
        pull = min(seconds / _SLOW_SECONDS, 1.0)
        noise = regime.slow_deviation * math.sqrt(2.0 * pull)
        self._slow += -pull * self._slow + noise * self._random.gauss(0.0, 1.0)
        self._burst *= math.exp(-seconds / _BURST_FADE_SECONDS)
        if self._random.random() < seconds / regime.burst_every_s:
            self._start_burst()
        if regime.crash_every_s < math.inf:
            self._fall(seconds)
        self._trend_left -= seconds
        if self._trend_left <= 0.0:
            self._start_trend()
        mood = self._slow + self._burst
        # Half of the slow variance is taken off so that the mean of exp(2 * slow) stays near one.
        self.sigma = self.ticks * self._volatility * math.exp(mood - regime.slow_deviation**2)
        self.activity = min(math.exp(0.7 * mood), 4.0)

    def _start_burst(self) -> None:
        # Bursts pile up, but not without end: exp(1.7) is five to six times the calm volatility.
        self._burst = min(self._burst + self._random.uniform(0.5, 1.3), self._regime.largest_burst)
        direction = self._random.choice((-1.0, 1.0))
        self.push(direction * self.sigma * self._random.uniform(1.0, 4.0))

    def _start_trend(self) -> None:
        self._trend_left = self._random.expovariate(1.0 / self._regime.trend_s) + 20.0
        strength = self._random.gauss(0.0, self._regime.trend_strength)
        base = self.ticks * self._volatility
        self._drift = strength * base / math.sqrt(self._trend_left)

    def _fall(self, seconds: float) -> None:
        """Start a crash at random, or take the next step of the one that is under way.

        ``_crash`` holds its remaining phases: seconds left, and ticks a second.
        """
        regime = self._regime
        if not self._crash and self._random.random() < seconds / regime.crash_every_s:
            fall = regime.crash_size * self.ticks * self._random.uniform(0.5, 1.5)
            back_s = _RECOVERY_TAKES * regime.crash_s
            self._crash = [
                (regime.crash_s, -fall / regime.crash_s),
                (back_s, regime.recovery * fall / back_s),
            ]
        if self._crash:
            left, pace = self._crash[0]
            moved = min(seconds, left)
            self.push(moved * pace)
            if pace < 0.0:
                self._burst = max(self._burst, _CRASH_BURST)
            self._crash[:1] = [(left - moved, pace)] if left > moved else []
