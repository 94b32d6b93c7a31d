from collections import Counter

import pytest

from components.backtest_form import (
    CAPITAL,
    FAST,
    FEE,
    RULES,
    SLIPPAGE,
    SLOW,
    backtest_form,
    banner,
    problems,
)
from tests.components.trees import by_id, element_ids, texts

GOOD = {rule.id: rule.start for rule in RULES}


def test_start_values_can_run() -> None:
    assert problems(GOOD) == {}
    assert banner({}) is None


@pytest.mark.parametrize(
    ("rule", "value", "sentence"),
    [
        (FAST, 1, "Must be 2 to 200."),
        (FAST, 80, "Must be below slow (50)."),
        (FAST, 50, "Must be below slow (50)."),
        (FAST, 2.5, "Must be a whole number."),
        (FAST, "", "Needs a number, 2 to 200."),
        (SLOW, None, "Needs a number, 3 to 500."),
        (SLOW, 501, "Must be 3 to 500."),
        (FEE, -0.1, "Must be 0 to 5."),
        (SLIPPAGE, float("nan"), "Must be 0 to 500."),
        (CAPITAL, 0, "Must be 1 or more."),
        (CAPITAL, True, "Needs a number, from 1."),
    ],
)
def test_sentence_says_what_is_allowed(rule: object, value: object, sentence: str) -> None:
    name = rule.id  # type: ignore[attr-defined]
    assert problems(GOOD | {name: value}) == {name: sentence}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.label)
def test_bounds_themselves_can_run(rule: object) -> None:
    low, high = rule.low, rule.high  # type: ignore[attr-defined]
    assert rule.problem(low) is None  # type: ignore[attr-defined]
    assert rule.problem(high if high is not None else 1e12) is None  # type: ignore[attr-defined]


def test_banner_counts() -> None:
    assert texts(banner({"a": "x"})) == "1 value needs a change before it can run"
    assert texts(banner({"a": "x", "b": "y"})) == "2 values need a change before it can run"


def test_form_shows_labels_ranges_and_units() -> None:
    form = backtest_form(["BTC-USD"], "BTC-USD", "1m")
    assert [name for name, count in Counter(element_ids(form)).items() if count > 1] == []
    for rule in RULES:
        assert texts(by_id(form, rule.id)) == f"{rule.label} {rule.range_text} {rule.unit}".strip()
