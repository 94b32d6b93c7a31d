"""An indicator over whole arrays."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from indicators.errors import BadValues
from indicators.parts import F64, I64
from indicators.spec import Indicator, Input, Value
from market.kernel import kernel

_FLOAT, _TIME = np.dtype(np.float64), np.dtype(np.int64)

__all__ = ["compute", "line", "run"]


def compute(
    indicator: Indicator, columns: Mapping[str, ArrayLike], parameters: Mapping[str, object]
) -> dict[str, F64]:
    """Every output by name, float64 of shape (n,), NaN while warming up.

    ``columns`` holds the inputs by their names (``close``, ``time_ns``, ...), shape (n,) each. NaN
    at the start of any of them counts as warm-up. Raises :class:`BadParameter` and
    :class:`BadValues`.
    """
    values = indicator.values(parameters)
    missing = [name for name in indicator.inputs if name not in columns]
    if missing:
        raise BadValues(f"{indicator.key} needs {', '.join(indicator.inputs)}; "
                        f"{', '.join(missing)} was not given")  # fmt: skip
    rows = _outputs(indicator, [columns[name] for name in indicator.inputs], values)
    return {output.name: row for output, row in zip(indicator.outputs, rows, strict=True)}


def run(indicator: Indicator, columns: Sequence[ArrayLike], **parameters: object) -> F64:
    """Like :func:`compute`, inputs in the order of the record, outputs as rows of one array."""
    return _outputs(indicator, columns, indicator.values(parameters))


def line(indicator: Indicator, columns: Sequence[ArrayLike], **parameters: object) -> F64:
    """The first output of :func:`run`, float64 of shape (n,)."""
    row: F64 = run(indicator, columns, **parameters)[0]
    return row


def _outputs(indicator: Indicator, columns: Sequence[ArrayLike], values: tuple[Value, ...]) -> F64:
    series = [_series(column, name) for column, name in zip(columns, indicator.inputs, strict=True)]
    lengths = {len(column) for column in series}
    if len(lengths) > 1:
        given = ", ".join(
            f"{name} {len(s):,}" for name, s in zip(indicator.inputs, series, strict=True)
        )
        raise BadValues(f"lengths were {given}; allowed are series of one length")
    start = max(_start(column, name) for column, name in zip(series, indicator.inputs, strict=True))
    length = len(series[0])
    out = np.empty((len(indicator.outputs), length - start))
    state = np.zeros(indicator.cells(*values))
    known = series if start == 0 else [column[start:] for column in series]
    indicator.kernel(state, *values, *known, out)
    if start == 0:
        return out
    padded = np.full((len(out), length), np.nan)
    padded[:, start:] = out
    return padded


def _series(column: ArrayLike, name: Input) -> F64 | I64:
    """Writable so that every kernel is compiled for one kind of array only: read-only is copied."""
    kind = _TIME if name is Input.TIME else _FLOAT
    series: F64 | I64 = np.require(column, kind, ["C", "W"])
    if series.ndim != 1:
        raise BadValues(f"{name} had shape {series.shape}; allowed is (n,)")
    return series


def _start(series: F64 | I64, name: Input) -> int:
    """The first place that is not NaN; behind it everything must be finite."""
    if series.dtype != np.float64 or _unknown(series) == 0:  # type: ignore[arg-type]
        return 0
    known = ~np.isnan(series)
    start = int(np.argmax(known)) if known.any() else len(series)
    finite = np.isfinite(series[start:])
    if not finite.all():
        at = start + int(np.argmin(finite))
        raise BadValues(
            f"{name} {at} was {series[at]}; after warm-up only finite numbers are allowed"
        )
    return start


@kernel
def _unknown(series: F64) -> int:
    """How many values are NaN or infinite."""
    count = 0
    for i in range(len(series)):
        count += not abs(series[i]) <= 1.7976931348623157e308
    return count
