"""Does a strategy decide by what it can know? Two checks that need no reading of its code.

*Look-ahead*: hide the candles after some moment and let the strategy decide again. A decision up to
that moment that changes has used what was hidden. The moments are random ones and those where the
strategy acts, where a look one candle ahead shows.

*Recursion*: let the data begin later. Averages that remember everything, and positions that are
held, then start from somewhere else; the check says after how many candles the decisions are the
same again, which is the warm-up that the strategy wants.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from market.columns import F64, I64
from trading.backtest.setup import Setup
from trading.decisions import Market, Strategy, replay_of

__all__ = ["PREFIXES", "LookAhead", "Recursion", "look_ahead", "recursive_error"]

PREFIXES = 64
STARTS = 8
TOLERANCE = 1e-9
"""Decisions that differ by less, of the larger one or of 1, are equal."""


@dataclass(frozen=True, slots=True)
class LookAhead:
    """The first decision found that changes when the future is hidden.

    ``index`` and ``time_ns``: the candle after whose close it was made; ``known``: how many candles
    there were when it changed.
    """

    index: int
    time_ns: int
    known: int

    @property
    def words(self) -> str:
        """A sentence for a person."""
        moment = str(np.datetime64(self.time_ns, "ns").astype("datetime64[m]")).replace("T", " ")
        return (
            f"Looks ahead: the decision after candle {self.index:,} ({moment} UTC) changes when "
            f"candles from number {self.known:,} on are hidden."
        )


@dataclass(frozen=True, slots=True)
class Recursion:
    """How much decisions depend on where the data begins.

    ``warm_up``: what the strategy counts as such; ``needed``: after how many candles the decisions
    were those of the longer data, whichever of ``starts`` beginnings was tried; ``differing``: the
    share of decisions after ``warm_up`` that were others. ``settles`` is false where some still
    differed in the last tenth of the candles, and ``starts`` 0 where there are too few to tell.
    """

    warm_up: int
    needed: int
    differing: float
    settles: bool
    starts: int

    @property
    def words(self) -> str:
        """A sentence or two for a person."""
        if self.starts == 0:
            return "There are too few candles to tell whether decisions depend on the first one."
        if not self.settles:
            return (
                f"Decisions go on depending on where the data begins: {self.differing:.1%} of them "
                "change with another beginning."
            )
        if self.needed <= self.warm_up:
            warm = f", once {self.warm_up:,} candles have warmed it up" if self.warm_up else ""
            return f"Decisions do not depend on where the data begins{warm}."
        return (
            f"Decisions depend on where the data begins for {self.needed:,} candles; the strategy "
            f"counts {self.warm_up:,} as warm-up. Have {self.needed - self.warm_up:,} more before "
            "the range that counts."
        )


def look_ahead(
    strategy: Strategy,
    values: Mapping[str, float],
    candles: Market,
    prefixes: int = PREFIXES,
    setup: Setup | None = None,
) -> LookAhead | None:
    """The first decision found that needs a later candle, or None.

    ``candles``: of one symbol, or of each that an event strategy trades, with the account of
    ``setup``. Only the newest are looked at where there are very many. Raises what a run of the
    strategy raises.
    """
    replay = replay_of(strategy, values, candles, setup)
    count = len(replay.time_ns)
    if count == 0:
        return None
    whole = replay.decisions(0, count)
    first, known = count, 0
    for prefix in _prefixes(whole, min(replay.least, count), prefixes):
        changed = np.flatnonzero(_differs(replay.decisions(0, int(prefix)), whole[:prefix]))
        if len(changed) and changed[0] < first:
            first, known = int(changed[0]), int(prefix)
    if not known:
        return None
    return LookAhead(first + replay.skipped, int(replay.time_ns[first]), known + replay.skipped)


def recursive_error(
    strategy: Strategy,
    values: Mapping[str, float],
    candles: Market,
    starts: int = STARTS,
    setup: Setup | None = None,
) -> Recursion:
    """How much decisions depend on where the data begins: see :class:`Recursion`."""
    replay = replay_of(strategy, values, candles, setup)
    count, warm_up = len(replay.time_ns), replay.warm_up
    begins = np.unique(np.linspace(0, count // 2, starts + 1, dtype=np.int64)[1:])
    begins = begins[(begins > 0) & (count - begins > 2 * warm_up + 1)]
    if len(begins) == 0:
        return Recursion(warm_up, 0, 0.0, True, 0)
    whole, needed, late, counted, settles = replay.positions(0, count), 0, 0, 0, True
    for begin in begins:
        differs = _differs(replay.positions(int(begin), count), whole[begin:])
        last = int(np.max(np.flatnonzero(differs), initial=-1)) + 1
        needed, late = max(needed, last), late + int(differs[warm_up:].sum())
        counted += len(differs) - warm_up
        settles = settles and last <= 0.9 * len(differs)
    return Recursion(warm_up, needed, late / counted, settles, len(begins))


def _prefixes(decisions: F64, least: int, wanted: int) -> I64:
    """Lengths to try, from ``least`` on, with which the strategy must work: around what it did;
    short ones, where warm-up may have been filled from later candles; the rest spread out.
    """
    count, random = len(decisions), np.random.default_rng(0)
    acts = np.flatnonzero(_differs(decisions[1:], decisions[:-1])) + 1
    chosen = random.choice(acts, min(len(acts), wanted // 4), replace=False)
    short = least - 1 + (1 << np.arange((count - least + 1).bit_length()))
    edges = np.linspace(least - 1, count, max(wanted - 2 * len(chosen) - len(short), 1) + 1)
    spread = random.uniform(edges[:-1], edges[1:]).astype(np.int64) + 1
    lengths = np.concatenate((chosen, chosen + 1, short, spread, [count - 1]))
    return np.unique(lengths[(lengths >= least) & (lengths <= count)])


def _differs(a: F64, b: F64) -> NDArray[np.bool_]:
    """Which rows of two (n, k) arrays are not the same, up to rounding; NaN equals NaN."""
    scale = np.maximum(1.0, np.maximum(np.abs(a), np.abs(b)))
    with np.errstate(invalid="ignore"):
        near = (np.abs(a - b) <= TOLERANCE * scale) | (a == b) | (np.isnan(a) & np.isnan(b))
    rows: NDArray[np.bool_] = ~near.all(axis=1)
    return rows
