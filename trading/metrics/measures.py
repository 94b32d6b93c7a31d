"""All figures of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trading.errors import NotDefined
from trading.metrics.catalogue import METRICS
from trading.metrics.sample import Convention, Run, Sample

__all__ = ["Measures", "measure"]


@dataclass(frozen=True, slots=True)
class Measures:
    """By the key of a :class:`trading.metrics.catalogue.Metric`: values, or why there is none."""

    values: Mapping[str, float]
    undefined: Mapping[str, str]
    convention: Convention

    def __getitem__(self, key: str) -> float | None:
        """The value, None when it is not defined; raises ``KeyError`` for an unknown key."""
        return None if key in self.undefined else self.values[key]


def measure(run: Run, convention: Convention | None = None) -> Measures:
    """Every figure of :data:`trading.metrics.catalogue.METRICS`."""
    sample = Sample(run, convention or Convention())
    values: dict[str, float] = {}
    why: dict[str, str] = {}
    for metric in METRICS:
        try:
            values[metric.key] = float(metric.of(sample))
        except NotDefined as reason:
            why[metric.key] = str(reason)
    return Measures(MappingProxyType(values), MappingProxyType(why), sample.convention)
