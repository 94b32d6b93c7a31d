"""The records: complete, consistent, and true about their kernels."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indicators.batch import compute
from indicators.errors import BadParameter, IndicatorError, UnknownIndicator
from indicators.registry import INDICATORS, find, table
from indicators.spec import Family, Style
from tests.conftest import ROOT
from tests.indicators.markets import walk

KEYS = (
    "sma ema wma dema tema hma kama regression ichimoku parabolic_sar supertrend adx aroon "
    "rsi stochastic stochastic_rsi macd ppo roc momentum cci williams trix ultimate awesome "
    "bollinger keltner donchian atr natr stdev zscore "
    "vwma session_vwap anchored_vwap obv accumulation chaikin mfi"
)


def test_keys_are_stable_and_unique() -> None:
    assert " ".join(INDICATORS) == KEYS
    assert all(key == indicator.key for key, indicator in INDICATORS.items())
    assert len({indicator.title for indicator in INDICATORS.values()}) == len(INDICATORS)


def test_every_family_is_used() -> None:
    assert {indicator.family for indicator in INDICATORS.values()} == set(Family)


@pytest.mark.parametrize("key", INDICATORS)
def test_records_are_complete(key: str) -> None:
    indicator = find(key)
    assert indicator.title and indicator.source
    assert 0 < len(indicator.description) <= 60
    assert not indicator.description.endswith(".")
    assert len({output.name for output in indicator.outputs}) == len(indicator.outputs) > 0
    for parameter in indicator.parameters:
        assert parameter.check(parameter.default) == parameter.default
        assert parameter.step > 0 and parameter.label
    pane = indicator.pane
    assert (pane.low is None) == (pane.high is None)
    assert not pane.overlay or (pane.low is None and not pane.levels)
    clouds = [output for output in indicator.outputs if output.style in {Style.CLOUD, Style.BAND}]
    assert len(clouds) % 2 == 0


@pytest.mark.kernel
@pytest.mark.parametrize("key", INDICATORS)
@pytest.mark.parametrize("shorter", [0, 3])
def test_warm_up_is_the_place_of_the_first_complete_bar(key: str, shorter: int) -> None:
    indicator = find(key)
    given = {
        p.name: max(p.default - shorter, min(p.low, 2), 2)
        for p in indicator.parameters
        if p.whole and p.name not in {"anchor", "hour"}
    }
    if any(not given[rule.less] < given[rule.more] for rule in indicator.rules):
        given = {}
    rows = compute(indicator, walk(200, 4), given)
    known = ~np.isnan(np.array(list(rows.values())))
    complete = known.any(axis=0) if key == "supertrend" else known.all(axis=0)
    warm_up = indicator.warm_up(*indicator.values(given))
    assert np.flatnonzero(complete)[0] == warm_up
    assert complete[warm_up:].all()


@pytest.mark.kernel
@pytest.mark.parametrize("key", INDICATORS)
def test_values_stay_within_the_fixed_range(key: str) -> None:
    indicator = find(key)
    if indicator.pane.low is None or indicator.pane.high is None:
        return
    for row in compute(indicator, walk(300, 8), {}).values():
        assert np.nanmin(row) >= indicator.pane.low - 1e-9
        assert np.nanmax(row) <= indicator.pane.high + 1e-9


@pytest.mark.parametrize(
    ("key", "given", "sentence"),
    [
        ("sma", {"period": 0}, "period was 0; allowed is a whole number from 1 to 5,000"),
        ("sma", {"period": 2.5}, "period was 2.5; allowed is a whole number from 1 to 5,000"),
        ("sma", {"period": True}, "period was True; allowed is a whole number from 1 to 5,000"),
        ("bollinger", {"width": "2"}, "width was '2'; allowed is a number from 0.1 to 20.0"),
        ("bollinger", {"width": float("nan")}, "width was nan; allowed is a number from 0.1 to"),
        ("sma", {"length": 3}, "sma was given length; it has period"),
        ("obv", {"period": 3}, "obv was given period; it has no parameters"),
        ("macd", {"fast": 26}, "fast was 26 and slow 26; fast must be below slow"),
        ("ultimate", {"middle": 30}, "middle was 30 and slow 28; middle must be below slow"),
    ],
)
def test_bad_parameters_get_a_sentence(key: str, given: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadParameter) as caught:
        find(key).values(given)
    assert str(caught.value).startswith(sentence)
    assert isinstance(caught.value, IndicatorError)


def test_parameters_arrive_as_the_kernel_takes_them() -> None:
    values = find("bollinger").values({"period": np.int64(7), "width": 2})
    assert values == (7, 2.0)
    assert [type(value) for value in values] == [int, float]


def test_unknown_indicator_is_told_what_there_is() -> None:
    with pytest.raises(UnknownIndicator, match=r"indicator was 'smaa'; allowed are .*, sma, "):
        find("smaa")


def test_the_page_of_indicators_is_up_to_date() -> None:
    page = (ROOT / "docs" / "indicators.md").read_text()
    assert table() in page


def test_importing_compiles_nothing() -> None:
    script = (
        "import indicators.registry as r, indicators.parts as p\n"
        "kernels = [i.kernel for i in r.INDICATORS.values()] + [p.follow, p.wilder]\n"
        "assert all(not k.signatures for k in kernels)"
    )
    environment = {"PATH": "", "PYTHONPATH": str(ROOT), "HOME": str(Path.home())}
    done = subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, check=False)
    assert done.returncode == 0
