"""An indicator over whole arrays."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from indicators.errors import BadValues
from indicators.parts import F64, I64
from indicators.spec import Indicator, Input, Value
from market.kernel import kernel

_PIECE = 8192
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
    missing = [name for name in indicator.inputs if name not in columns]
    if missing:
        raise BadValues(f"{indicator.key} needs {', '.join(indicator.inputs)}; "
                        f"{', '.join(missing)} was not given")  # fmt: skip
    rows = outputs(indicator, [columns[name] for name in indicator.inputs], values)
    return {output.name: row for output, row in zip(indicator.outputs, rows, strict=True)}


def run(indicator: Indicator, columns: Sequence[ArrayLike], **parameters: object) -> F64:
    """Like :func:`compute`, inputs in the order of the record, outputs as rows of one array."""
    return outputs(indicator, columns, indicator.values(parameters))


def line(indicator: Indicator, columns: Sequence[ArrayLike], **parameters: object) -> F64:
    """The first output of :func:`run`, float64 of shape (n,)."""
    row: F64 = run(indicator, columns, **parameters)[0]
    return row


def outputs(indicator: Indicator, columns: Sequence[ArrayLike], values: tuple[Value, ...]) -> F64:
    """Like :func:`run`, parameters as the kernel takes them."""
    series = [_series(column, name) for column, name in zip(columns, indicator.inputs, strict=True)]
    length = len(series[0])
    if any(len(column) != length for column in series):
        given = ", ".join(
            f"{name} {len(s):,}" for name, s in zip(indicator.inputs, series, strict=True)
        )
        raise BadValues(f"lengths were {given}; allowed are series of one length")
    out = np.empty((len(indicator.outputs), length))
    if indicator.guarded:
        state = np.zeros(indicator.cells(*values))
        indicator.kernel(state, *values, *series, out)
        if state[-1] == 0.0:
            return out
    if indicator.pieces and length > _PIECE and _fill_pieces(indicator, values, series, out):
        return out
    start = max(
        warm_up_of(column, name) for column, name in zip(series, indicator.inputs, strict=True)
    )
    if start == 0:
        fill(indicator, values, series, out)
    else:
        out[:, :start] = np.nan
        rest = np.empty((len(out), length - start))
        fill(indicator, values, [column[start:] for column in series], rest)
        out[:, start:] = rest
    return out


def fill(
    indicator: Indicator, values: tuple[Value, ...], series: Sequence[F64 | I64], out: F64
) -> None:
    """The outputs of known, finite series into ``out`` (outputs, n); nothing is checked."""
    if indicator.whole is None:
        indicator.kernel(np.zeros(indicator.cells(*values)), *values, *series, out)
    elif not (indicator.pieces and out.shape[1] > _PIECE):
        indicator.whole(*values, *series, out)
    else:
        _fill_pieces(indicator, values, series, out)


def _fill_pieces(
    indicator: Indicator, values: tuple[Value, ...], series: Sequence[F64 | I64], out: F64
) -> bool:
    """Piece by piece, so that inputs and what is between the steps are read from the nearer cache;
    false as soon as an input is not finite.
    """
    assert indicator.whole is not None
    before = indicator.warm_up(*values)
    for start in range(0, out.shape[1], _PIECE + before):
        first, end = max(start - before, 0), start + _PIECE + before
        here = [column[first:end] for column in series]
        if any(_unknown(column) for column in here):  # type: ignore[arg-type]
            return False
        rows = np.empty((len(out), len(here[0])))
        indicator.whole(*values, *here, rows)
        out[:, start:end] = rows[:, start - first :]
    return True


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
    if name is Input.TIME or _unknown(series) == 0:  # type: ignore[arg-type]
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
