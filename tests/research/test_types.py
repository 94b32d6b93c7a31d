"""What callers of searches are told."""

from research.child import Limits
from research.errors import StrategyFailed
from research.search import Progress


def test_a_failed_strategy_is_told_with_its_line() -> None:
    assert str(StrategyFailed("ValueError: no", "mine.py", 3)) == "mine.py, line 3: ValueError: no"
    assert str(StrategyFailed("ValueError: no")) == "ValueError: no"


def test_plain_values() -> None:
    assert Limits().seconds == 60
    assert Progress(1, 2, None, {}, None).best is None
