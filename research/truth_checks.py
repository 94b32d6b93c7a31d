"""What the truth checks say of a run, in words."""

from collections.abc import Mapping

from market.columns import CandleWindow
from research.views import CheckView
from storage.candle_store import part_of
from trading.strategy import SignalStrategy
from trading.truth import look_ahead, recursive_error

__all__ = ["truth_checks"]

MOST_CANDLES = 20_000
"""The newest so many are replayed: more take seconds and find nothing else."""


def truth_checks(
    strategy: SignalStrategy, values: Mapping[str, float], candles: CandleWindow
) -> tuple[CheckView, ...]:
    """Whether the strategy knew the future, and how long its decisions need to settle."""
    shown = part_of(candles, slice(max(0, len(candles) - MOST_CANDLES), len(candles)))
    ahead = look_ahead(strategy, values, shown)
    settling = recursive_error(strategy, values, shown)
    passed = "64 replays with the future hidden gave the same decisions."
    return (
        CheckView("look_ahead", "Look-ahead", ahead is None, ahead.words if ahead else passed),
        CheckView("recursive", "Warm-up", settling.settles, settling.words),
    )
