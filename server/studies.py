"""Indicators as texts name them (``sma:20``, ``macd(slow=30)``), and as a chart draws them.

Behind a slash a text says the colours of the indicator's lines, a letter for each in their order:
``macd:12:26:9/ab-``, where ``-`` leaves the choice to the chart.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chart_acceleration.elements import (
    MOST_STUDIES,
    ChartStyle,
    Curve,
    CurveStyle,
    Study,
    StudyPane,
)
from chart_acceleration.palette import Role
from indicators.errors import IndicatorError
from indicators.registry import find
from indicators.spec import Indicator, Output, Style, Value
from server.errors import RequestError

LONGEST_TEXT = 1000
"""Characters of all indicators of a chart together."""

LINES = (Role.LINE_A, Role.LINE_B, Role.LINE_C, Role.LINE_D, Role.LINE_E)
NARROW = 3
"""So many of :data:`LINES` cost a picture nothing: see :mod:`chart_acceleration.palette`."""

COLOURS = {role.name[-1].lower(): role for role in LINES}
NO_COLOUR = "-"

SHORT_TITLES = {
    "regression": "Regression",
    "ichimoku": "Ichimoku",
    "adx": "ADX",
    "stochastic_rsi": "Stoch RSI",
    "macd": "MACD",
    "ppo": "PPO",
    "bollinger": "Bollinger",
    "keltner": "Keltner",
    "donchian": "Donchian",
}
"""Of indicators with several outputs, where the registry's title is long for a legend."""

MOMENTS = {"anchor"}
"""Parameters that are Unix seconds; zero is the beginning of all candles."""

_PARTS = re.compile(r"(?:[^,(]|\([^)]*\)?)+")
_BRACKETS = re.compile(r"([^(]+)\((.*)\)")


@dataclass(frozen=True, slots=True)
class ChosenIndicator:
    """An indicator of the registry with all its parameters, in their order.

    ``colours``: letters of :data:`COLOURS` for its first outputs, or :data:`NO_COLOUR`.
    """

    key: str
    parameters: tuple[Value, ...]
    colours: str = ""

    @property
    def indicator(self) -> Indicator:
        """Its record."""
        return find(self.key)

    @property
    def text(self) -> str:
        """As :func:`chosen_indicators` reads it, like ``bollinger:20:2``."""
        named = ":".join((self.key, *(f"{value:.15g}" for value in self.parameters)))
        return f"{named}/{self.colours}" if self.colours else named

    @property
    def roles(self) -> tuple[Role | None, ...]:
        """The colour chosen for each output; None where none is."""
        letters = self.colours.ljust(len(self.indicator.outputs), NO_COLOUR)
        return tuple(COLOURS.get(letter) for letter in letters)

    @property
    def title(self) -> str:
        """Like ``SMA 20``, for legends."""
        indicator = self.indicator
        single = indicator.outputs[0].label if len(indicator.outputs) == 1 else indicator.title
        name = SHORT_TITLES.get(self.key, single)
        values = zip(indicator.parameters, self.parameters, strict=True)
        return " ".join((name, *(_shown(parameter.name, value) for parameter, value in values)))


def chosen_indicators(texts: Iterable[str]) -> tuple[ChosenIndicator, ...]:
    """The indicators that ``texts`` name, each once, in their order.

    Every text is a comma list of names; parameters follow in order (``macd:12:26``) or by name
    (``macd(slow=30)``), those left out have their defaults. Raises :class:`RequestError`.
    """
    whole = ",".join(texts)
    if len(whole) > LONGEST_TEXT:
        raise RequestError(
            f"indicators had {len(whole):,} characters; allowed are {LONGEST_TEXT:,}"
        )
    parts = [part.strip() for part in _PARTS.findall(whole)]  # commas in brackets part nothing
    chosen = tuple(dict.fromkeys(_chosen(part) for part in parts if part))
    if len(chosen) > MOST_STUDIES:
        raise RequestError(f"indicators were {len(chosen)}; allowed are at most {MOST_STUDIES}")
    return chosen


def studies(
    chosen: Sequence[ChosenIndicator], style: ChartStyle = ChartStyle.CANDLES
) -> tuple[Study, ...]:
    """The indicators as a chart draws them, whose prices are drawn in ``style``.

    Curves over the prices differ in colour as long as there are colours. A pane of its own keeps
    the colours of the registry where all of them are taken: its curves stand alone, and a fourth
    colour would double the bytes of every pixel.
    """
    taken = {Role.LINE_A} if style in {ChartStyle.LINE, ChartStyle.AREA} else set()
    taken.update(role for each in chosen for role in each.roles if role is not None)
    overlays_first = sorted(chosen, key=lambda each: not each.indicator.pane.overlay)
    made = {each: _study(each, taken) for each in overlays_first}
    return tuple(made[each] for each in chosen)


def _chosen(text: str) -> ChosenIndicator:
    text, _, colours = (part.strip() for part in text.partition("/"))
    named = _BRACKETS.fullmatch(text)
    key, *fields = (named[1], *named[2].split(",")) if named else text.split(":")
    try:
        indicator = find(key.strip().lower())
        given = _given(indicator, [field for field in fields if field.strip()])
        values = indicator.values(given)
    except IndicatorError as error:
        raise RequestError(str(error)) from None
    if len(colours) > len(indicator.outputs) or set(colours) - {*COLOURS, NO_COLOUR}:
        lines = ", ".join(output.label for output in indicator.outputs)
        raise RequestError(
            f"colours of {indicator.key} were {colours[:40]!r}; allowed is one of "
            f"{', '.join(COLOURS)} or {NO_COLOUR} for each of {lines}"
        )
    return ChosenIndicator(indicator.key, values, colours.rstrip(NO_COLOUR))


def _given(indicator: Indicator, fields: list[str]) -> dict[str, object]:
    """Parameters by name: ``name=value`` as it stands, the others in their order."""
    names = [parameter.name for parameter in indicator.parameters]
    if len(fields) > len(names):
        known = f"its parameters are {', '.join(names)}" if names else "it has no parameters"
        raise RequestError(f"{indicator.key} was given {', '.join(fields)}; {known}")
    given: dict[str, object] = {}
    for place, field in zip(names, fields, strict=False):
        before, sign, after = (part.strip() for part in field.partition("="))
        name, value = (before, after) if sign else (place, before)
        if name in given:
            raise RequestError(f"{indicator.key} was given {name} twice; allowed is once")
        given[name] = _number(name, value)
    return given


def _number(name: str, text: str) -> Value:
    try:
        value = float(text)
        return int(value) if value.is_integer() else value
    except ValueError:
        raise RequestError(f"{name[:40]} was {text[:40]!r}; allowed is a number") from None


def _shown(name: str, value: Value) -> str:
    """A parameter in a title; a moment, which is in Unix seconds, as a date."""
    if name in MOMENTS and value:
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M}"
    return f"{value:g}"


def _study(chosen: ChosenIndicator, taken: set[Role]) -> Study:
    indicator = chosen.indicator
    outputs = tuple(zip(indicator.outputs, chosen.roles, strict=True))
    pane = indicator.pane
    colours = _colours([output for output, role in outputs if role is None], pane.overlay, taken)
    taken.update(colours.values())
    return Study(
        title=chosen.title,
        curves=tuple(
            _curve(output, chosen.parameters, role or colours.get(own := _own(output), own))
            for output, role in outputs
        ),
        pane=None if pane.overlay else StudyPane(pane.low, pane.high, pane.levels),
    )


def _colours(outputs: Sequence[Output], overlay: bool, taken: set[Role]) -> dict[Role, Role]:
    """The line colour that stands for each of the registry's."""
    wanted = list(dict.fromkeys(_line_roles(outputs)))
    if not taken.intersection(wanted):
        return {role: role for role in wanted}
    allowed = LINES if overlay else LINES[:NARROW]
    free = [role for role in allowed if role not in taken]
    if len(free) < len(wanted):
        return {role: role for role in wanted}
    kept = {role: role for role in wanted if role in free}
    others = [role for role in free if role not in kept]
    return kept | dict(zip((role for role in wanted if role not in kept), others, strict=False))


def _own(output: Output) -> Role:
    return Role[output.role.value]


def _line_roles(outputs: Iterable[Output]) -> Iterable[Role]:
    for output in outputs:
        role = _own(output)
        if role in LINES and output.style is not Style.HISTOGRAM:
            yield role


def _curve(output: Output, parameters: tuple[Value, ...], role: Role) -> Curve:
    return Curve(
        label=output.label,
        style=CurveStyle(output.style.value),
        role=role,
        shift=output.ahead(*parameters),
    )
