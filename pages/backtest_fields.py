"""The fields of the backtest form as callbacks read them, and what is wrong with their values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dash import ALL, State

from components import ids
from components.backtest_facts import Range, StrategyFacts
from components.backtest_form import NEEDED, OPTIONAL
from components.backtest_market import FILE, day_ns
from components.backtest_sweep import (
    TRIALS,
    WALK_FORWARD,
    range_problem,
    rule_of,
    rule_problems,
)
from server.research_views import (
    BacktestRequest,
    ConventionView,
    SweepRequest,
)

_RANGE_PARTS = ("from", "to", "step")

_PLAIN = {
    "strategy": (ids.BACKTEST_STRATEGY, "value"),
    "symbol": (ids.BACKTEST_SYMBOL, "value"),
    "others": (ids.BACKTEST_OTHERS, "value"),
    "interval": (ids.BACKTEST_INTERVAL, "value"),
    "first": (ids.BACKTEST_FROM, "value"),
    "last": (ids.BACKTEST_TO, "value"),
    "sweep": (ids.BACKTEST_SWEEP, "checked"),
    "goal": (ids.BACKTEST_GOAL, "value"),
    "method": (ids.BACKTEST_METHOD, "value"),
    TRIALS.id: (TRIALS.id, "value"),
    WALK_FORWARD.id: (WALK_FORWARD.id, "value"),
    "direction": (ids.BACKTEST_DIRECTION, "value"),
    **{rule.id: (rule.id, "value") for rule in (*NEEDED, *OPTIONAL)},
    "fill": (ids.BACKTEST_FILL, "value"),
    "path": (ids.BACKTEST_PATH, "value"),
    "period": (ids.BACKTEST_PERIOD, "value"),
    "days": (ids.BACKTEST_DAYS, "value"),
    "risk_free": (ids.BACKTEST_RISK_FREE, "value"),
}

Form = Mapping[str, Any]
"""Values by the names of :func:`fields`; those of parameters are lists in the order of rows."""


def fields(kind: type = State) -> dict[str, Any]:
    """``State`` or ``Input`` for every field, for a callback's ``state`` or ``inputs``."""
    parameters = {
        part: kind(_parameter(part), "checked" if part == "swept" else "value")
        for part in ("value", *_RANGE_PARTS, "swept")
    }
    names = State(_parameter("value"), "id")
    return {**{name: kind(*place) for name, place in _PLAIN.items()}, **parameters, "names": names}


def _parameter(part: str) -> dict[str, Any]:
    return {"type": "backtest-parameter", "part": part, "name": ALL}


@dataclass(frozen=True, slots=True)
class Problems:
    """Sentences by the id of a field, by a parameter's name, and by that of a swept range."""

    fields: Mapping[str, str]
    values: Mapping[str, str]
    ranges: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.fields) + len(self.values) + len(self.ranges)


def problems(form: Form, strategy: StrategyFacts) -> Problems:
    """Everything that keeps the form from running."""
    values = parameter_values(form)
    known = {each.name: each for each in strategy.parameters if each.name in values}
    wrong = {
        name: text
        for name, each in known.items()
        if (text := rule_of(each).problem(values[name])) is not None
    }
    if not wrong and not form["sweep"]:
        wrong = rule_problems(strategy, values)
    ranges = {
        name: text
        for name, bounds in _swept(form).items()
        if name in known and (text := range_problem(known[name], bounds)) is not None
    }
    return Problems(_field_problems(form, strategy), wrong, ranges)


def _field_problems(form: Form, strategy: StrategyFacts) -> dict[str, str]:
    rules = [rule for rule in OPTIONAL if form[rule.id] not in (None, "")]
    rules += [*NEEDED, *((TRIALS, WALK_FORWARD) if form["sweep"] else ())]
    found = {rule.id: text for rule in rules if (text := rule.problem(form[rule.id])) is not None}
    for name, field in (("first", ids.BACKTEST_FROM), ("last", ids.BACKTEST_TO)):
        try:
            day_ns(form[name], name == "last")
        except ValueError as error:
            found[field] = str(error)
    if strategy.error:
        found[ids.BACKTEST_STRATEGY] = "Its file cannot be used."
    elif strategy.symbols > 1 and len(form["others"] or ()) != strategy.symbols - 1:
        found[ids.BACKTEST_OTHERS] = "Needs a second symbol."
    if form["sweep"] and strategy.parameters and not _swept(form):
        found[ids.BACKTEST_SWEEP] = "Needs a parameter to sweep."
    return found


def parameter_values(form: Form) -> dict[str, Any]:
    """By the parameter's name."""
    return {each["name"]: value for each, value in zip(form["names"], form["value"], strict=True)}


def _swept(form: Form) -> dict[str, tuple[Any, Any, Any]]:
    if not form["sweep"]:
        return {}
    rows = zip(form["names"], form["swept"], *(form[part] for part in _RANGE_PARTS), strict=True)
    return {each["name"]: (low, high, step) for each, on, low, high, step in rows if on}


def swept_ranges(form: Form) -> dict[str, Range]:
    """From, to and step by parameter; only of a form without problems."""
    return {
        name: (float(low), float(high), float(step))
        for name, (low, high, step) in _swept(form).items()
    }


def market_request(symbol: str, interval: str, days: tuple[str, str]) -> BacktestRequest:
    """A request of which only the candles are said.

    Raises ValueError for a day that is none.
    """
    dataset = symbol.removeprefix(FILE) if symbol.startswith(FILE) else None
    return BacktestRequest(
        strategy="",
        symbol="" if dataset else symbol,
        interval=interval,
        start_ns=day_ns(days[0]),
        end_ns=day_ns(days[1], last=True),
        dataset=dataset,
    )


def request_of(form: Form) -> BacktestRequest:
    """What the form asks for; only of a form without problems."""
    market = market_request(form["symbol"], form["interval"], (form["first"], form["last"]))
    return replace(
        market,
        strategy=form["strategy"],
        values=parameter_values(form),
        direction=form["direction"],
        capital=form[ids.BACKTEST_CAPITAL],
        fee_percent=form[ids.BACKTEST_FEE],
        slippage_bp=form[ids.BACKTEST_SLIPPAGE],
        size_percent=form[ids.BACKTEST_SIZE],
        leverage=form[ids.BACKTEST_LEVERAGE],
        stop_loss_percent=form[ids.BACKTEST_STOP] or None,
        take_profit_percent=form[ids.BACKTEST_TARGET] or None,
        fill=form["fill"],
        path=form["path"],
        convention=convention_of(form),
        others=tuple(form["others"] or ()),
        sweep=_sweep(form),
    )


def by_orders(request: BacktestRequest) -> BacktestRequest:
    """``request`` without what an event strategy says itself, with each of its orders."""
    plain = BacktestRequest(strategy=request.strategy, symbol=request.symbol)
    return replace(
        request,
        direction=plain.direction,
        size_percent=plain.size_percent,
        stop_loss_percent=None,
        take_profit_percent=None,
        fill=plain.fill,
    )


def convention_of(form: Form) -> ConventionView:
    """How yearly figures are made."""
    rate = form["risk_free"]
    return ConventionView(
        form["period"], int(form["days"]), float(rate) if isinstance(rate, int | float) else 0.0
    )


def _sweep(form: Form) -> SweepRequest | None:
    if not form["sweep"]:
        return None
    return SweepRequest(
        swept_ranges(form),
        form["goal"],
        form["method"],
        int(form[TRIALS.id]),
        int(form[WALK_FORWARD.id]),
    )
