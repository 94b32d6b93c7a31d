"""Scores of many targets over the same candles: what sweeps run, without an object per run."""

from math import inf, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64, CandleWindow
from market.kernel import kernel, lean_kernel
from trading.backtest.candle_checks import Steps, check_candles, steps_of
from trading.backtest.follow import ORDERS_EACH, Bars, follow
from trading.backtest.goals import RULES, TALLY, Goal, Rules, count_trips, goal_of, needs_trips
from trading.backtest.setup import Setup
from trading.backtest.signal_run import bars_of, open_books, plan_of
from trading.backtest.summary import fixed
from trading.backtest.turning import Plan
from trading.engine.records import Books
from trading.errors import BacktestError
from trading.metrics import Convention, Period
from trading.metrics.sample import day_ends, periods_per_year
from trading.round_trips import TRIP, pair_fills

__all__ = ["GOALS", "Scorer"]

Records = NDArray[np.void]

GOALS = {goal.name.lower(): goal for goal in Goal}
"""By the keys of :data:`trading.metrics.METRICS`."""

_FILLS = 1024


class Scratch(NamedTuple):
    """What a run writes: arrays of shape (n,), of ends of periods, and of one thing each."""

    equity: F64
    position: F64
    ends: I64
    values: F64
    trips: Records
    held: F64
    current: I64
    tally: Records


class Scorer:
    """Scores targets by one figure. It holds scratch space: one for every thread.

    The figure is that of :func:`trading.backtest.backtest` but for the last digits of a sum, NaN
    where it is not defined. Raises :class:`BacktestError` for candles that cannot be backtested and
    for a goal that is not among :data:`GOALS`.
    """

    def __init__(
        self, candles: CandleWindow, setup: Setup | None = None, goal: str = "sharpe",
        convention: Convention | None = None,
    ) -> None:  # fmt: skip
        check_candles(candles)
        if goal not in GOALS:
            raise BacktestError(f"The goal was {goal!r:.40}; allowed is {', '.join(GOALS)}.")
        setup, convention = setup or Setup(), convention or Convention()
        steps = steps_of(candles.time_ns)
        self._bars = bars_of(candles)
        self._plan = plan_of(setup, steps, setup.policies.path)
        self._plan[0]["recycles"] = 1
        self._books = open_books(setup, 2 * ORDERS_EACH, _FILLS)
        self._rules = _rules(candles, GOALS[goal], convention, steps)
        self._scratch = _scratch(candles, convention)

    def score(self, target: F64) -> float:
        """The figure of a run that trades ``target`` (n,), as ``decided`` returns it."""
        return float(self.scores(target[np.newaxis])[0])

    def scores(self, targets: F64, out: F64 | None = None) -> F64:
        """The figures (k,) of runs that trade each row of ``targets`` (k, n), into ``out``.

        One compiled call without the interpreter's lock.
        """
        found = np.empty(len(targets)) if out is None else out
        count = len(self._bars.close)
        if targets.ndim != 2 or targets.shape[1] != count or len(found) != len(targets):
            raise BacktestError(
                f"The targets had the shape {targets.shape}, the scores {found.shape}; allowed is "
                f"(k, {count}) and (k,)."
            )
        _score_all(
            self._books, self._bars, self._plan, self._rules, self._scratch, fixed(targets), found
        )
        return found


def _rules(candles: CandleWindow, goal: Goal, convention: Convention, steps: Steps) -> Rules:
    per_year = periods_per_year(convention, steps.interval_ns)
    span_ns = int(candles.time_ns[-1] - candles.time_ns[0])
    return np.array([(goal, convention.risk_free / per_year, per_year, span_ns)], RULES)


def _scratch(candles: CandleWindow, convention: Convention) -> Scratch:
    count = len(candles)
    daily = convention.period is Period.DAY
    ends = day_ends(candles.time_ns) if daily else np.empty(0, np.int64)
    return Scratch(
        np.empty(count), np.empty(count), ends, np.empty(len(ends)),
        np.zeros(_FILLS + 1, TRIP), np.zeros(1), np.zeros(1, np.int64), np.zeros(1, TALLY),
    )  # fmt: skip


@lean_kernel
def _start_anew(books: Books, plan: Plan, scratch: Scratch) -> None:
    """Everything as before the first candle."""
    account, position, first = books.account[0], books.positions[0], plan[0]
    account["cash"], account["time_ns"] = account["start"], 0
    account["orders"], account["live"], account["fills"] = 0, 0, 0
    position["size"], position["cost"], position["mark"] = 0.0, 0.0, 0.0
    position["realised"], position["fees"], position["bar"] = 0.0, 0.0, -1
    first["bar"], first["decided"], first["acted"] = 0, -1, 0.0
    first["lower"], first["upper"] = -inf, inf
    sums = scratch.tally[0]
    sums["trades"], sums["closed"], sums["won"] = 0, 0, 0
    sums["profits"], sums["losses"], sums["returns"] = 0.0, 0.0, 0.0
    sums["first"], sums["offsets"], sums["squares"] = 0.0, 0.0, 0.0
    scratch.held[0], scratch.current[0] = 0.0, 0


@lean_kernel
def _count_fills(books: Books, scratch: Scratch, begun: int) -> int:
    """Count the round trips that the fills so far make; 1 if one of them is still open, else 0."""
    trips = scratch.trips
    count = pair_fills(
        books.fills, books.account[0]["fills"], trips, begun, scratch.held, scratch.current
    )
    count_trips(trips, count, scratch.tally)
    scratch.tally[0]["trades"] += count - begun
    if count == 0 or not trips[count - 1]["is_open"]:
        return 0
    trips[0] = trips[count - 1]
    scratch.current[0] = 0
    return 1


@lean_kernel
def _score(
    books: Books, bars: Bars, plan: Plan, rules: Rules, scratch: Scratch, target: F64
) -> float:
    """One run and its figure."""
    _start_anew(books, plan, scratch)
    counts, begun, done = needs_trips(rules[0]["goal"]), 0, False
    while not done:
        done = follow(books, bars, plan, target, scratch.equity, scratch.position)
        if counts:
            begun = _count_fills(books, scratch, begun)
        books.account[0]["fills"] = 0
    last = scratch.equity[len(target) - 1]
    if not abs(last) < inf:
        return nan
    values = scratch.equity
    if len(scratch.ends) > 0:
        values = scratch.values
        for at in range(len(values)):
            values[at] = scratch.equity[scratch.ends[at]]
    return goal_of(scratch.equity, values, scratch.tally, rules)


@kernel
def _score_all(
    books: Books, bars: Bars, plan: Plan, rules: Rules, scratch: Scratch, targets: F64, out: F64
) -> None:
    for row in range(len(targets)):
        out[row] = _score(books, bars, plan, rules, scratch, targets[row])
