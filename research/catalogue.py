"""The strategies that can be chosen: those that come with the program, and the user's files."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from research.child import Children
from research.child.calls import describe_in_child
from research.code_version import file_version
from research.errors import RequestError
from research.strategy_ref import StrategyRef
from research.user_strategies import user_files
from research.views import ParameterView, StrategyView
from trading.errors import TradingError
from trading.parameters import Parameter, Parametric, Rule, checked
from trading.shelf import strategies
from trading.strategy import SignalStrategy

__all__ = ["USER", "Catalogue", "Chosen"]

USER = "user:"
"""Begins the keys of users' files; their names follow."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A strategy to run. ``strategy`` is None where a process of its own has to load it.

    ``version`` is a hash of a user's file, empty for ours.
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
        """A value for every parameter; :class:`RequestError` has a sentence for each bad one."""
        if self.view.error is not None:
            raise RequestError(self.view.error)
        try:
            return checked(self.form, given)
        except TradingError as error:
            raise RequestError(str(error)) from None

    def check_symbols(self, named: int) -> None:
        """Raises :class:`RequestError` unless so many symbols are what it trades."""
        wanted = self.view.symbols
        if named != wanted:
            raise RequestError(
                f"{self.view.name} trades {wanted} symbol{'s' * (wanted > 1)}; "
                f"{named} {'were' if named > 1 else 'was'} named"
            )


class Catalogue:
    """All strategies by key; users' files are looked at again when they change. For any thread."""

    def __init__(self, folder: Path | None, children: Children) -> None:
        self._folder = folder
        self._children = children
        self._seen: dict[Path, Chosen] = {}
        self._lock = threading.Lock()

    def views(self) -> tuple[StrategyView, ...]:
        """Those of the program first, then the user's. May take seconds after a file changed."""
        ours = (_ours(key).view for key in strategies())
        return (*ours, *(chosen.view for chosen in self._users().values()))

    def find(self, key: str) -> Chosen:
        """The strategy called ``key``; raises :class:`RequestError`."""
        if key in strategies():
            return _ours(key)
        users = self._users()
        if key not in users:
            known = ", ".join((*strategies(), *users))
            raise RequestError(f"strategy was {key[:80]!r}; allowed are {known}")
        return users[key]

    def _users(self) -> dict[str, Chosen]:
        paths = () if self._folder is None else user_files(self._folder)
        with self._lock:
            self._seen = {path: self._user(path) for path in paths}
        return {chosen.view.key: chosen for chosen in self._seen.values()}

    def _user(self, path: Path) -> Chosen:
        try:
            version = file_version(path)
        except OSError as error:
            version = str(error)  # the child says the same in a sentence
        known = self._seen.get(path)
        if known is not None and known.version == version:
            return known
        view = describe_in_child(self._children, path)
        ref = StrategyRef(view.key, str(path))
        return Chosen(ref, replace(view, key=f"{USER}{path.stem}"), None, version)


def _ours(key: str) -> Chosen:
    found = strategies()[key]
    compiled = found if isinstance(found, SignalStrategy) else None
    return Chosen(StrategyRef(key), view_of(found), compiled)


def view_of(strategy: Parametric) -> StrategyView:
    """What a page builds its form from."""
    return StrategyView(
        strategy.key,
        strategy.name,
        strategy.description,
        strategy.source,
        "signal" if isinstance(strategy, SignalStrategy) else "event",
        tuple(_parameter_view(each) for each in strategy.parameters),
        tuple((rule.less, rule.more) for rule in strategy.rules),
        getattr(strategy, "symbols", 1),
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
