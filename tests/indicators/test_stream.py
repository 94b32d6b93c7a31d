"""Bar by bar equals the whole array, for every indicator and any bars."""

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.batch import compute
from indicators.errors import BadParameter, BadValues
from indicators.registry import INDICATORS, find
from indicators.spec import Indicator, Parameter, Value
from indicators.stream import Stream
from tests.indicators.markets import Columns, bars, markets, walk

pytestmark = pytest.mark.kernel


def small(parameter: Parameter) -> st.SearchStrategy[Value]:
    """Values within the bounds, short enough to warm up within a few bars."""
    if parameter.name == "anchor":
        return st.integers(1_699_990_000, 1_700_100_000)
    if parameter.whole:
        return st.integers(int(parameter.low), min(int(parameter.high), 12))
    return st.floats(parameter.low, parameter.high)


@st.composite
def settings_of(draw: st.DrawFn, indicator: Indicator) -> dict[str, Value]:
    """Any allowed parameters; those bound by a rule in rising order."""
    chosen = {parameter.name: draw(small(parameter)) for parameter in indicator.parameters}
    for rule in indicator.rules:
        if not chosen[rule.less] < chosen[rule.more]:
            chosen[rule.more] = chosen[rule.less] + draw(st.integers(1, 5))
    return chosen


@pytest.mark.parametrize("key", INDICATORS)
@settings(max_examples=25)
@given(market=markets(), data=st.data())
def test_bar_by_bar_equals_the_whole_array(key: str, market: Columns, data: st.DataObject) -> None:
    indicator = find(key)
    chosen = data.draw(settings_of(indicator))
    whole = np.array(list(compute(indicator, market, chosen).values()))
    stream = Stream(indicator, **chosen)
    previous = None
    for at, bar in enumerate(bars(market)):
        if previous is not None:
            stream.peek(previous)
        np.testing.assert_array_equal(stream.peek(bar), whole[:, at])
        np.testing.assert_array_equal(stream.update(bar), whole[:, at])
        previous = bar
    assert whole.shape == (len(indicator.outputs), len(market["close"]))


@pytest.mark.parametrize("key", INDICATORS)
def test_long_walk_crosses_many_blocks(key: str) -> None:
    """Default lengths, far beyond one turn of every ring."""
    market = walk(400, 5)
    whole = np.array(list(compute(find(key), market, {}).values()))
    stream = Stream(find(key))
    rows = np.array([stream.update(bar) for bar in bars(market)]).T
    np.testing.assert_array_equal(rows, whole)


def test_peeking_at_wild_bars_leaves_no_trace() -> None:
    market = bars(walk(60, 2))
    wild = market[0]._replace(high=1e12, low=1e-9, close=1e12, volume=1e9)
    for key in INDICATORS:
        plain, peeked = Stream(find(key)), Stream(find(key))
        for bar in market:
            peeked.peek(wild)
            np.testing.assert_array_equal(peeked.update(bar), plain.update(bar))


def test_leading_nan_is_warm_up_and_a_later_one_is_refused() -> None:
    bar = bars(walk(1, 1))[0]
    stream = Stream(find("sma"), period=1)
    assert isnan(stream.update(bar._replace(close=nan))[0])
    assert isnan(stream.peek(bar._replace(close=nan))[0])
    assert stream.update(bar) == (bar.close,)
    with pytest.raises(BadValues, match="close of the bar was nan; allowed are finite numbers"):
        stream.update(bar._replace(close=nan))
    with pytest.raises(BadValues, match="close of the bar was inf"):
        stream.peek(bar._replace(close=float("inf")))
    assert stream.update(bar._replace(close=3.0)) == (3.0,)


def test_infinity_is_refused_from_the_first_bar_on() -> None:
    bar = bars(walk(1, 1))[0]._replace(volume=float("inf"))
    with pytest.raises(BadValues, match="volume of the bar was inf"):
        Stream(find("obv")).update(bar)


def test_prices_whose_sum_overflows_are_still_prices() -> None:
    bar = bars(walk(1, 1))[0]._replace(close=1.7e308, volume=1.7e308)
    assert Stream(find("obv")).update(bar) == (1.7e308,)


def test_bad_parameters_are_refused_at_once() -> None:
    with pytest.raises(BadParameter, match="period was 0; allowed is a whole number from 1"):
        Stream(find("rsi"), period=0)
