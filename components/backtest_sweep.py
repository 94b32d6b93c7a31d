"""The parameters of a strategy as rows: a value, and where the sweep is on, from, to and step."""

from collections.abc import Mapping, Sequence
from math import floor, log10, prod

import dash_mantine_components as dmc
import numpy as np
from dash import html
from dash.development.base_component import Component

from components import ids
from components.backtest_facts import (
    FormValues,
    ParameterFacts,
    Range,
    StrategyFacts,
    SweepFacts,
)
from components.formats import plain
from components.forms import NumberRule, choice_field, dense_number_field
from components.icons import icon

TRIALS = NumberRule(ids.BACKTEST_TRIALS, "Trials", "", 100, 2, 10_000, whole=True)
WALK_FORWARD = NumberRule(
    ids.BACKTEST_WALK_FORWARD, "Walk-forward", "windows", 0, 0, 50, whole=True
)
METHODS = {"grid": "Grid", "optuna": "Optuna"}
MOST_COMBINATIONS = 1_000_000
_STEPS = 8  # of a range that nobody has chosen yet


def number_text(value: float) -> str:
    """``20`` or ``0.05``: no more digits than there are."""
    return f"{value:,.10g}"


def strategy_note(strategy: StrategyFacts) -> list[Component | str]:
    """What it does, or in which line its file is wrong."""
    if strategy.error:
        return [html.Span([icon("error", "icon-12"), strategy.error], className="down")]
    return [strategy.description]


def rule_of(parameter: ParameterFacts) -> NumberRule:
    """The bounds of a parameter as a field holds them."""
    return NumberRule(
        ids.parameter_field("value", parameter.name),  # type: ignore[arg-type] # a pattern id
        parameter.label,
        parameter.unit,
        parameter.default,
        parameter.least,
        parameter.most,
        whole=parameter.whole,
        step=parameter.step,
    )


def parameter_rows(strategy: StrategyFacts, form: FormValues) -> list[html.Div]:
    """A head, and a row for each parameter; CSS leaves the ranges out while the sweep is off."""
    names = ("", "value", "from", "to", "step", "")
    classes = ("", "", "only-sweep", "only-sweep", "only-sweep", "only-sweep")
    head = html.Div(
        [html.Span(name, className=look) for name, look in zip(names, classes, strict=True)],
        className="parameter-row parameter-head only-sweep",
    )
    if not strategy.parameters:
        return [html.Div("This strategy has no parameters.", className="field-note")]
    return [head, *(_row(each, form) for each in strategy.parameters)]


def _row(parameter: ParameterFacts, form: FormValues) -> html.Div:
    name = parameter.name
    value = form.values.get(name, parameter.default)
    swept = (form.sweep.ranges if form.sweep else {}).get(name)
    bounds = swept or usual_range(parameter)
    span = rule_of(parameter).range_text
    label = html.Span(
        [parameter.label, html.Span(span, className="field-range no-sweep")],
        className="row-label",
        title=f"{parameter.label}: {span}",
    )
    cells = [
        _cell(parameter, part, number)
        for part, number in zip(("value", "from", "to", "step"), (value, *bounds), strict=True)
    ]
    tick = dmc.Checkbox(
        id=ids.parameter_field("swept", name),
        checked=swept is not None or form.sweep is None,
        size="xs",
        className="only-sweep sweep-tick",
        attributes={"input": {"aria-label": f"Sweep {parameter.label}"}},
    )
    return html.Div([label, *cells, tick], className="parameter-row")


def _cell(parameter: ParameterFacts, part: str, value: float) -> dmc.NumberInput:
    field = dense_number_field(rule_of(parameter), value)
    field.id = ids.parameter_field(part, parameter.name)
    field.label = None
    field.rightSection = None
    field.rightSectionWidth = None
    field.className = f"control control-dense {'' if part == 'value' else 'only-sweep'}".rstrip()
    words = parameter.label if part == "value" else f"{parameter.label}, {part}"
    field.attributes = {"input": {"aria-label": words}}
    return field


def usual_range(parameter: ParameterFacts) -> Range:
    """From half to twice the default in about eight steps, within what is allowed."""
    low = max(parameter.least, _on_step(parameter, parameter.default / 2))
    high = min(parameter.most, _on_step(parameter, parameter.default * 2))
    if high <= low:
        low, high = parameter.least, parameter.most
    step = parameter.step * round_number((high - low) / parameter.step / _STEPS)
    return low, low + floor((high - low) / step + 1e-9) * step, step


def round_number(value: float) -> int:
    """The least of 1, 2, 5, 10, 20, 50 … that is not below ``value``."""
    power = 10 ** max(0, floor(log10(max(value, 1))))
    found: int = next(each * power for each in (1, 2, 5, 10) if each * power >= value - 1e-9)
    return found


def _on_step(parameter: ParameterFacts, value: float) -> float:
    steps = floor((value - parameter.least) / parameter.step)
    moved = parameter.least + steps * parameter.step
    return int(moved) if parameter.whole else round(moved, 10)


def sweep_fields(goals: Sequence[tuple[str, str]], given: SweepFacts | None) -> html.Div:
    """What a search aims at and how; shown while the sweep is on."""
    sweep = given or SweepFacts()
    goal = choice_field(ids.BACKTEST_GOAL, "Best by", (), sweep.goal)
    goal.data = [{"value": key, "label": label} for key, label in goals]
    method = choice_field(ids.BACKTEST_METHOD, "Search", (), sweep.method)
    method.data = [{"value": key, "label": words} for key, words in METHODS.items()]
    numbers = [
        dense_number_field(WALK_FORWARD, sweep.walk_forward),
        html.Div(dense_number_field(TRIALS, sweep.trials), className="trials-field"),
    ]
    return html.Div(
        [
            html.Div([goal, method], className="field-row"),
            html.Div(numbers, className="field-row"),
        ],
        id=ids.BACKTEST_SWEEP_FIELDS,
        className="sweep-fields only-sweep",
    )


def combinations(
    ranges: Mapping[str, Range], values: Mapping[str, float], rules: Sequence[tuple[str, str]]
) -> tuple[int, int]:
    """How many points of a grid the ``rules`` allow, and how many there are.

    Beyond :data:`MOST_COMBINATIONS` all count as allowed.
    """
    sizes = [floor((high - low) / step + 1e-9) + 1 for low, high, step in ranges.values()]
    total = prod(sizes)
    if not sizes or total > MOST_COMBINATIONS:
        return total, total
    axes = {
        name: low + step * np.arange(size)
        for (name, (low, _, step)), size in zip(ranges.items(), sizes, strict=True)
    }
    swept = dict(zip(axes, np.meshgrid(*axes.values(), indexing="ij"), strict=True))
    grid = {**{name: np.asarray(value) for name, value in values.items()}, **swept}
    allowed = np.ones(sizes, bool)
    for less, more in rules:
        allowed &= grid[less] < grid[more]
    return int(allowed.sum()), total


def combination_words(allowed: int, total: int) -> str:
    """``96 of 108`` or ``108``, before the word that the page writes after it."""
    few = plain(allowed, 0)
    return few if allowed == total else f"{few} of {plain(total, 0)}"


def rule_problems(strategy: StrategyFacts, values: Mapping[str, float]) -> dict[str, str]:
    """A sentence below the lower one of two parameters that are the wrong way round."""
    labels = {each.name: each.label for each in strategy.parameters}
    return {
        less: f"Must be below {labels[more].lower()} ({number_text(values[more])})."
        for less, more in strategy.rules
        if less in values and more in values and values[less] >= values[more]
    }


def range_problem(parameter: ParameterFacts, bounds: tuple[object, object, object]) -> str | None:
    """A sentence about from, to and step of a swept parameter, or None."""
    rule = rule_of(parameter)
    low, high, step = bounds
    for value in (low, high):
        problem = rule.problem(value)
        if problem:
            return problem
    if not isinstance(step, int | float) or isinstance(step, bool) or step <= 0:
        return "Needs a step above 0."
    if parameter.whole and step != int(step):
        return "Needs a whole step."
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return None if low <= high else "From must not be above to."
