"""The batch forms that have loops of their own, far beyond one piece of them."""

import numpy as np
import pytest

from indicators.batch import compute
from indicators.registry import INDICATORS, find
from tests.indicators.markets import walk

OWN = [key for key, indicator in INDICATORS.items() if indicator.whole is not None]
REMEMBERS = {"accumulation", "kama", "stochastic_rsi"}
BARS = 26_011
LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 20, 31, 100, 777)


@pytest.mark.parametrize("key", OWN)
def test_loops_over_arrays_have_the_bits_of_bar_by_bar(key: str) -> None:
    indicator, market = find(key), walk(BARS, 12)
    values = indicator.values({})
    rows = np.empty((len(indicator.outputs), BARS))
    inputs = [market[name] for name in indicator.inputs]
    indicator.kernel(np.zeros(indicator.cells(*values)), *values, *inputs, rows)
    found = compute(indicator, market, {})
    np.testing.assert_array_equal(list(found.values()), rows)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("key", ["sma", "wma", "stdev", "bollinger", "donchian", "regression"])
def test_every_length_has_the_bits_of_bar_by_bar(key: str, length: int) -> None:
    indicator, market = find(key), walk(2_500, 13)
    values = indicator.values({"period": max(length, int(indicator.parameters[0].low))})
    inputs = [market[name] for name in indicator.inputs]
    rows, found = np.empty((2, len(indicator.outputs), 2_500))
    indicator.kernel(np.zeros(indicator.cells(*values)), *values, *inputs, rows)
    assert indicator.whole is not None
    indicator.whole(*values, *inputs, found)
    np.testing.assert_array_equal(found, rows)


@pytest.mark.parametrize("key", sorted(set(OWN) - REMEMBERS))
def test_windows_do_not_know_where_the_series_began(key: str) -> None:
    """The same bits from a later start: a chart that loads more history does not change."""
    indicator, market = find(key), walk(900, 14)
    later = {name: column[123:] for name, column in market.items()}
    warm = indicator.warm_up(*indicator.values({}))
    for name, row in compute(indicator, later, {}).items():
        np.testing.assert_array_equal(
            row[warm:], compute(indicator, market, {})[name][123 + warm :]
        )


def test_a_later_piece_with_a_bad_value_is_refused() -> None:
    market = walk(BARS, 15)
    market["close"][20_000] = np.nan
    for key in ("sma", "ema", "chaikin", "atr", "obv"):
        with pytest.raises(ValueError, match=r"close 20000 was nan"):
            compute(find(key), market, {})


@pytest.mark.parametrize("bars", [0, 1, 2, 3, 11, 100])
@pytest.mark.parametrize("shift", range(8))
@pytest.mark.parametrize("key", ["momentum", "roc"])
def test_results_are_the_same_at_every_address(key: str, shift: int, bars: int) -> None:
    close, indicator = walk(bars, 16)["close"], find(key)
    assert indicator.whole is not None
    rows, out = np.empty((1, bars)), np.empty(bars + 8)[shift : shift + bars].reshape(1, bars)
    indicator.kernel(np.zeros(indicator.cells(2)), 2, close, rows)
    indicator.whole(2, close, out)
    np.testing.assert_array_equal(out, rows)
