"""Planted cheats are found, honest strategies pass, and the needed warm-up is measured."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import F64, CandleWindow
from tests.trading.series import candles
from tests.trading.strategies.test_shipped import KEYS, SHELF, SMALL, market
from trading.candles import Candles
from trading.errors import BadStrategy
from trading.signals import held, sides
from trading.strategy import Parameter, Signal, SignalStrategy, checked
from trading.truth import LookAhead, Recursion, look_ahead, recursive_error

pytestmark = pytest.mark.kernel

SHORT = SHELF["sma_cross"]
CROSS = {"fast": 5.0, "slow": 20.0}


def strategy(target: Callable[[Candles], F64], warm_up: int = 0) -> SignalStrategy:
    def decide(data: Candles, _values: Mapping[str, float]) -> Signal:
        return Signal(target(data), {}, warm_up)

    return SignalStrategy("cheat", "Cheat", "It cheats. It does so often.", "–", (), (), decide)


def next_close(data: Candles) -> F64:
    """shift(−1): tomorrow's close is known today."""
    return sides(np.append(data.close[1:], np.nan), data.close)


def centred_mean(data: Candles) -> F64:
    mean = np.convolve(np.pad(data.close, 2, "edge"), np.ones(5) / 5, "valid")
    return sides(data.close, mean)


def share_of_the_highest(data: Candles) -> F64:
    """Normalised by the maximum of the whole series, the future included."""
    share = data.close / data.close.max()
    return held(share < 0.8, share > 0.9)


def direction_of_the_last(data: Candles) -> F64:
    """Peeks at the last row."""
    return np.full(len(data), np.sign(data.close[-1] - data.close[0]))


def standardised(data: Candles) -> F64:
    """z-score with the mean and deviation of everything."""
    score = (data.close - data.close.mean()) / (data.close.std() or 1.0)
    return held(score < -1, score > 0, score > 1, score < 0)


def filled_backwards(data: Candles) -> F64:
    """Gaps of an average filled from later values."""
    line = data.line("sma", period=30).copy()
    line[:29] = line[29] if len(line) > 29 else 0.0
    return sides(data.close, line)


def the_highest_to_come(data: Candles) -> F64:
    """Sells at the top of the next ten candles, which only the future shows."""
    padded = np.append(data.high, np.full(10, -np.inf))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 11)[: len(data)]
    return held(data.close < 0.97 * windows.max(axis=1), data.high >= windows.max(axis=1))


def by_length(data: Candles) -> F64:
    """Knows how much data there is: leaves before the end."""
    return (np.arange(len(data)) < 0.9 * len(data)).astype(float)


CHEATS = (
    next_close, centred_mean, share_of_the_highest, direction_of_the_last, standardised,
    filled_backwards, the_highest_to_come, by_length,
)  # fmt: skip


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.__name__)
@pytest.mark.parametrize("count", [150, 1500])
def test_a_planted_cheat_is_found(cheat: Callable[[Candles], F64], count: int) -> None:
    window = market(11, count)
    found = look_ahead(strategy(cheat), {}, window)
    assert found is not None
    whole = cheat(Candles(window))
    alone = cheat(Candles(window.part(0, found.known)))
    assert whole[found.index] != alone[found.index]
    assert (whole[: found.index] == alone[: found.index]).all()
    assert found.time_ns == window.time_ns[found.index]


def test_a_cheat_that_rarely_acts_is_found_where_it_acts() -> None:
    closes = np.full(10_000, 100.0)
    closes[7_321:] = 105.0

    def knows(data: Candles) -> F64:
        later = np.append(data.close[1:], data.close[-1])
        return (later > 104).astype(float)

    found = look_ahead(strategy(knows), {}, candles(closes.tolist()))
    assert found == LookAhead(7_320, 7_320 * 60_000_000_000, 7_321)
    assert found.words == (
        "Looks ahead: the decision after candle 7,320 (1970-01-06 02:00 UTC) changes when candles "
        "from number 7,321 on are hidden."
    )


def test_the_first_decision_is_named_of_all_that_were_found() -> None:
    found = look_ahead(strategy(next_close), {}, market(11, 1500))
    assert found is not None
    assert found.index < 10


def test_what_was_filled_from_behind_is_found_in_long_data() -> None:
    found = look_ahead(strategy(filled_backwards), {}, market(11, 4_000))
    assert found is not None
    assert found.index < 29


def test_of_very_many_candles_the_newest_are_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trading.decisions.MOST_SIGNALS", 100)
    window, asked = market(11, 1500), []

    def counting(data: Candles) -> F64:
        asked.append(len(data))
        return next_close(data)

    found = look_ahead(strategy(counting), {}, window)
    assert found is not None
    assert max(asked) == 100
    assert found.index >= 1400
    assert found.known > found.index
    assert found.time_ns == window.time_ns[found.index]


def test_prefixes_within_the_warm_up_are_not_asked_for() -> None:
    def picky(data: Candles) -> F64:
        assert len(data) > 50
        return (np.arange(len(data)) >= 50).astype(float)

    assert look_ahead(strategy(picky, 50), {}, market(1)) is None


@pytest.mark.parametrize("key", KEYS)
def test_no_shipped_strategy_looks_ahead(key: str) -> None:
    window = market(9, 1200)
    assert look_ahead(SHELF[key], checked(SHELF[key], {}), window) is None
    assert look_ahead(SHELF[key], checked(SHELF[key], SMALL[key]), window) is None


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 40))
def test_short_data_is_no_error(seed: int, count: int) -> None:
    window = market(seed, 60).part(0, count)
    assert look_ahead(SHORT, CROSS, window) is None
    assert recursive_error(SHORT, CROSS, window).warm_up == 19


def test_what_the_strategy_raises_passes_through() -> None:
    with pytest.raises(BadStrategy, match="shape"):
        look_ahead(strategy(lambda _: np.zeros(3)), {}, market(1))


def test_a_window_of_fixed_length_needs_what_it_counts() -> None:
    found = recursive_error(SHORT, CROSS, market(3, 800))
    assert (found.settles, found.starts, found.warm_up, found.differing) == (True, 8, 19, 0.0)
    assert found.needed <= 19
    assert found.words == (
        "Decisions do not depend on where the data begins, once 19 candles have warmed it up."
    )


def drawn_out(data: Candles) -> F64:
    """An average that forgets slowly."""
    return sides(data.close, data.line("ema", period=100))


def test_an_average_that_remembers_asks_for_more_warm_up() -> None:
    window = market(3, 2000)
    found = recursive_error(strategy(drawn_out, 99), {}, window)
    assert found.settles
    assert found.needed > 99
    assert found.differing > 0
    whole, worst = drawn_out(Candles(window)), 0
    for begin in range(125, 1001, 125):
        other = drawn_out(Candles(window.part(begin, 2000)))
        worst = max(worst, int(np.max(np.flatnonzero(other != whole[begin:]))) + 1)
    assert found.needed == worst
    assert f"Have {worst - 99} more" in found.words


def test_a_sum_from_the_first_candle_never_settles() -> None:
    """The way since the first close, not the price, decides."""
    closes = (100 + 10 * np.sin(np.arange(2000) / 20)).tolist()
    found = recursive_error(
        strategy(lambda data: sides(data.close, np.full(len(data), data.close[0]))),
        {},
        candles(closes),
    )
    assert not found.settles
    assert "go on depending on where the data begins" in found.words


def test_too_few_candles_are_said_to_be_too_few() -> None:
    found = recursive_error(SHORT, CROSS, market(3, 30))
    assert found == Recursion(19, 0, 0.0, True, 0)
    assert "too few candles" in found.words


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_strategy_settles(key: str) -> None:
    found = recursive_error(SHELF[key], checked(SHELF[key], SMALL[key]), market(2, 1500))
    assert found.settles
    assert found.differing < 0.1


def test_continuous_targets_may_differ_by_rounding() -> None:
    steps = Parameter("scale", "Scale", 1.0, 0.0, 1.0, 0.1)

    def decide(data: Candles, _values: Mapping[str, float]) -> Signal:
        share = np.cumsum(np.ones(len(data)) / 3) % 1 * (1 + 1e-13 * len(data))
        return Signal(np.clip(share, -1, 1))

    record = SignalStrategy("share", "Share", "It scales. It waits.", "–", (steps,), (), decide)
    window: CandleWindow = market(1)
    assert look_ahead(record, {"scale": 1.0}, window) is None
