"""The strategies that can be chosen: those that come with the program, and the user's files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from research.errors import RequestError
from research.strategy_ref import StrategyRef
from research.views import ParameterView, StrategyView
from trading.errors import TradingError
from trading.parameters import Parameter, Parametric, Rule, checked
from trading.shelf import strategies
from trading.strategy import SignalStrategy

__all__ = ["Catalogue", "Chosen"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A strategy to run. ``strategy`` is None for a user's file, which only a child may load.

    ``version`` is a hash of the file's content, empty for ours.
    """

    ref: StrategyRef
    view: StrategyView
    strategy: SignalStrategy | None
    version: str = ""

    @property
    def form(self) -> Parametric:
        """What its values are checked by."""
        return self.strategy or _Form.of(self.view)

    def values(self, given: Mapping[str, float]) -> dict[str, float]:
        """A value for every parameter; raises :class:`RequestError` with a sentence for each bad
        one.
        """
        try:
            return checked(self.form, given)
        except TradingError as error:
            raise RequestError(str(error)) from None


class Catalogue:
    """All strategies by key. May be used from any thread."""

    def views(self) -> tuple[StrategyView, ...]:
        """Those of the program first, then the user's."""
        return tuple(view_of(each) for each in strategies().values())

    def find(self, key: str) -> Chosen:
        """The strategy called ``key``; raises :class:`RequestError`."""
        found = strategies().get(key)
        if found is None:
            raise RequestError(f"strategy was {key[:40]!r}; allowed are {', '.join(strategies())}")
        return Chosen(StrategyRef(key), view_of(found), found)


def view_of(strategy: SignalStrategy) -> StrategyView:
    """What a page builds its form from."""
    return StrategyView(
        strategy.key,
        strategy.name,
        strategy.description,
        strategy.source,
        "signal",
        tuple(_parameter_view(each) for each in strategy.parameters),
        tuple((rule.less, rule.more) for rule in strategy.rules),
    )


def _parameter_view(given: Parameter) -> ParameterView:
    return ParameterView(
        given.name, given.label, given.default, given.least, given.most, given.step, given.unit
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """The parameters of a strategy that is not loaded here."""

    key: str
    name: str
    description: str
    source: str
    parameters: Sequence[Parameter]
    rules: Sequence[Rule]

    @staticmethod
    def of(view: StrategyView) -> "_Form":
        parameters = tuple(
            Parameter(
                each.name, each.label, each.default, each.least, each.most, each.step, each.unit
            )
            for each in view.parameters
        )
        rules = tuple(Rule(less, more) for less, more in view.rules)
        return _Form(view.key, view.name, view.description, view.source, parameters, rules)
