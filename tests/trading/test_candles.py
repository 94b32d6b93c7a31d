"""Candles with indicators that are computed once."""

import numpy as np
import pytest

from indicators.errors import BadParameter, BadValues, UnknownIndicator
from indicators.moving import sma
from tests.trading.series import candles
from trading.candles import Candles

pytestmark = pytest.mark.kernel

WINDOW = candles([float(x) for x in (3, 4, 5, 4, 6, 8, 7)])


def test_columns_and_indicators_are_those_of_the_window() -> None:
    data = Candles(WINDOW)
    assert len(data) == 7
    assert data.high is WINDOW.high
    np.testing.assert_array_equal(data.line("sma", period=3), sma(WINDOW.close, 3))
    upper, middle, lower = data.indicator("donchian", period=2)
    assert upper[-1] == 8
    assert lower[-1] == 6
    assert middle[-1] == 7


def test_an_indicator_is_computed_once_and_cannot_be_spoilt() -> None:
    data = Candles(WINDOW)
    first = data.indicator("sma", period=3)
    assert data.indicator("sma", period=3) is first
    assert data.indicator("sma", period=3.0) is first
    assert data.indicator("sma", period=4) is not first
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1.0


def test_without_room_indicators_are_computed_anew() -> None:
    data = Candles(WINDOW, room=8 * 7)
    kept, other = data.indicator("sma", period=3), data.indicator("sma", period=4)
    assert data.indicator("sma", period=3) is kept
    again = data.indicator("sma", period=4)
    assert again is not other
    np.testing.assert_array_equal(again, other)


def test_what_cannot_be_computed_is_named() -> None:
    with pytest.raises(UnknownIndicator):
        Candles(WINDOW).line("magic")
    with pytest.raises(BadParameter):
        Candles(WINDOW).line("sma", period=0)
    with pytest.raises(BadValues):
        Candles(candles([1.0, float("inf"), 2.0])).line("sma", period=1)
