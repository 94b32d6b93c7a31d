"""The record of a strategy, its parameters, and what is asked of its decisions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tests.trading.series import candles
from trading.candles import Candles
from trading.errors import BadParameters, BadStrategy
from trading.strategy import Parameter, Rule, Signal, SignalStrategy, checked, decided

pytestmark = pytest.mark.kernel

FAST = Parameter("fast", "Fast length", 20, 2, 200, 1, "candles")
SLOW = Parameter("slow", "Slow length", 50, 3, 500, 1, "candles")
WIDTH = Parameter("width", "Width", 2.0, 0.5, 5.0, 0.1)
WINDOW = candles([1.0, 2.0, 3.0])


def flat(data: Candles, _values: Mapping[str, float]) -> Signal:
    return Signal(np.zeros(len(data)))


def strategy(**changed: Any) -> SignalStrategy:
    fields: dict[str, Any] = {
        "key": "some_rule", "name": "Some rule", "description": "Does something. Acts at noon.",
        "source": "A book", "parameters": (FAST, SLOW, WIDTH), "rules": (Rule("fast", "slow"),),
        "decide": flat,
    }  # fmt: skip
    return SignalStrategy(**(fields | changed))


def deciding(result: object) -> SignalStrategy:
    return strategy(decide=lambda _candles, _values: result)


def test_defaults_are_filled_in_and_whole_numbers_stay_whole() -> None:
    values = checked(strategy(), {"slow": 60.0, "width": 3})
    assert values == {"fast": 20, "slow": 60, "width": 3.0}
    assert [type(value) for value in values.values()] == [int, int, float]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"fast": 1}, "Fast length was 1; allowed is a whole number from 2 to 200 candles."),
        ({"fast": 2.5}, "Fast length was 2.5; allowed is a whole number"),
        ({"fast": True}, "Fast length was True; allowed is a whole number"),
        ({"fast": "20"}, "Fast length was '20'; allowed is a whole number"),
        ({"fast": 10**400}, "; allowed is a whole number from 2 to 200 candles."),
        ({"width": float("nan")}, "Width was nan; allowed is a number from 0.5 to 5.0."),
        ({"width": float("inf")}, "Width was inf; allowed is a number"),
        ({"fast": 60}, "Fast length was 60 and Slow length 50; Fast length must be below"),
        ({"speed": 1}, "Some rule has no parameter 'speed'; it has fast, slow, width."),
    ],
)
def test_a_wrong_value_is_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(BadParameters) as caught:
        checked(strategy(), given)
    assert words in str(caught.value)
    assert str(caught.value).count("allowed is") + str(caught.value).count("must be") <= 1


def test_every_wrong_value_has_its_sentence() -> None:
    with pytest.raises(BadParameters) as caught:
        checked(strategy(), {"fast": 0, "slow": 1000, "width": None, "colour": 1})
    sentences = str(caught.value)
    for word in ("Fast length was 0", "Slow length was 1000", "Width was None", "'colour'"):
        assert word in sentences
    assert "must be below" not in sentences


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"key": "Some Rule"}, "key was 'Some Rule'"),
        ({"name": " "}, "name was ' '"),
        ({"source": None}, "source was None"),
        ({"decide": 3}, "decide was 3; allowed is a function"),
        ({"parameters": (FAST, 3)}, "3 is no Parameter"),
        ({"rules": ("fast",)}, "'fast' is no Rule"),
        ({"parameters": (FAST, FAST)}, "every name is allowed once"),
        ({"rules": (Rule("fast", "far"),)}, "A rule names fast and far"),
        ({"rules": (Rule("slow", "fast"),)}, "The defaults are not allowed: Slow length was 50"),
        ({"parameters": (Parameter("a b", "A", 1, 0, 2, 1),), "rules": ()}, "name was 'a b'"),
        ({"parameters": (Parameter("a", "A", 1, 0, 2, 0),), "rules": ()}, "a step above 0"),
        ({"parameters": (Parameter("a", "A", 1, 3, 2, 1),), "rules": ()}, "from 3 to 2"),
        ({"parameters": (Parameter("a", "A", 5, 0, 2, 1),), "rules": ()}, "A was 5"),
        (
            {"parameters": (Parameter("a", "A", float("nan"), 0, 2, 1),), "rules": ()},
            "allowed are numbers",
        ),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(BadStrategy) as caught:
        strategy(**changed)
    assert words in str(caught.value)


def test_a_decision_is_passed_on_as_read_only_numbers() -> None:
    signal = decided(
        deciding(Signal(np.array([0, 1, -1], np.int8), {"line": [1, 2, 3]}, 1)),  # type: ignore[dict-item]
        Candles(WINDOW),
        {},
    )
    assert signal.target.dtype == np.float64
    assert signal.target.tolist() == [0, 1, -1]
    assert signal.curves["line"].tolist() == [1, 2, 3]
    assert signal.warm_up == 1
    with pytest.raises(ValueError, match="read-only"):
        signal.target[0] = 1


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "decide returned a NoneType; allowed is a Signal"),
        (Signal(np.zeros(2)), "target had the shape (2,); allowed is one number per candle, (3,)"),
        (Signal(np.zeros((3, 1))), "target had the shape (3, 1)"),
        (Signal("up"), "target was 'up'"),  # type: ignore[arg-type]
        (Signal(np.array([0, np.nan, 0])), "The target after candle 1 was nan"),
        (Signal(np.array([0, 0, 1.01])), "The target after candle 2 was 1.01"),
        (Signal(np.array([0, -np.inf, 1])), "The target after candle 1 was -inf"),
        (Signal(np.array([0, -1.0, 0]), {}, 2), "The target after candle 1 was -1.0; while the 2"),
        (Signal(np.zeros(3), {"line": np.zeros(4)}), "line had the shape (4,)"),
        (Signal(np.zeros(3), {}, 1.5), "warm_up was 1.5"),  # type: ignore[arg-type]
        (Signal(np.zeros(3), {}, 0, {"gauge": np.zeros(1)}), "gauge had the shape (1,)"),
    ],
)
def test_what_is_no_decision_is_refused(result: object, words: str) -> None:
    with pytest.raises(BadStrategy) as caught:
        decided(deciding(result), Candles(WINDOW), {})
    assert words in str(caught.value)


def test_what_decide_raises_passes_through() -> None:
    def failing(_candles: Candles, _values: Mapping[str, float]) -> Signal:
        raise KeyError("depth")

    with pytest.raises(KeyError, match="depth"):
        decided(strategy(decide=failing), Candles(WINDOW), {})
