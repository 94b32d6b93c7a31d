from collections import Counter

import pytest

from components import ids
from components.backtest_facts import (
    FormFacts,
    FormValues,
    ParameterFacts,
    StrategyFacts,
    SweepFacts,
)
from components.backtest_form import NEEDED, OPTIONAL, backtest_form, check_rows
from components.backtest_market import day_ns, day_text, last_day_text, market_choices
from components.backtest_sweep import (
    combination_words,
    combinations,
    range_problem,
    round_number,
    rule_of,
    rule_problems,
    usual_range,
)
from tests.components.trees import by_id, element_ids, texts

FAST = ParameterFacts("fast", "Fast average", 20, 2, 200, 1, "bars", whole=True)
SLOW = ParameterFacts("slow", "Slow average", 50, 3, 500, 1, "bars", whole=True)
WIDTH = ParameterFacts("width", "Width", 2.0, 0.5, 5.0, 0.1, "σ", whole=False)
CROSS = StrategyFacts("cross", "Cross", "Words.", "signal", (FAST, SLOW), (("fast", "slow"),))
DAY_NS = 86_400_000_000_000


def facts(values: FormValues) -> FormFacts:
    """A form over one strategy and two symbols."""
    return FormFacts(
        [CROSS], CROSS, ["BTC-USD", "ETH-USD"], {"ab": "btc.csv"}, ["1m", "1d"],
        [("sharpe", "Sharpe ratio")], values,
    )  # fmt: skip


@pytest.mark.parametrize("rule", (*NEEDED, *OPTIONAL), ids=lambda rule: rule.label)
def test_bounds_themselves_can_run(rule: object) -> None:
    low, high = rule.low, rule.high  # type: ignore[attr-defined]
    assert rule.problem(low) is None  # type: ignore[attr-defined]
    assert rule.problem(high if high is not None else 1e12) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (1, "Must be 2 to 200."),
        (201, "Must be 2 to 200."),
        (2.5, "Must be a whole number."),
        ("", "Needs a number, 2 to 200."),
        (True, "Needs a number, 2 to 200."),
        (float("nan"), "Must be 2 to 200."),
    ],
)
def test_sentence_about_a_parameter_says_what_is_allowed(value: object, sentence: str) -> None:
    assert rule_of(FAST).problem(value) == sentence


def test_form_is_filled_with_its_values() -> None:
    values = FormValues(
        "file:ab", "1d", {"fast": 7}, first="2015-01-01", fee=0.25, stop=4.0, direction="both"
    )
    form = backtest_form(facts(values))
    assert [name for name, count in Counter(element_ids(form)).items() if count > 1] == []
    shown = {
        ids.BACKTEST_SYMBOL: "file:ab", ids.BACKTEST_INTERVAL: "1d", ids.BACKTEST_FEE: 0.25,
        ids.BACKTEST_FROM: "2015-01-01", ids.BACKTEST_STOP: 4.0, ids.BACKTEST_TARGET: "",
        ids.BACKTEST_DIRECTION: "both",
    }  # fmt: skip
    assert {name: by_id(form, name).value for name in shown} == shown
    assert by_id(form, ids.parameter_field("value", "fast")).value == 7
    assert by_id(form, ids.parameter_field("value", "slow")).value == 50
    assert by_id(form, ids.BACKTEST_SWEEP).checked is False


def test_swept_ranges_stand_in_their_fields() -> None:
    sweep = SweepFacts({"fast": (5, 60, 5)}, goal="sharpe", walk_forward=4)
    form = backtest_form(facts(FormValues("BTC-USD", "1m", sweep=sweep)))
    parts = [
        by_id(form, ids.parameter_field(part, "fast")).value for part in ("from", "to", "step")
    ]
    assert parts == [5, 60, 5]
    ticks = [by_id(form, ids.parameter_field("swept", name)).checked for name in ("fast", "slow")]
    assert ticks == [True, False]
    assert by_id(form, ids.BACKTEST_WALK_FORWARD).value == 4


def test_files_are_listed_after_markets() -> None:
    groups = market_choices(["BTC-USD"], {"ab": "btc.csv"})
    assert [group["group"] for group in groups] == ["Markets", "Uploaded files"]
    assert groups[1]["items"] == [{"value": "file:ab", "label": "btc.csv"}]
    assert len(market_choices(["BTC-USD"], {})) == 1


def test_checks_say_that_they_come_with_a_run() -> None:
    assert texts(check_rows(())) == "Look-ahead check With the next run"
    assert texts(check_rows([("Look-ahead", "Passed", "up")])) == "Look-ahead Passed"


@pytest.mark.parametrize(
    ("parameter", "bounds"),
    [(FAST, (10, 40, 5)), (SLOW, (25, 95, 10)), (WIDTH, (1.0, 4.0, 0.5))],
)
def test_usual_range_is_half_to_twice_the_default(
    parameter: ParameterFacts, bounds: tuple[float, float, float]
) -> None:
    assert usual_range(parameter) == pytest.approx(bounds)


def test_round_number_is_not_below() -> None:
    assert [round_number(each) for each in (0.2, 1, 1.5, 3, 5, 7, 11, 60)] == [
        1, 1, 2, 5, 5, 10, 20, 100,
    ]  # fmt: skip


def test_combinations_leave_out_what_the_rules_forbid() -> None:
    ranges = {"fast": (5.0, 60.0, 5.0), "slow": (20.0, 140.0, 15.0)}
    rules = [("fast", "slow")]
    slow = [20 + 15 * each for each in range(9)]
    allowed = sum(5 * each < wide for each in range(1, 13) for wide in slow)
    assert combinations(ranges, {}, rules) == (allowed, 108)
    assert combinations({"fast": (5.0, 60.0, 5.0)}, {"slow": 20}, rules) == (3, 12)
    assert combinations({"a": (0.0, 1e9, 1.0)}, {}, []) == (10**9 + 1, 10**9 + 1)
    assert combination_words(96, 108) == "96 of 108"
    assert combination_words(1225, 1225) == "1,225"


@pytest.mark.parametrize(
    ("bounds", "sentence"),
    [
        ((5, 60, 5), None),
        ((5, 5, 1), None),
        ((60, 5, 5), "From must not be above to."),
        ((1, 60, 5), "Must be 2 to 200."),
        ((5, 60, 0), "Needs a step above 0."),
        ((5, 60, None), "Needs a step above 0."),
        ((5, 60, 2.5), "Needs a whole step."),
    ],
)
def test_sentence_about_a_range(bounds: tuple[object, object, object], sentence: str) -> None:
    assert range_problem(FAST, bounds) == sentence


def test_rules_hold_between_values() -> None:
    assert rule_problems(CROSS, {"fast": 50, "slow": 50}) == {
        "fast": "Must be below slow average (50)."
    }
    assert rule_problems(CROSS, {"fast": 20, "slow": 50}) == {}
    assert rule_problems(CROSS, {"fast": 20}) == {}


def test_days_are_read_and_written() -> None:
    assert day_ns("1970-01-03") == 2 * DAY_NS
    assert day_ns("1970-01-03", last=True) == 3 * DAY_NS
    assert day_ns("1970-01-03 06:00", last=True) == 2 * DAY_NS + DAY_NS // 4
    assert day_ns("  ") is None
    assert (day_text(2 * DAY_NS), day_text(2 * DAY_NS + DAY_NS // 4)) == (
        "1970-01-03", "1970-01-03 06:00",
    )  # fmt: skip
    assert last_day_text(3 * DAY_NS) == "1970-01-03"
    assert (day_text(None), last_day_text(None)) == ("", "")
    with pytest.raises(ValueError, match="Write it as 2022-01-31"):
        day_ns("2012-13-01")
