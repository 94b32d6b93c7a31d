"""An indicator over whole arrays."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from indicators.errors import BadValues
from indicators.parts import F64, I64
from indicators.spec import Indicator, Input, Value
from indicators.sweeps import unknown
from market.kernel import entry

_FLOAT, _TIME = np.dtype(np.float64), np.dtype(np.int64)

__all__ = ["compute", "fill", "line", "outputs", "run", "warm_up_of"]


def compute(
    indicator: Indicator, columns: Mapping[str, ArrayLike], parameters: Mapping[str, object]
) -> dict[str, F64]:
    """Every output by name, float64 of shape (n,), NaN while warming up.

    ``columns`` holds the inputs by their names (``close``, ``time_ns``, ...), shape (n,) each. NaN
    at the start of any of them counts as warm-up. Raises :class:`BadParameter` and
    :class:`BadValues`.
    """
    values = indicator.values(parameters)
    try:
        given = [columns[name] for name in indicator.inputs]
    except KeyError:
        missing = [name for name in indicator.inputs if name not in columns]
        raise BadValues(f"{indicator.key} needs {', '.join(indicator.inputs)}; "
                        f"{', '.join(missing)} was not given") from None  # fmt: skip
    return dict(zip(indicator.names, outputs(indicator, given, values), strict=True))


def run(indicator: Indicator, columns: Sequence[ArrayLike], **parameters: object) -> F64:
    """Like :func:`compute`, inputs in the order of the record, outputs as rows of one array."""
    return outputs(indicator, columns, indicator.values(parameters))


def line(indicator: Indicator, columns: Sequence[ArrayLike], **parameters: object) -> F64:
    """The first output of :func:`run`, float64 of shape (n,)."""
    row: F64 = run(indicator, columns, **parameters)[0]
    return row


def outputs(indicator: Indicator, columns: Sequence[ArrayLike], values: tuple[Value, ...]) -> F64:
    """Like :func:`run`, parameters as the kernel takes them."""
    series = list(map(_series, columns, indicator.inputs))
    length = len(series[0])
    if len(series) > 1 and len(set(map(len, series))) > 1:
        given = ", ".join(
            f"{name} {len(s):,}" for name, s in zip(indicator.inputs, series, strict=True)
        )
        raise BadValues(f"lengths were {given}; allowed are series of one length")
    out = np.empty((len(indicator.names), length))
    if fill(indicator, values, series, out):
        return out
    start = max(
        warm_up_of(column, name) for column, name in zip(series, indicator.inputs, strict=True)
    )
    if start > 0:
        out[:, :start] = np.nan
        rest = np.empty((len(out), length - start))
        fill(indicator, values, [column[start:] for column in series], rest)
        out[:, start:] = rest
    return out


def fill(
    indicator: Indicator, values: tuple[Value, ...], series: Sequence[F64 | I64], out: F64
) -> bool:
    """The outputs into ``out`` (outputs, n); whether the form of this indicator has seen that all
    inputs are finite, true only if they are.
    """
    if indicator.whole is not None:
        return not _run(indicator.whole, *values, *series, out)
    state = np.zeros(indicator.cells(*values))
    _run(indicator.kernel, state, *values, *series, out)
    return indicator.guarded and bool(state[-1] == 0.0)


_COMPILED: dict[Callable[..., Any], Callable[..., Any]] = {}


def _run(kernel: Callable[..., Any], *arguments: object) -> Any:
    """A call that does not look at types: values and series always have the same ones here."""
    compiled = _COMPILED.get(kernel)
    if compiled is None:
        compiled = _COMPILED[kernel] = entry(kernel, *arguments)
    return compiled(*arguments)


def _series(column: ArrayLike, name: Input) -> F64 | I64:
    """Writable so that every kernel is compiled for one kind of array only: read-only is copied."""
    kind = _TIME if name is Input.TIME else _FLOAT
    series: F64 | I64
    if type(column) is np.ndarray and column.dtype is kind and column.flags.carray:
        series = column
    else:
        series = np.require(column, kind, ["C", "W"])
    if series.ndim != 1:
        raise BadValues(f"{name} had shape {series.shape}; allowed is (n,)")
    return series


def warm_up_of(series: F64 | I64, name: Input) -> int:
    """The first place that is not NaN; behind it everything must be finite."""
    if name is Input.TIME or unknown(series) == 0:  # type: ignore[arg-type]
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
