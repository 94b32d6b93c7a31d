"""The parameters of a strategy, from which a page builds its form, and what both forms share."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from numbers import Real
from typing import Protocol

from trading.errors import BadParameters, BadStrategy

__all__ = ["Parameter", "Parametric", "Rule", "checked", "length", "verify_record"]

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number the user may set, from ``least`` to ``most``, both allowed; ``step``: of its field.

    Whole numbers only where ``default``, ``least`` and ``step`` are written as such. ``unit`` is a
    word behind the number, such as ``candles`` or ``%``.
    """

    name: str
    label: str
    default: float
    least: float
    most: float
    step: float
    unit: str = ""

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return all(isinstance(number, int) for number in (self.default, self.least, self.step))

    def check(self, value: object) -> float:
        """``value`` as a number, an ``int`` where whole; raises :class:`BadParameters`."""
        number = _number(value)
        if self.least <= number <= self.most and not (self.whole and number % 1):
            return int(number) if self.whole else number
        word = "a whole number" if self.whole else "a number"
        unit = f" {self.unit}" if self.unit else ""
        raise BadParameters(
            f"{self.label} was {value!r:.40}; allowed is {word} from {self.least:,} to "
            f"{self.most:,}{unit}."
        )


def length(
    default: int, name: str = "period", label: str = "Length", least: int = 2, most: int = 500
) -> Parameter:
    """A whole number of candles."""
    return Parameter(name, label, default, least, most, 1, "candles")


@dataclass(frozen=True, slots=True)
class Rule:
    """Of two parameters ``less`` must be below ``more``."""

    less: str
    more: str


class Parametric(Protocol):
    """What both forms of strategy have."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def parameters(self) -> Sequence[Parameter]: ...
    @property
    def rules(self) -> Sequence[Rule]: ...


def checked(strategy: Parametric, values: Mapping[str, object]) -> dict[str, float]:
    """A value for every parameter, defaults filled in.

    Raises :class:`BadParameters` with one sentence for each value that is wrong.
    """
    known = {parameter.name: parameter for parameter in strategy.parameters}
    wrong = [
        f"{strategy.name} has no parameter {name!r:.40}; it has {', '.join(known) or 'none'}."
        for name in sorted(set(values) - set(known))
    ]
    numbers: dict[str, float] = {}
    for name, parameter in known.items():
        try:
            numbers[name] = parameter.check(values.get(name, parameter.default))
        except BadParameters as error:
            wrong.append(str(error))
    for rule in strategy.rules:
        if {rule.less, rule.more} <= numbers.keys() and numbers[rule.less] >= numbers[rule.more]:
            less, more = known[rule.less].label, known[rule.more].label
            wrong.append(
                f"{less} was {numbers[rule.less]:,} and {more} {numbers[rule.more]:,}; "
                f"{less} must be below {more}."
            )
    if wrong:
        raise BadParameters(" ".join(wrong))
    return numbers


def verify_record(strategy: Parametric) -> None:
    """Raise :class:`BadStrategy` where what both forms of strategy have contradicts itself."""
    if not (isinstance(strategy.key, str) and _KEY.fullmatch(strategy.key)):
        raise BadStrategy(
            f"key was {strategy.key!r:.40}; allowed are a small letter, then up to 63 small "
            "letters, digits and _."
        )
    for field_name in ("name", "description", "source"):
        text = getattr(strategy, field_name)
        if not (isinstance(text, str) and text.strip()):
            raise BadStrategy(f"{field_name} was {text!r:.40}; allowed is a text.")
    for kind, records in ((Parameter, strategy.parameters), (Rule, strategy.rules)):
        strays = [record for record in records if not isinstance(record, kind)]
        if strays:
            raise BadStrategy(f"{strays[0]!r:.40} is no {kind.__name__}.")
    names = [parameter.name for parameter in strategy.parameters]
    if len(set(names)) < len(names):
        raise BadStrategy(f"Parameters were {', '.join(names)}; every name is allowed once.")
    for parameter in strategy.parameters:
        _verify_parameter(parameter)
    for rule in strategy.rules:
        if not {rule.less, rule.more} <= set(names):
            raise BadStrategy(f"A rule names {rule.less} and {rule.more}; parameters are "
                              f"{', '.join(names) or 'none'}.")  # fmt: skip
    try:
        checked(strategy, {})
    except BadParameters as error:
        raise BadStrategy(f"The defaults are not allowed: {error}") from None


def _verify_parameter(parameter: Parameter) -> None:
    if not (isinstance(parameter.name, str) and parameter.name.isidentifier()):
        raise BadStrategy(f"A parameter's name was {parameter.name!r:.40}; allowed is one word.")
    numbers = (parameter.default, parameter.least, parameter.most, parameter.step)
    if not all(isfinite(_number(number)) for number in numbers):
        raise BadStrategy(f"Parameter {parameter.name} has the default, least, most and step "
                          f"{numbers}; allowed are numbers.")  # fmt: skip
    if not (parameter.least <= parameter.most and parameter.step > 0):
        raise BadStrategy(
            f"Parameter {parameter.name} goes from {parameter.least} to {parameter.most} in steps "
            f"of {parameter.step}; allowed is a rising range and a step above 0."
        )


def _number(value: object) -> float:
    """``value`` as a float, NaN where it is none or too large for one."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return nan
    try:
        return float(value)
    except OverflowError:
        return nan
