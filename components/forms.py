"""Form controls: label above, allowed range at the label's right end, unit inside at the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import dash_mantine_components as dmc
from dash import html

from components.formats import plain
from components.icons import icon


@dataclass(frozen=True, slots=True)
class NumberRule:
    """A number that a form asks for; ``high`` None: only the lower bound is shown and held."""

    id: str
    label: str
    unit: str
    start: float
    low: float
    high: float | None = None
    whole: bool = False
    step: float = 1

    @property
    def range_text(self) -> str:
        """``2 to 200``, or ``from 1``."""
        low = _number(self.low)
        return f"from {low}" if self.high is None else f"{low} to {_number(self.high)}"

    def problem(self, value: object) -> str | None:
        """One sentence about ``value`` that says what is allowed, or None when it can be used."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"Needs a number, {self.range_text}."
        if not self.low <= value <= (inf if self.high is None else self.high):
            return (
                f"Must be {_number(self.low)} or more."
                if self.high is None
                else f"Must be {self.range_text}."
            )
        if self.whole and value != int(value):
            return "Must be a whole number."
        return None


def unit_id(rule: NumberRule) -> str:
    """The id of the unit inside the field, for a unit that depends on another field."""
    return f"{rule.id}-unit"


def _number(value: float) -> str:
    return plain(value, 0 if value == int(value) else 2)


def number_field(rule: NumberRule) -> dmc.NumberInput:
    """The input for ``rule``. It clamps nothing: what was typed stays, with a sentence below."""
    field = dense_number_field(rule, rule.start)
    field.label = [html.Span(rule.label), html.Span(rule.range_text, className="field-range")]
    field.className = "control control-checked"
    field.persistence = True
    return field


def dense_number_field(rule: NumberRule, value: float | None) -> dmc.NumberInput:
    """As :func:`number_field` for forms full of fields: its sentence lies over what is below."""
    return dmc.NumberInput(
        id=rule.id,
        label=rule.label,
        value="" if value is None else value,
        step=rule.step,
        allowDecimal=not rule.whole,
        allowNegative=True,
        clampBehavior="none",
        thousandSeparator=",",
        hideControls=True,
        rightSection=html.Span(rule.unit, id=unit_id(rule), className="field-unit"),
        rightSectionPointerEvents="none",
        rightSectionWidth=44 if len(rule.unit) < 5 else 68,
        className="control control-dense",
        attributes={"input": {"title": f"{rule.label}: {rule.range_text}"}},
    )


def choice_field(id: str, label: str, options: Sequence[str], value: str) -> dmc.Select:
    """A list of a few words, one of them chosen."""
    return dmc.Select(
        id=id,
        label=label,
        data=list(options),
        value=value,
        allowDeselect=False,
        checkIconPosition="right",
        rightSection=icon("chevron"),
        rightSectionPointerEvents="none",
        className="control",
        comboboxProps={"offset": 4, "transitionProps": {"duration": 0}},
    )


def problem_banner(count: int) -> html.Div:
    """``2 values need a change before it can run``."""
    fact = "1 value needs a change" if count == 1 else f"{count} values need a change"
    return html.Div(
        [icon("error"), html.B(fact), html.Span("before it can run", className="strip-cause")],
        className="strip strip-down",
        role="alert",
    )
