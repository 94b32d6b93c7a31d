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

_ARRAY = np.ndarray
_DENSE = 0x101
"""numpy's flags of an array in one run, at addresses that its type may have."""


__all__ = ["compute", "fill", "line", "outputs", "run", "warm_up_of"]


def compute(
    indicator: Indicator, columns: Mapping[str, ArrayLike], parameters: Mapping[str, object]
) -> dict[str, F64]:
    """Every output by name, float64 of shape (n,), NaN while warming up.

    ``columns`` holds the inputs by their names (``close``, ``time_ns``, ...), shape (n,) each. NaN
    at the start of any of them counts as warm-up. Raises :class:`BadParameter` and
    :class:`BadValues`.
    """
    values = indicator.values(parameters) if parameters else indicator.defaults
    try:
        given = indicator.pick(columns)
    except KeyError:
        missing = [name for name in indicator.inputs if name not in columns]
        raise BadValues(f"{indicator.key} needs {', '.join(indicator.inputs)}; "
                        f"{', '.join(missing)} was not given") from None  # fmt: skip
    rows, names = outputs(indicator, given, values), indicator.names
    return {names[0]: rows[0]} if len(names) == 1 else dict(zip(names, rows, strict=True))


def run(indicator: Indicator, columns: Sequence[ArrayLike], **parameters: object) -> F64:
    """Like :func:`compute`, inputs in the order of the record, outputs as rows of one array."""
    return outputs(indicator, columns, indicator.values(parameters))


def line(indicator: Indicator, columns: Sequence[ArrayLike], **parameters: object) -> F64:
    """The first output of :func:`run`, float64 of shape (n,)."""
    row: F64 = run(indicator, columns, **parameters)[0]
    return row


def outputs(indicator: Indicator, columns: Sequence[ArrayLike], values: tuple[Value, ...]) -> F64:
    """Like :func:`run`, parameters as the kernel takes them.

    Columns that kernels take as they are, the usual case, are asked as little as can be: behind a
    run over long ones no cache holds anything of this.
    """
    shape = getattr(columns[0], "shape", ())
    usable = len(shape) == 1
    for column, kind in zip(columns, indicator.kinds):  # noqa: B905
        usable = (usable and type(column) is _ARRAY and column.dtype is kind
                  and column.shape == shape and column.flags.num & _DENSE == _DENSE)  # fmt: skip
    series: Any = columns if usable else _converted(indicator, columns)
    out = np.empty((len(indicator.names), len(series[0])))
    if fill(indicator, values, series, out):
        return out
    return _behind_warm_up(indicator, values, series, out)


def _behind_warm_up(
    indicator: Indicator, values: tuple[Value, ...], series: Sequence[F64 | I64], out: F64
) -> F64:
    start = max(
        warm_up_of(column, name) for column, name in zip(series, indicator.inputs, strict=True)
    )
    if start > 0:
        out[:, :start] = np.nan
        rest = np.empty((len(out), out.shape[1] - start))
        fill(indicator, values, [column[start:] for column in series], rest)
        out[:, start:] = rest
    return out


def fill(
    indicator: Indicator, values: tuple[Value, ...], series: Sequence[F64 | I64], out: F64
) -> bool:
    """The outputs into ``out`` (outputs, n); whether the form of this indicator has seen that all
    inputs are finite, true only if they are.
    """
    whole, arguments = indicator.whole, (*values, *series, out)
    if whole is not None:
        return not (_COMPILED.get(whole) or _compiled(whole, arguments))(*arguments)
    state = np.zeros(indicator.cells(*values))
    arguments = (state, *arguments)
    (_COMPILED.get(indicator.kernel) or _compiled(indicator.kernel, arguments))(*arguments)
    return indicator.guarded and state.item(-1) == 0.0


_COMPILED: dict[Callable[..., Any], Callable[..., Any]] = {}


def _compiled(kernel: Callable[..., Any], arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """What does not look at types: values and series always have the same ones here.

    But for whether a series may be written, which does not matter: no kernel writes its inputs.
    """
    types = [
        np.empty_like(given[:0]) if isinstance(given, _ARRAY) else given for given in arguments
    ]
    found = _COMPILED[kernel] = entry(kernel, *types)
    return found


def _converted(indicator: Indicator, columns: Sequence[ArrayLike]) -> list[F64 | I64]:
    """Copies of what is of another type or scattered; raises :class:`BadValues`."""
    series: list[F64 | I64] = []
    for column, name, kind in zip(columns, indicator.inputs, indicator.kinds, strict=True):
        series.append(np.require(column, kind, ["C", "A"]))
        if series[-1].ndim != 1:
            raise BadValues(f"{name} had shape {series[-1].shape}; allowed is (n,)")
    if len(set(map(len, series))) > 1:
        given = ", ".join(
            f"{name} {len(s):,}" for name, s in zip(indicator.inputs, series, strict=True)
        )
        raise BadValues(f"lengths were {given}; allowed are series of one length")
    return series


def warm_up_of(series: F64 | I64, name: Input) -> int:
    """The first place that is not NaN; behind it everything must be finite."""
    if name is Input.TIME or (_COMPILED.get(unknown) or _compiled(unknown, (series,)))(series) == 0:
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
