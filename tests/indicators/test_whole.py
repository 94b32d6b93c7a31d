"""The batch forms that have loops of their own, far beyond one piece of them."""

import numpy as np
import pytest
from numba import config

from indicators import sweeps
from indicators.batch import compute, fill
from indicators.registry import INDICATORS, find
from tests.indicators.markets import walk

OWN = [key for key, indicator in INDICATORS.items() if indicator.whole is not None]
REMEMBERS = {"accumulation", "atr", "kama", "natr", "stochastic_rsi"}
BARS = 26_011
LATE = 24 if vars(config)["DISABLE_JIT"] else sweeps._LATE
"""Machine code keeps the length of the late part; without it a short one is enough."""
LATE_FIRST = {"accumulation": (), "chaikin": (20,)}
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


@pytest.mark.kernel
@pytest.mark.parametrize("more", [-1, 0, 1, 2, 3, 4, 35, 36, 777])
@pytest.mark.parametrize("key", sorted(LATE_FIRST))
def test_a_late_part_that_comes_first_has_the_bits_of_bar_by_bar(
    key: str, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "_LATE", LATE)
    indicator, values, bars = find(key), LATE_FIRST[key], 2 * LATE + more
    market = walk(bars, 17)
    inputs = [market[name] for name in indicator.inputs]
    rows, found = np.full((2, 1, bars), 5.0)
    indicator.kernel(np.zeros(indicator.cells(*values)), *values, *inputs, rows)
    assert indicator.whole is not None
    assert indicator.whole(*values, *inputs, found) == 0
    np.testing.assert_array_equal(found, rows)


@pytest.mark.parametrize("at", [0, 40, LATE - 1, LATE + 99, 2 * LATE + 98])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "key", ["accumulation", "atr", "chaikin", "momentum", "natr", "obv", "roc"]
)
def test_every_part_of_long_columns_is_looked_at(key: str, bad: float, at: int) -> None:
    indicator, bars = find(key), 2 * LATE + 99
    for name in indicator.inputs:
        market = walk(bars, 18)
        market[name][at] = bad
        inputs = [market[name] for name in indicator.inputs]
        assert not fill(indicator, indicator.defaults, inputs, np.empty((1, bars)))


@pytest.mark.kernel
@pytest.mark.parametrize("bars", [*range(22), 31, 32, 33, 64, 79, 80, 81, 144, 145, 210])
@pytest.mark.parametrize("key", ["accumulation", "atr", "natr"])
def test_strips_of_every_length_have_the_bits_of_bar_by_bar(key: str, bars: int) -> None:
    indicator, market = find(key), walk(bars, 19)
    market["close"][bars // 2 : bars // 2 + 1] = 0.0
    market["high"][bars // 3 : bars // 3 + 1] = market["low"][bars // 3 : bars // 3 + 1]
    market["volume"][bars // 4 : bars // 4 + 1] = 0.0
    inputs = [market[name] for name in indicator.inputs]
    rows, found = np.empty((2, 1, bars))
    state = np.zeros(indicator.cells(*indicator.defaults))
    for i in range(bars):
        now = [column[i : i + 1] for column in inputs]
        indicator.kernel(state, *indicator.defaults, *now, rows[:, i : i + 1])
    assert indicator.whole is not None
    assert indicator.whole(*indicator.defaults, *inputs, found) == 0
    np.testing.assert_array_equal(found, rows)


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
