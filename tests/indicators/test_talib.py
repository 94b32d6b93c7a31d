"""Every indicator that TA-Lib has, against TA-Lib; the records' ``note`` lists the differences."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import talib
from numpy.typing import NDArray

from indicators.batch import compute
from indicators.registry import INDICATORS, find
from tests.indicators.markets import RECORDED, Columns, recorded, walk

pytestmark = pytest.mark.kernel

F64 = NDArray[np.float64]
Peer = Callable[..., Any]
ta: Any = talib  # its stubs miss what it exports
SIMPLE = ta.MA_Type.SMA
HLC = ("high", "low", "close")
HLCV = (*HLC, "volume")
HL = ("high", "low")

CASES: list[tuple[str, dict[str, float], tuple[str, ...], Peer, tuple[str, ...]]] = [
    ("sma", {"period": 20}, ("close",), lambda c: ta.SMA(c, 20), ("sma",)),
    ("sma", {"period": 2}, ("close",), lambda c: ta.SMA(c, 2), ("sma",)),
    ("ema", {"period": 21}, ("close",), lambda c: ta.EMA(c, 21), ("ema",)),
    ("wma", {"period": 15}, ("close",), lambda c: ta.WMA(c, 15), ("wma",)),
    ("dema", {"period": 9}, ("close",), lambda c: ta.DEMA(c, 9), ("dema",)),
    ("tema", {"period": 9}, ("close",), lambda c: ta.TEMA(c, 9), ("tema",)),
    ("hma", {"period": 20}, ("close",), lambda c: ta.HMA(c, 20), ("hma",)),
    ("hma", {"period": 17}, ("close",), lambda c: ta.HMA(c, 17), ("hma",)),
    ("kama", {"period": 10}, ("close",), lambda c: ta.KAMA(c, 10), ("kama",)),
    ("vwma", {"period": 20}, ("close", "volume"), lambda c, v: ta.VWMA(c, v, 20), ("vwma",)),
    ("trix", {"period": 15}, ("close",), lambda c: ta.TRIX(c, 15), ("trix",)),
    ("macd", {}, ("close",), lambda c: ta.MACD(c, 12, 26, 9), ("macd", "signal", "histogram")),
    ("macd", {"fast": 3, "slow": 5, "signal": 1}, ("close",), lambda c: ta.MACD(c, 3, 5, 1),
     ("macd", "signal", "histogram")),
    ("ppo", {}, ("close",), lambda c: ta.PPO(c, 12, 26, 1), ("ppo",)),
    ("rsi", {}, ("close",), lambda c: ta.RSI(c, 14), ("rsi",)),
    ("rsi", {"period": 2}, ("close",), lambda c: ta.RSI(c, 2), ("rsi",)),
    ("stochastic", {}, HLC, lambda h, w, c: ta.STOCH(h, w, c, 14, 3, SIMPLE, 3, SIMPLE),
     ("k", "d")),
    ("stochastic_rsi", {"smooth": 1}, ("close",), lambda c: ta.STOCHRSI(c, 14, 14, 3, SIMPLE),
     ("k", "d")),
    ("williams", {}, HLC, lambda h, w, c: ta.WILLR(h, w, c, 14), ("williams",)),
    ("momentum", {}, ("close",), lambda c: ta.MOM(c, 10), ("momentum",)),
    ("roc", {}, ("close",), lambda c: ta.ROC(c, 10), ("roc",)),
    ("cci", {}, HLC, lambda h, w, c: ta.CCI(h, w, c, 20), ("cci",)),
    ("cci", {"period": 7}, HLC, lambda h, w, c: ta.CCI(h, w, c, 7), ("cci",)),
    ("ultimate", {}, HLC, lambda h, w, c: ta.ULTOSC(h, w, c, 7, 14, 28), ("ultimate",)),
    ("awesome", {}, HL, lambda h, w: ta.AO(h, w, 5, 34), ("awesome",)),
    ("mfi", {}, HLCV, lambda h, w, c, v: ta.MFI(h, w, c, v, 14), ("mfi",)),
    ("adx", {}, HLC, lambda h, w, c: (ta.ADX(h, w, c, 14), ta.PLUS_DI(h, w, c, 14),
                                      ta.MINUS_DI(h, w, c, 14)), ("adx", "plus", "minus")),
    ("aroon", {}, HL, lambda h, w: ta.AROON(h, w, 25)[::-1], ("up", "down")),
    ("atr", {}, HLC, lambda h, w, c: ta.ATR(h, w, c, 14), ("atr",)),
    ("natr", {}, HLC, lambda h, w, c: ta.NATR(h, w, c, 14), ("natr",)),
    ("stdev", {}, ("close",), lambda c: ta.STDDEV(c, 20, 1), ("stdev",)),
    ("bollinger", {}, ("close",), lambda c: ta.BBANDS(c, 20, 2, 2),
     ("upper", "middle", "lower")),
    ("keltner", {}, HLC, lambda h, w, c: ta.KC(h, w, c, 20, 10, 2),
     ("upper", "middle", "lower")),
    ("donchian", {}, HL, lambda h, w: ta.DONCHIAN(h, w, 20), ("upper", "middle", "lower")),
    ("regression", {}, ("close",), lambda c: ta.LINEARREG(c, 100), ("middle",)),
    ("parabolic_sar", {}, HL, lambda h, w: ta.SAR(h, w, 0.02, 0.2), ("sar",)),
    ("supertrend", {}, HLC, lambda h, w, c: ta.SUPERTREND(h, w, c, 10, 3)[0], ("stop",)),
    ("obv", {}, ("close", "volume"), ta.OBV, ("obv",)),
    ("accumulation", {}, HLCV, ta.AD, ("accumulation",)),
    ("chaikin", {}, HLCV, lambda h, w, c, v: ta.CMF(h, w, c, v, 20), ("chaikin",)),
    ("anchored_vwap", {}, HLCV, ta.VWAP, ("vwap",)),
]  # fmt: skip
# Written down so that a new TA-Lib function, or a new indicator, has to be looked at.
NOT_IN_TALIB = {"ichimoku", "session_vwap", "zscore"}
# Bars after which two ways of seeding have met; 0 where both are the same from the first value on.
MEETS = {"keltner": 400}
IDS = [f"{key}{'-'.join(str(v) for v in given.values())}" for key, given, *_ in CASES]


def compared(
    market: Columns, case: tuple[str, dict[str, float], tuple[str, ...], Peer, tuple[str, ...]]
) -> None:
    """Equal to 1e-9 wherever both have a value, and ours never starts later."""
    key, given, inputs, peer, names = case
    ours = compute(find(key), market, given)
    if key == "supertrend":
        ours["stop"] = np.where(np.isnan(ours["up"]), ours["down"], ours["up"])
    theirs = peer(*[market[name] for name in inputs])
    for name, expected in zip(
        names, theirs if isinstance(theirs, list | tuple) else [theirs], strict=True
    ):
        both = ~np.isnan(expected)
        assert not np.isnan(ours[name][both]).any()
        both[: MEETS.get(key, 0)] = False
        assert both.sum() > 300
        # Differences of prices, and shares of them, end near zero: what counts there is the scale.
        scale = 1e-9 * np.abs(expected[both]).max()
        np.testing.assert_allclose(
            ours[name][both], expected[both], rtol=1e-9, atol=scale, err_msg=name
        )


@pytest.mark.parametrize("case", CASES, ids=IDS)
@pytest.mark.parametrize("scale", [1e-5, 100.0, 1e9])
def test_walks_equal_talib(case: Any, scale: float) -> None:
    compared(walk(800, 11, scale), case)


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_markets_equal_talib(name: str, shared_data: Path) -> None:
    market = recorded(shared_data / "ohlcv", name, 1500)
    for case in CASES:
        compared(market, case)


def test_every_indicator_has_a_case_or_is_known_to_be_missing() -> None:
    assert {case[0] for case in CASES} | NOT_IN_TALIB == set(INDICATORS)
    names = set(ta.get_functions())
    assert {"ICHIMOKU", "ZSCORE", "AVWAP"}.isdisjoint(names)


def test_late_seeds_meet() -> None:
    """What the docstrings call a deliberate difference is one, and fades."""
    market = walk(800, 3)
    ours = compute(find("keltner"), market, {})["upper"]
    theirs = ta.KC(market["high"], market["low"], market["close"], 20, 10, 2)[0]
    gap = np.abs(ours - theirs)
    assert gap[19] > 1e-3
    assert gap[400:].max() < 1e-9


def test_a_flat_market_is_in_the_middle_where_talib_says_zero() -> None:
    prices = np.full(60, 7.3)
    assert ta.RSI(prices, 14)[-1] == 0.0
    assert compute(find("rsi"), {"close": prices}, {})["rsi"][-1] == 50.0
