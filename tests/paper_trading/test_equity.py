"""The line of the equity: once a minute, thinned."""

import numpy as np

from paper_trading.equity import MINUTE_MS, MOST_POINTS, EquityHistory


def points(history: EquityHistory, time_ms: int, equity: float) -> list[tuple[int, float]]:
    """The line as pairs."""
    curve = history.curve(time_ms, equity)
    return list(zip(curve.time_ms.tolist(), curve.equity.tolist(), strict=True))


def test_while_nothing_changes_nothing_is_added_and_the_line_stays_level() -> None:
    history = EquityHistory()
    history.add(0, 100.0)
    for minute in range(1, 10):
        history.add(minute * MINUTE_MS, 100.0)
    history.add(10 * MINUTE_MS, 90.0)
    assert points(history, 11 * MINUTE_MS, 95.0) == [
        (0, 100.0), (9 * MINUTE_MS, 100.0), (10 * MINUTE_MS, 90.0), (11 * MINUTE_MS, 95.0),
    ]  # fmt: skip


def test_long_lines_are_thinned_without_losing_a_peak() -> None:
    history, random = EquityHistory(), np.random.default_rng(3)
    values = 100 + np.cumsum(random.normal(size=10_000))
    for minute, value in enumerate(values.tolist()):
        history.add(minute * MINUTE_MS, value)
    curve = history.curve(10_000 * MINUTE_MS, 100.0)
    assert len(curve.equity) <= MOST_POINTS + 1
    assert curve.equity.max() == values.max()
    assert curve.equity.min() == values.min()
