"""Every strategy that comes with the program: by hand, and what all of them keep to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.columns import CandleWindow
from market.types import HOUR
from tests.conftest import ROOT
from tests.trading.series import candles
from trading.candles import Candles
from trading.errors import BadParameters
from trading.shelf import strategies
from trading.strategy import Signal, SignalStrategy, checked, decided

pytestmark = pytest.mark.kernel

SHELF = {key: each for key, each in strategies().items() if isinstance(each, SignalStrategy)}
KEYS = sorted(SHELF)

# Small enough that 150 candles bring many decisions.
SMALL: dict[str, dict[str, float]] = {
    "sma_cross": {"fast": 2, "slow": 5},
    "ema_cross": {"fast": 2, "slow": 5},
    "macd": {"fast": 3, "slow": 6, "signal": 3},
    "rsi_reversion": {"period": 3},
    "bollinger_breakout": {"period": 5, "width": 1.0},
    "bollinger_reversion": {"period": 5, "width": 1.0},
    "donchian": {"enter": 4, "leave": 2},
    "supertrend": {"period": 3, "width": 1.0},
    "momentum": {"period": 4, "threshold": 0.5},
    "stochastic": {"period": 4, "smooth": 2, "signal": 2, "oversold": 40, "overbought": 60},
    "vwap_reversion": {"period": 3, "distance": 0.5},
    "buy_and_hold": {},
    "regime_router": {"trend_period": 4, "volatility_period": 10, "wild": 1.1},
}
HAND: list[tuple[str, dict[str, float], list[float], list[int], int]] = [
    ("sma_cross", {"fast": 2, "slow": 3}, [1, 2, 3, 4, 3, 1, 1, 5], [0, 0, 1, 1, 1, -1, -1, 1], 2),
    ("ema_cross", {"fast": 2, "slow": 3}, [1, 2, 3, 4, 3, 1, 1, 5], [0, 0, 1, 1, 1, -1, -1, 1], 2),
    # Line .5, .5, .17, −.28, −.26, .50 from candle 2; signal .5, .28, −.09, −.20, .26 from 3.
    ("macd", {"fast": 2, "slow": 3, "signal": 2}, [1, 2, 3, 4, 3, 1, 1, 5],
     [0, 0, 0, 0, -1, -1, -1, 1], 3),
    # RSI 0, 50, 75, 87.5, 43.75 from candle 2.
    ("rsi_reversion", {"period": 2}, [10, 9, 8, 9, 10, 11, 10], [0, 0, 1, 0, -1, -1, 0], 2),
    # Means 10, 11, 12.33, 13, 11.67, 9.67, 9; deviations 0, 1.41, 1.70, .82, 2.05, 1.70, .82.
    ("bollinger_breakout", {"period": 3, "width": 1.0}, [10, 10, 10, 13, 14, 12, 9, 8, 10],
     [0, 0, 0, 1, 1, -1, -1, -1, 1], 2),
    ("bollinger_reversion", {"period": 3, "width": 1.0}, [10, 10, 10, 13, 14, 12, 9, 8, 10],
     [0, 0, 0, -1, -1, 1, 1, 1, -1], 2),
    # Candle 3 closes at 12 over highs of 11; 6 at 9 under lows of 10; 9 at 12 over highs of 11.
    ("donchian", {"enter": 3, "leave": 2}, [10, 11, 10, 12, 13, 11, 9, 8, 10, 12],
     [0, 0, 0, 1, 1, 1, -1, -1, -1, 1], 3),
    # The stop is 11.5 when candle 4 closes at 9, and 9.875 when candle 7 closes at 10.
    ("supertrend", {"period": 2, "width": 1.0}, [10, 11, 12, 13, 9, 8, 9, 10, 13, 14],
     [0, 0, 0, 0, -1, -1, -1, 1, 1, 1], 2),
    # Returns 5, 20, 14, −25, −25 and 0 percent from candle 2.
    ("momentum", {"period": 2, "threshold": 10.0}, [10, 10, 10.5, 12, 12, 9, 9, 9],
     [0, 0, 0, 1, 1, -1, -1, 0], 2),
    # %K 0 0 50 100 100 100 50 0 0 0 50 from candle 2, %D 0 25 75 100 100 75 25 0 0 25 from 3.
    ("stochastic", {"period": 3, "smooth": 1, "signal": 2, "oversold": 49, "overbought": 51},
     [12, 11, 10, 9, 10, 11, 12, 13, 12, 10, 9, 8, 9], [0] * 8 + [-1] * 4 + [1], 3),
    # VWAP 10, 10, 10.22, 10.25, 9.67, 9.06, 8.90, 8.92, 9.30, 9.83, 9.94, true ranges .5, .75,
    # 2.37, 1.19, 2.09, 1.05, 3.02, 2.01, 4.01 from candle 2.
    ("vwap_reversion", {"period": 2, "distance": 1.0}, [10, 10, 11, 10, 6, 6, 9, 9, 14, 15, 9],
     [0, 0, -1, 0, 1, 1, 0, 0, -1, -1, 0], 2),
    ("buy_and_hold", {}, [3, 1, 2], [1, 1, 1], 0),
]  # fmt: skip


def market(seed: int, count: int = 150) -> CandleWindow:
    """Hours with calm and wild stretches, trends and none, wicks and volumes."""
    random = np.random.default_rng(seed)
    wild = np.repeat(random.uniform(0.001, 0.02, count // 10 + 1), 10)[:count]
    drift = np.repeat(random.uniform(-0.01, 0.01, count // 15 + 1), 15)[:count]
    close = 100 * np.exp(np.cumsum(drift + wild * random.normal(size=count)))
    open_ = np.concatenate(([100.0], close[:-1])) * (1 + wild * random.normal(size=count) / 4)
    high = np.maximum(open_, close) * (1 + wild * random.random(count))
    low = np.minimum(open_, close) * (1 - wild * random.random(count))
    return CandleWindow.from_arrays(
        np.arange(count) * HOUR, open_, high, low, close, random.random(count)
    )


def part(window: CandleWindow, first: int, last: int) -> CandleWindow:
    here = slice(first, last)
    return CandleWindow.from_arrays(
        window.time_ns[here], window.open[here], window.high[here], window.low[here],
        window.close[here], window.volume[here],
    )  # fmt: skip


def signal(key: str, window: CandleWindow, values: dict[str, float] | None = None) -> Signal:
    return decided(SHELF[key], Candles(window), checked(SHELF[key], values or {}))


@pytest.mark.parametrize(("key", "values", "closes", "target", "warm_up"), HAND)
def test_by_hand(
    key: str, values: dict[str, float], closes: list[float], target: list[int], warm_up: int
) -> None:
    found = signal(key, candles(closes), values)
    assert found.target.tolist() == target
    assert found.warm_up == warm_up


def test_every_strategy_is_tried() -> None:
    assert {key for key, *_ in HAND} == set(KEYS) - {"regime_router"}
    assert set(SMALL) == set(KEYS)
    assert all(key == strategy.key for key, strategy in SHELF.items())


@pytest.mark.parametrize("key", KEYS)
def test_descriptions_are_two_short_sentences(key: str) -> None:
    text = SHELF[key].description
    assert text.endswith(".")
    assert text.count(". ") == 1, text
    assert len(text) <= 200


def test_the_page_lists_every_strategy() -> None:
    rows = [line for line in (ROOT / "docs" / "strategies.md").read_text().splitlines()
            if line.startswith("| `") and line.count("|") == 5]  # fmt: skip
    listed = []
    for each in strategies().values():
        given = [f"{p.name} {p.default:,} ({p.least:,} – {p.most:,})" for p in each.parameters]
        listed.append(
            f"| `{each.key}` | {each.name}: {each.description} | {'; '.join(given) or '–'} | "
            f"{each.source} |"
        )
    assert rows == listed


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("key", KEYS)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 149))
def test_no_decision_depends_on_a_later_candle(key: str, seed: int, cut: int) -> None:
    window = market(seed)
    whole = signal(key, window, SMALL[key])
    begun = signal(key, part(window, 0, cut), SMALL[key])
    np.testing.assert_array_equal(begun.target, whole.target[:cut])
    for name, curve in begun.curves.items():
        np.testing.assert_array_equal(curve, whole.curves[name][:cut])
    for name, curve in begun.gauges.items():
        np.testing.assert_array_equal(curve, whole.gauges[name][:cut])


@pytest.mark.parametrize("key", KEYS)
def test_it_acts_both_ways_and_not_before_it_is_warm(key: str) -> None:
    found = signal(key, market(7, 400), SMALL[key])
    assert not found.target[: found.warm_up].any()
    expected = {1.0} if key == "buy_and_hold" else {-1.0, 1.0}
    assert expected <= set(found.target[found.warm_up :].tolist())
    for curve in found.curves.values():
        assert np.isfinite(curve[found.warm_up :]).all() or key == "supertrend"


@pytest.mark.parametrize("key", [key for key in KEYS if key != "buy_and_hold"])
@pytest.mark.parametrize("price", [0.1, 1 / 3, 98_765.43])
def test_flat_prices_are_never_traded(key: str, price: float) -> None:
    flat = candles([price] * 600)
    assert not signal(key, flat).target.any()
    assert not signal(key, flat, SMALL[key]).target.any()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_fewer_candles_than_it_needs_are_no_error(key: str, count: int) -> None:
    found = signal(key, part(market(1, 30), 0, count))
    assert len(found.target) == count
    assert not found.target.any() or key == "buy_and_hold"


@pytest.mark.parametrize("key", KEYS)
def test_bounds_are_kept_and_within_them_every_value_works(key: str) -> None:
    strategy, window = SHELF[key], market(3, 60)
    for parameter in strategy.parameters:
        for beyond in (parameter.least - parameter.step, parameter.most + parameter.step):
            with pytest.raises(BadParameters, match=parameter.label):
                checked(strategy, {parameter.name: beyond})
        for edge in (parameter.least, parameter.most):
            ruled = any(parameter.name in (rule.less, rule.more) for rule in strategy.rules)
            if not ruled:
                signal(key, window, {parameter.name: edge})


def test_the_router_follows_its_table() -> None:
    window, values = market(11, 900), SMALL["regime_router"] | {"strong": 45.0, "weak": 35.0}
    found = signal("regime_router", window, values)
    experts = {key: signal(key, window).target
               for key in ("ema_cross", "donchian", "bollinger_reversion")}  # fmt: skip
    trend, cases = False, set()
    for i in range(len(window)):
        adx, volatility = found.gauges["ADX"][i], found.gauges["Volatility"][i]
        trend = (adx > 45 or trend) and not adx < 35
        wild = volatility > values["wild"]
        if i < found.warm_up:
            assert found.target[i] == 0
            continue
        cases.add((trend, wild))
        if trend:
            assert found.target[i] == experts["donchian" if wild else "ema_cross"][i]
        else:
            assert found.target[i] == (0 if wild else experts["bollinger_reversion"][i])
    assert len(cases) == 4


def test_the_routers_volatility_is_the_range_beside_its_mean() -> None:
    window = market(5, 200)
    found = signal("regime_router", window, {"volatility_period": 10}).gauges["Volatility"]
    size = Candles(window).line("natr", period=14)
    for i in (23, 24, 100, 199):
        assert found[i] == pytest.approx(size[i] / size[i - 9 : i + 1].mean(), rel=1e-12)
    assert np.isnan(found[:23]).all()
