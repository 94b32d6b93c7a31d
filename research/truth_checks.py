"""What the truth checks say of a run, in words."""

from collections.abc import Mapping

from market.columns import CandleWindow
from research.views import CheckView
from trading.backtest import Setup
from trading.decisions import Strategy
from trading.truth import PREFIXES, look_ahead, recursive_error

__all__ = ["truth_checks", "unchecked"]


def truth_checks(
    strategy: Strategy,
    values: Mapping[str, float],
    candles: Mapping[str, CandleWindow],
    setup: Setup,
) -> tuple[CheckView, ...]:
    """Whether the strategy knew the future, and how long its decisions need to settle."""
    ahead = look_ahead(strategy, values, candles, setup=setup)
    settling = recursive_error(strategy, values, candles, setup=setup)
    passed = f"{PREFIXES} replays with the future hidden gave the same decisions."
    return (
        CheckView("look_ahead", "Look-ahead", ahead is None, ahead.words if ahead else passed),
        CheckView("recursive", "Warm-up", settling.settles, settling.words),
    )


def unchecked(reason: Exception) -> tuple[CheckView, ...]:
    """A check that came to no end: the result stands, but nobody vouches for it."""
    return (CheckView("look_ahead", "Look-ahead", False, f"It could not be checked: {reason}"),)
