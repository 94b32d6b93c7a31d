"""Flat prices, no volume, short series, period 1, huge and tiny prices: documented values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.batch import compute, run
from indicators.errors import BadValues
from indicators.registry import INDICATORS, find
from tests.indicators.markets import Columns, columns, flat, markets, walk

pytestmark = pytest.mark.kernel

PRICE = 7.3
FLAT: dict[str, tuple[float, ...]] = {
    "sma": (PRICE,), "ema": (PRICE,), "wma": (PRICE,), "dema": (PRICE,), "tema": (PRICE,),
    "hma": (PRICE,), "kama": (PRICE,), "vwma": (PRICE,), "session_vwap": (PRICE,),
    "anchored_vwap": (PRICE,), "regression": (PRICE,) * 3, "ichimoku": (PRICE,) * 5,
    "bollinger": (PRICE,) * 3, "keltner": (PRICE,) * 3, "donchian": (PRICE,) * 3,
    "adx": (0.0,) * 3, "aroon": (100.0, 100.0),
    "rsi": (50.0,), "stochastic": (50.0, 50.0), "stochastic_rsi": (50.0, 50.0),
    "williams": (-50.0,), "mfi": (50.0,),
    "macd": (0.0,) * 3, "ppo": (0.0,) * 3, "roc": (0.0,), "momentum": (0.0,), "cci": (0.0,),
    "trix": (0.0,), "ultimate": (0.0,), "awesome": (0.0,), "atr": (0.0,), "natr": (0.0,),
    "stdev": (0.0,), "zscore": (0.0,), "obv": (5.0,), "accumulation": (0.0,), "chaikin": (0.0,),
}  # fmt: skip


@pytest.mark.parametrize("key", FLAT)
def test_a_flat_market_has_documented_values(key: str) -> None:
    rows = compute(find(key), flat(150, PRICE), {})
    last = [row[-1] for row in rows.values()]
    np.testing.assert_allclose(last, FLAT[key], rtol=1e-13, atol=1e-13)


def test_every_indicator_has_a_flat_value_or_stays_on_one_side() -> None:
    assert set(INDICATORS) - set(FLAT) == {"parabolic_sar", "supertrend"}
    assert compute(find("parabolic_sar"), flat(50), {})["sar"][-1] == PRICE
    rows = compute(find("supertrend"), flat(50), {})
    assert rows["up"][-1] == PRICE
    assert np.isnan(rows["down"]).all()


@pytest.mark.parametrize("key", INDICATORS)
def test_no_volume_divides_nothing_by_zero(key: str) -> None:
    market = walk(200, 6)
    market["volume"] = np.zeros(200)
    indicator = find(key)
    rows = np.array(list(compute(indicator, market, {}).values()))
    complete = np.isfinite(rows[:, indicator.warm_up(*indicator.values({})) :])
    assert complete.all() or key == "supertrend"


def test_no_volume_means_the_close_or_the_typical_price() -> None:
    market = walk(60, 6)
    market["volume"] = np.zeros(60)
    np.testing.assert_array_equal(
        compute(find("vwma"), market, {})["vwma"][19:], market["close"][19:]
    )
    typical = (market["high"] + market["low"] + market["close"]) / 3
    np.testing.assert_array_equal(compute(find("session_vwap"), market, {})["vwap"], typical)
    assert (compute(find("mfi"), market, {})["mfi"][14:] == 50.0).all()
    assert (compute(find("chaikin"), market, {})["chaikin"][19:] == 0.0).all()


@pytest.mark.parametrize("key", INDICATORS)
@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_short_series_are_all_warm_up_or_known(key: str, length: int) -> None:
    indicator = find(key)
    rows = np.array(list(compute(indicator, walk(length, 1), {}).values()))
    assert rows.shape == (len(indicator.outputs), length)
    if indicator.warm_up(*indicator.values({})) >= length:
        assert np.isnan(rows).any(axis=0).all()


@pytest.mark.parametrize("key", INDICATORS)
def test_shortest_lengths_are_finite(key: str) -> None:
    indicator = find(key)
    given = {p.name: p.low for p in indicator.parameters}
    for at, rule in enumerate(indicator.rules):
        given[rule.more] = given[rule.less] + at + 1
    rows = np.array(list(compute(indicator, walk(40, 1), given).values()))
    complete = np.isfinite(rows[:, indicator.warm_up(*indicator.values(given)) :])
    assert complete.all() or key == "supertrend"


@pytest.mark.parametrize("key", INDICATORS)
@pytest.mark.parametrize("scale", [1e-9, 1e12])
def test_tiny_and_huge_prices_are_only_scaled(key: str, scale: float) -> None:
    """Values in price units scale with the price; the others do not change at all."""
    indicator = find(key)
    base, scaled = walk(200, 9, 1.0), walk(200, 9, 1.0)
    for name in ("open", "high", "low", "close"):
        scaled[name] = np.asarray(base[name], np.float64) * scale
    given = {"period": 20} if key == "regression" else {}
    in_price = indicator.pane.overlay or key in {"momentum", "awesome", "macd", "atr", "stdev"}
    factor = scale if in_price else 1.0
    for name, row in compute(indicator, base, given).items():
        other = compute(indicator, scaled, given)[name] / factor
        np.testing.assert_allclose(
            other, row, rtol=1e-6, atol=1e-9 * np.nanmax(np.abs(row), initial=0)
        )


@pytest.mark.parametrize("key", INDICATORS)
@settings(max_examples=15)
@given(market=markets(40), data=st.data())
def test_later_bars_never_change_earlier_values(
    key: str, market: Columns, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(market["close"])))
    head = {name: column[:cut] for name, column in market.items()}
    whole = compute(find(key), market, {})
    for name, row in compute(find(key), head, {}).items():
        np.testing.assert_array_equal(row, whole[name][:cut])


@pytest.mark.parametrize("key", INDICATORS)
@settings(max_examples=15)
@given(market=markets(60))
def test_whatever_the_bars_values_are_finite(key: str, market: Columns) -> None:
    for row in compute(find(key), market, {}).values():
        assert not np.isinf(row).any()


@pytest.mark.parametrize("key", INDICATORS)
def test_leading_nan_only_delays(key: str) -> None:
    """As if the series began later. The time column knows no NaN."""
    market = walk(120, 3)
    indicator = find(key)
    late = {name: np.concatenate([np.full(7, np.nan), column]) for name, column in market.items()
            if name != "time_ns"}  # fmt: skip
    late["time_ns"] = np.concatenate(
        [market["time_ns"][:7] - 7 * 3_600_000_000_000, market["time_ns"]]
    )
    for name, row in compute(indicator, market, {}).items():
        padded = compute(indicator, late, {})[name]
        assert np.isnan(padded[:7]).all()
        np.testing.assert_array_equal(padded[7:], row)


def test_read_only_input_is_welcome_and_untouched() -> None:
    close = walk(50, 1)["close"]
    close.flags.writeable = False
    assert np.isfinite(run(find("sma"), (close,), period=5)[0, 4:]).all()


@pytest.mark.parametrize(
    "kind", ["list", "whole numbers", "other bytes", "scattered", "odd address"]
)
def test_columns_of_any_kind_are_read(kind: str) -> None:
    market = {name: np.rint(column) for name, column in walk(400, 8).items()}
    bytes_ = np.frombuffer(b"?" + market["close"].tobytes(), np.uint8)[1:]
    close = {
        "list": market["close"].tolist(),
        "whole numbers": market["close"].astype(np.int32),
        "other bytes": market["close"].astype(">f8"),
        "scattered": np.repeat(market["close"], 2)[::2],
        "odd address": bytes_.view(np.float64),
    }[kind]
    for key in ("momentum", "accumulation", "atr"):
        found = compute(find(key), market | {"close": close}, {})[key]
        np.testing.assert_array_equal(found, compute(find(key), market, {})[key])


def test_columns_differ_in_length_or_are_tables() -> None:
    market = walk(40, 8)
    short = market | {"high": market["high"][:-1]}
    with pytest.raises(BadValues, match="lengths were high 39, low 40, close 40; allowed are"):
        compute(find("atr"), short, {})
    tables = {name: column.reshape(-1, 1) for name, column in market.items()}
    with pytest.raises(BadValues, match=r"high had shape \(40, 1\); allowed is \(n,\)"):
        compute(find("atr"), tables, {})


def test_bad_input_gets_a_sentence() -> None:
    market = columns([1, 2], [2, 3], [1, 1], [1, np.inf], [1, 1])
    with pytest.raises(BadValues, match="close 1 was inf; after warm-up only finite numbers are"):
        compute(find("sma"), market, {})
    with pytest.raises(BadValues, match="atr needs high, low, close; high, low was not given"):
        compute(find("atr"), {"close": [1.0]}, {})
    with pytest.raises(
        BadValues, match="lengths were close 2, volume 1; allowed are series of one"
    ):
        run(find("obv"), ([1.0, 2.0], [1.0]))
    with pytest.raises(BadValues, match=r"volume had shape \(1, 2\); allowed is \(n,\)"):
        run(find("obv"), ([1.0, 2.0], [[1.0, 2.0]]))
