"""What candles are refused, and in which words."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import DAY, MINUTE
from tests.trading.series import candles
from trading.backtest import backtest
from trading.backtest.candle_checks import Steps, check_candles, steps_of
from trading.errors import BacktestError
from trading.strategy import Signal, SignalStrategy

pytestmark = pytest.mark.kernel

GOOD = candles([100.0, 101.0, 102.0, 103.0])


def spoilt(column: str, at: int, value: float) -> CandleWindow:
    """Good candles with one bad value."""
    values = getattr(GOOD, column).copy()
    values[at] = value
    return replace(GOOD, **{column: values})


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (candles([]), "There are no candles; a backtest needs 2 or more."),
        (candles([1.0]), "There is 1 candle; a backtest needs 2 or more."),
        (
            replace(GOOD, close=GOOD.close[:3]),
            "differ in length: time_ns 4, open 4, high 4, low 4, close 3, volume 4.",
        ),
        (
            spoilt("time_ns", 2, MINUTE),
            "Candle 2 is there twice: it starts at 1970-01-01T00:01:00.000000000 UTC like candle 1",
        ),
        (
            spoilt("time_ns", 1, -MINUTE),
            "Candle 1 starts at 1969-12-31T23:59:00.000000000 UTC, before candle 0 at 1970-01-01T",
        ),
        (spoilt("open", 3, np.nan), "Candle 3 has the open price nan; allowed is 1e-12 to 1e"),
        (spoilt("high", 0, np.inf), "Candle 0 has the high price inf"),
        (spoilt("low", 1, -1.0), r"Candle 1 has the low price -1\.0"),
        (spoilt("close", 3, 0.0), r"Candle 3 has the close price 0\.0"),
        (spoilt("high", 2, 100.5), r"Candle 2 has the high 100\.5 below its low 101\.0"),
        (spoilt("open", 2, 103.0), r"Candle 2 has the open price 103\.0, outside its low 101\.0"),
        (spoilt("close", 2, 100.0), r"Candle 2 has the close price 100\.0, outside its low 101"),
        (spoilt("volume", 1, -2.0), r"Candle 1 has the volume -2\.0; allowed is 0 or above"),
        (spoilt("volume", 1, np.nan), "Candle 1 has the volume nan"),
    ],
)
def test_what_is_wrong_is_told_with_the_candle_and_the_value(
    window: CandleWindow, words: str
) -> None:
    with pytest.raises(BacktestError, match=words):
        check_candles(window)


def test_good_candles_pass() -> None:
    check_candles(GOOD)


def test_a_strategy_never_sees_bad_candles() -> None:
    seen = []

    def decide(given: object, values: object) -> Signal:
        seen.append(given)
        return Signal(np.zeros(4))

    strategy = SignalStrategy("seer", "Seer", "Sees.", "None.", (), (), decide)
    with pytest.raises(BacktestError):
        backtest(spoilt("close", 3, np.nan), strategy)
    assert not seen
    assert backtest(GOOD, strategy).equity.tolist() == [10_000.0] * 4


@given(st.lists(st.sampled_from([1, 1, 1, 2, 5, 30]), min_size=1, max_size=60))
def test_steps_equal_numpy(steps: list[int]) -> None:
    time_ns = np.concatenate(([0], np.cumsum(steps))) * DAY
    median = int(np.median(steps) * DAY)
    gaps = sum(step * DAY > median for step in steps)
    assert steps_of(time_ns) == Steps(median, gaps, max(steps) * DAY)
