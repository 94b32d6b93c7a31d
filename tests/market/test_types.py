"""Intervals and errors say what they are."""

import pytest

from market.errors import ColumnsBusy, MarketError, UnknownInterval, UnknownSymbol
from market.types import DAY, INTERVALS, SECOND, Interval, base_currency, quote_currency


def test_intervals_rise_and_divide_the_day() -> None:
    lengths = [interval.nanoseconds for interval in INTERVALS]
    assert lengths == sorted(set(lengths))
    assert all(DAY % length == 0 for length in lengths)
    assert [interval.seconds * SECOND for interval in INTERVALS] == lengths


@pytest.mark.parametrize("interval", INTERVALS)
def test_an_interval_is_parsed_from_its_name(interval: Interval) -> None:
    assert Interval.parse(interval.value) is interval


def test_an_unknown_interval_lists_the_allowed_ones() -> None:
    with pytest.raises(UnknownInterval, match=r"interval was '2m'; allowed are 1s, 5s, 15s, 1m"):
        Interval.parse("2m")


def test_currencies() -> None:
    assert (base_currency("ETH-BTC"), quote_currency("ETH-BTC")) == ("ETH", "BTC")
    assert (base_currency("GOLD"), quote_currency("GOLD")) == ("GOLD", "")


def test_every_error_is_a_market_error() -> None:
    for error in (UnknownSymbol("X", []), UnknownInterval("X", ["1s"]), ColumnsBusy(3)):
        assert isinstance(error, MarketError)
    assert str(UnknownSymbol("X", [])) == "symbol was 'X'; available are none yet"
