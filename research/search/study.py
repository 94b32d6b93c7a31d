"""What is searched: a strategy over candles, and the figure that should be good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from market.columns import CandleWindow
from market.kernel import source_hash
from research.errors import BadSearch
from research.search.grid import Range, steps
from research.strategy_ref import StrategyRef
from trading.backtest import Setup
from trading.metrics import Convention
from trading.parameters import Parameter, Rule

__all__ = ["Study", "allowed", "check_ranges_of", "fingerprint"]

F64 = NDArray[np.float64]

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Study:
    """Everything a run of a search depends on besides the combination.

    ``candles`` by symbol, in the order in which the strategy takes them; ``values`` of the
    parameters that do not vary, defaults where it names none; ``goal`` is the key of a figure of
    :data:`trading.metrics.METRICS`.
    """

    strategy: StrategyRef
    parameters: Sequence[Parameter]
    rules: Sequence[Rule]
    candles: Mapping[str, CandleWindow]
    goal: str = "sharpe"
    values: Mapping[str, float] = field(default_factory=dict)
    setup: Setup = field(default_factory=Setup)
    convention: Convention = field(default_factory=Convention)

    def fixed(self) -> dict[str, float]:
        """A value for every parameter: its own where ``values`` has one, else the default."""
        return {each.name: each.default for each in self.parameters} | dict(self.values)


def check_ranges_of(study: Study, ranges: Mapping[str, Range]) -> None:
    """Raises :class:`BadSearch` for an unknown parameter and for values it does not take."""
    known = {each.name: each for each in study.parameters}
    for name, within in ranges.items():
        if name not in known:
            raise BadSearch(
                f"The strategy has no parameter {name!r:.40}; it has {', '.join(known) or 'none'}."
            )
        parameter, (start, stop, step) = known[name], within
        if start < parameter.least or stop > parameter.most:
            raise BadSearch(
                f"The range of {parameter.label} was {start:g} to {stop:g}; "
                f"allowed is {parameter.least:g} to {parameter.most:g}."
            )
        if parameter.whole and np.any(steps(within) % 1):
            raise BadSearch(
                f"{parameter.label} takes whole numbers; the range was {start:g} to {stop:g} in "
                f"steps of {step:g}."
            )


def allowed(study: Study, names: Sequence[str], points: F64) -> NDArray[np.bool_]:
    """Which of ``points`` (k, p), in the order of ``names``, keep the strategy's rules."""
    fixed = study.fixed()
    columns = {name: points[:, column] for column, name in enumerate(names)}
    keeps = np.ones(len(points), np.bool_)
    for rule in study.rules:
        less, more = (columns.get(name, fixed[name]) for name in (rule.less, rule.more))
        keeps &= np.less(less, more)
    return keeps


def fingerprint(study: Study, names: Sequence[str]) -> str:
    """The same for the same question to the same code: candles, strategy, setup and goal."""
    digest = blake2b(source_hash(_ROOT, "trading").encode(), digest_size=16)
    file = study.strategy.file
    digest.update(Path(file).read_bytes() if file is not None else study.strategy.key.encode())
    told = (sorted(study.fixed().items()), study.setup, study.convention, study.goal, tuple(names))
    digest.update(repr(told).encode())
    for symbol, window in study.candles.items():
        digest.update(symbol.encode())
        for name in ("time_ns", "open", "high", "low", "close", "volume"):
            digest.update(np.ascontiguousarray(getattr(window, name)).data)
    return digest.hexdigest()
